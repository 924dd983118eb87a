// Names and hints of the API's failures.
#include "simsync/model/failure.hpp"

#include "model/enum_table.hpp"

#include <algorithm>
#include <array>

namespace simsync
{
namespace
{

struct Words
{
    FailureKind kind;
    std::string_view name;
    std::string_view hint;
};

constexpr std::array words{
    Words{
        FailureKind::unreachable, "unreachable",
        "check the endpoint, DNS and firewall; simsync goes on trying"},
    Words{
        FailureKind::timed_out, "timed_out",
        "the API answers too slowly; raise request_timeout or lower page_size"},
    Words{
        FailureKind::tls, "tls",
        "check the endpoint's certificate and the clock; a private authority goes into ca_file"},
    Words{
        FailureKind::unauthorized, "unauthorized",
        "check username and password_file of the account; a service takes a new password by: systemctl "
        "restart simsync"},
    Words{
        FailureKind::token_refused, "token_refused",
        "something else may log in with the same name where the partner keeps one session for "
        "each: give simsync a user of its own"},
    Words{
        FailureKind::forbidden, "forbidden",
        "the API knows who asks and refuses; ask the partner for this right"},
    Words{
        FailureKind::blocked, "blocked",
        "a firewall or a proxy on the way refuses, not the API: have this host's address let through; "
        "the credentials are not in question"},
    Words{
        FailureKind::throttled, "throttled",
        "the partner limits requests; lower concurrency or set max_requests_per_second"},
    Words{FailureKind::server_error, "server_error", "the fault is the partner's; simsync goes on trying"},
    Words{
        FailureKind::refused, "refused",
        "check the endpoint: it must be the base address, without /partner/graphql"},
    Words{
        FailureKind::schema, "schema",
        "the partner's API has changed; look at the field named and update simsync"},
    Words{
        FailureKind::graphql_errors, "graphql_errors",
        "the partner's API reports an error of its own; ask them about the message above"},
    Words{
        FailureKind::not_json, "not_json",
        "something else than the API answers at the endpoint: a proxy, a portal, a maintenance page"},
    Words{
        FailureKind::malformed, "malformed",
        "the API's answer makes no sense; ask the partner, with the text above"},
    Words{FailureKind::too_large, "too_large", "lower page_size"},
    Words{
        FailureKind::redirected, "redirected",
        "set endpoint to the address that the API redirects to, if you trust it"},
};
static_assert(follows_enumeration(words, &Words::kind, FailureKind::redirected));

} // namespace

std::string_view to_text(FailureKind kind)
{
    return row_of(words, kind).name;
}

std::optional<FailureKind> failure_kind_named(std::string_view name)
{
    const auto* found = std::ranges::find(words, name, &Words::name);
    if (found == words.end())
        return std::nullopt;
    return found->kind;
}

std::string_view hint(FailureKind kind)
{
    return row_of(words, kind).hint;
}

std::string hint(const Failure& failure)
{
    return failure.advice.empty() ? std::string{hint(failure.kind)} : failure.advice;
}

bool is_permanent(FailureKind kind)
{
    switch (kind)
    {
    case FailureKind::unauthorized:
    case FailureKind::forbidden:
    case FailureKind::blocked:
    case FailureKind::tls:
    case FailureKind::refused:
    case FailureKind::schema:
    case FailureKind::redirected:
        return true;
    default:
        return false;
    }
}

bool a_new_token_may_cure(const Failure& failure)
{
    switch (failure.kind)
    {
    case FailureKind::unauthorized:
    case FailureKind::forbidden:
    case FailureKind::blocked:
    case FailureKind::server_error:
    case FailureKind::refused:
    case FailureKind::graphql_errors:
    case FailureKind::not_json:
    case FailureKind::malformed:
    case FailureKind::redirected:
        return true;
    case FailureKind::schema:
        return failure.unknown_fields.empty();
    default:
        return false;
    }
}

bool a_smaller_page_may_do(const Failure& failure)
{
    switch (failure.kind)
    {
    case FailureKind::server_error:
    case FailureKind::refused:
    case FailureKind::graphql_errors:
    case FailureKind::too_large:
        return true;
    case FailureKind::schema:
        return failure.unknown_fields.empty();
    default:
        return false;
    }
}

bool judges_the_question(FailureKind kind)
{
    switch (kind)
    {
    case FailureKind::server_error:
    case FailureKind::refused:
    case FailureKind::schema:
    case FailureKind::graphql_errors:
    case FailureKind::malformed:
        return true;
    default:
        return false;
    }
}

} // namespace simsync
