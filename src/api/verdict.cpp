// Statuses sorted. Calls decode (errors of a 400), retry_after and escape.
#include "api/verdict.hpp"

#include "api/decode.hpp"
#include "api/retry_after.hpp"
#include "simsync/model/escape.hpp"

#include <algorithm>
#include <string>

namespace simsync
{
namespace
{

using std::chrono::sys_seconds;

Failure failure(Trouble trouble, std::string what)
{
    return {.trouble = trouble, .what = std::move(what), .retry_after = {}, .unknown_fields = {}};
}

std::string status_of(const HttpReply& reply)
{
    return "HTTP " + std::to_string(reply.status);
}

// "application/json", "application/graphql-response+json", with or without parameters. None at all is let
// through: the decoder judges what it gets.
bool is_json(std::string_view content_type)
{
    std::string type{content_type.substr(0, content_type.find_first_of("; "))};
    std::ranges::transform(type, type.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return type.empty() || type == "application/json" || type == "text/json" || type.ends_with("+json");
}

// What holds for every request alike: redirects, silence asked for, server errors, something else than JSON.
std::optional<Failure> judge(const HttpReply& reply, sys_seconds local_now)
{
    const auto now = parse_http_date(reply.date).value_or(local_now);
    const auto silence = parse_retry_after(reply.retry_after, now);
    if (reply.status / 100 == 3)
        return failure(Trouble::redirected, status_of(reply) + ", a redirect to \"" + escape(reply.location) +
                                                "\", was not followed");
    if (reply.status == 429 || (reply.status == 503 && silence))
    {
        auto throttled = failure(Trouble::throttled, status_of(reply) + ": the API wants fewer requests");
        throttled.retry_after = silence;
        return throttled;
    }
    if (reply.status >= 500)
        return failure(Trouble::server_error, status_of(reply));
    if (reply.status / 100 == 2 && !is_json(reply.content_type))
        return failure(Trouble::not_json, status_of(reply) + " with content type \"" +
                                              escape(reply.content_type) + "\" instead of JSON");
    return std::nullopt;
}

std::optional<Failure> validation_failure(const HttpReply& reply)
{
    if (reply.status != 400 && reply.status != 422)
        return std::nullopt;
    auto told = decode_errors(reply.body);
    if (told && told->trouble == Trouble::graphql_errors)
        told->trouble = Trouble::schema;
    return told;
}

} // namespace

std::optional<Failure> judge_query(const HttpReply& reply, sys_seconds local_now)
{
    if (auto general = judge(reply, local_now))
    {
        if (!reply.body.empty() && general->trouble != Trouble::redirected)
            general->what += ": " + escape(reply.body);
        return general;
    }
    if (reply.status == 401)
        return failure(Trouble::unauthorized, status_of(reply) + ": the token was refused");
    if (reply.status == 403)
        return failure(Trouble::forbidden, status_of(reply) + ": " + escape(reply.body));
    if (auto invalid = validation_failure(reply))
        return invalid;
    if (reply.status / 100 != 2)
        return failure(Trouble::refused, status_of(reply) + ": " + escape(reply.body));
    return std::nullopt;
}

std::optional<Failure> judge_login(const HttpReply& reply, sys_seconds local_now)
{
    if (auto general = judge(reply, local_now))
        return general;
    constexpr std::array refusals{400U, 401U, 403U, 422U};
    if (std::ranges::find(refusals, reply.status) != refusals.end())
        return failure(Trouble::unauthorized, status_of(reply) + ": the credentials were refused");
    if (reply.status / 100 != 2)
        return failure(Trouble::refused, status_of(reply));
    return std::nullopt;
}

} // namespace simsync
