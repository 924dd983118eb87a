// Statuses sorted.
#include "api/classify_response.hpp"

#include "api/decode.hpp"
#include "io/http_dates.hpp"
#include "model/escape.hpp"

#include <algorithm>
#include <string>

namespace simsync
{
namespace
{

using std::chrono::sys_seconds;

Failure failure(FailureKind kind, std::string what)
{
    return {.kind = kind, .what = std::move(what)};
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
    std::ranges::transform(
        type, type.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return type.empty() || type == "application/json" || type == "text/json" || type.ends_with("+json");
}

// What the kind's own hint would not say of these.
std::string advice_on(unsigned status)
{
    switch (status)
    {
    case 101:
        return "something on the way speaks another protocol: a proxy; simsync must reach the API without it";
    case 402:
        return "the partner wants to be paid, or has suspended the account: ask them";
    case 406:
    case 415:
        return "the API objects to JSON as simsync sends it: ask the partner, with the text above";
    case 407:
        return "a proxy on the way wants to know who asks: simsync must reach the API without it";
    case 408:
    case 425:
        return "the API did not get the whole request in time: the way there is slow, or a proxy lost it; "
               "simsync "
               "goes on trying";
    case 400:
    case 422:
        return "the API refuses the question itself: ask the partner, with the text above; look at filter "
               "and "
               "page_size";
    case 413:
    case 414:
    case 431:
        return "the API wants shorter requests: lower page_size, shorten filter";
    case 451:
        return "the law keeps the API from answering here: ask the partner";
    case 511:
        return "this network wants a login of its own before it lets anybody out: a portal";
    default:
        return {};
    }
}

Failure failure_of(FailureKind kind, const HttpReply& reply, std::string_view means = {})
{
    auto reported = failure(kind, status_of(reply));
    if (!means.empty())
        reported.what.append(": ").append(means);
    reported.advice = advice_on(reply.status);
    return reported;
}

// A refusal is about credentials or rights only where the API itself speaks, and not a firewall on the way:
// then the body is JSON. Of a body that cannot be read the content type tells.
bool speaks_as_the_api(const HttpReply& reply)
{
    if (reply.body_fault)
        return !reply.content_type.empty() && is_json(reply.content_type);
    const auto first = reply.body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    return first != std::string::npos && (reply.body[first] == '{' || reply.body[first] == '[');
}

// What holds for every request alike: redirects, silence asked for, server errors, something else than JSON.
std::optional<Failure> classify(const HttpReply& reply, sys_seconds local_now)
{
    const auto now = parse_http_date(reply.date).value_or(local_now);
    const auto silence = parse_retry_after(reply.retry_after, now);
    if (reply.status / 100 == 1)
        return failure_of(FailureKind::malformed, reply, "the server changes to another protocol");
    if (reply.status / 100 == 3)
        return failure(
            FailureKind::redirected,
            status_of(reply) + ", a redirect to \"" + escape(reply.location) + "\", was not followed");
    if (reply.status == 429 || (reply.status == 503 && silence))
    {
        auto throttled = failure(FailureKind::throttled, status_of(reply) + ": the API wants fewer requests");
        throttled.retry_after = silence;
        return throttled;
    }
    if (reply.status == 408 || reply.status == 425)
        return failure_of(FailureKind::timed_out, reply, "the API gave up waiting for the request");
    if (reply.status == 403 && !speaks_as_the_api(reply))
        return failure_of(FailureKind::blocked, reply, "something on the way refuses");
    if (reply.status == 511)
        return failure_of(FailureKind::not_json, reply, "the network wants a login of its own");
    if (reply.status >= 500)
        return failure_of(FailureKind::server_error, reply);
    if (reply.status / 100 == 2 && !reply.body_fault && !is_json(reply.content_type))
        return failure(
            FailureKind::not_json,
            status_of(reply) + " with content type \"" + escape(reply.content_type) + "\" instead of JSON");
    return std::nullopt;
}

// What the API itself says of a refusal. It may name the token beside any status: where the context of a
// GraphQL server throws, that is 500.
std::optional<Failure> failure_in_errors(const HttpReply& reply)
{
    if (reply.status / 100 == 2 || reply.status / 100 == 3)
        return std::nullopt;
    auto reported = decode_graphql_errors(reply.body);
    if (!reported)
        return std::nullopt;
    if (reported->kind == FailureKind::unauthorized)
    {
        reported->what = status_of(reply) + ": " + reported->what;
        return reported;
    }
    if (reply.status != 400 && reply.status != 422)
        return std::nullopt;
    if (reported->kind == FailureKind::graphql_errors)
    {
        reported->kind = FailureKind::schema;
        reported->advice = advice_on(reply.status);
    }
    return reported;
}

} // namespace

std::optional<Failure> classify_query_response(const HttpReply& reply, sys_seconds local_now)
{
    if (auto reported = failure_in_errors(reply))
        return reported;
    if (auto general = classify(reply, local_now))
    {
        if (!reply.body.empty() && general->kind != FailureKind::redirected)
            general->what += ": " + escape(reply.body);
        return general;
    }
    if (reply.status == 401)
        return failure(FailureKind::unauthorized, status_of(reply) + ": the token was refused");
    if (reply.status == 403)
        return failure(FailureKind::forbidden, status_of(reply) + ": " + escape(reply.body));
    if (reply.status / 100 != 2)
        return failure_of(FailureKind::refused, reply, escape(reply.body));
    return reply.body_fault;
}

std::optional<Failure> classify_login_response(const HttpReply& reply, sys_seconds local_now)
{
    if (auto general = classify(reply, local_now))
        return general;
    if (reply.status == 401 || reply.status == 403)
        return failure(FailureKind::unauthorized, status_of(reply) + ": the credentials were refused");
    if ((reply.status == 400 || reply.status == 422) && speaks_as_the_api(reply))
        return failure(FailureKind::unauthorized, status_of(reply) + ": the credentials were refused");
    if (reply.status / 100 != 2)
        return failure_of(FailureKind::refused, reply);
    return reply.body_fault;
}

} // namespace simsync
