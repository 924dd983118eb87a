// Why an answer of the API could not be used. An expected outcome of the network: a value, not an exception.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

enum class FailureKind
{
    unreachable,    // DNS, connect, reset, cut in mid-body
    timed_out,      // a phase or the whole request took longer than its deadline
    tls,            // certificate expired, self-signed, for another host; nothing was sent
    unauthorized,   // the login was refused, or every token that it gave; of one request: 401
    token_refused,  // a new token was refused too, although logins succeed: nothing is wrong with them yet
    forbidden,      // 403 of the API itself for a query: logged in, without the right
    blocked,        // 403 that is not the API's: a firewall or a proxy; it says nothing about credentials
    throttled,      // 429, or 503 with Retry-After
    server_error,   // 5xx
    refused,        // another 4xx
    schema,         // the API does not know a field or argument that we sent (validation error)
    graphql_errors, // 200 with `errors`
    not_json,       // another content type, HTML
    malformed,      // cut, too deep, or no answer to what was asked
    too_large,      // a body beyond the bound
    redirected,     // 3xx: never followed
};

struct Failure
{
    FailureKind kind = FailureKind::unreachable;
    // One sentence: what failed and where; no secret, at most 200 escaped bytes of an answer.
    std::string what{};
    // No request before then; already capped at 5 min.
    std::optional<std::chrono::milliseconds> retry_after{};
    std::vector<std::string> unknown_fields{}; // for `schema`: the names that the API complained of
    std::string advice{};                      // where more is known than the kind's own hint says
};

// "unreachable", "timed_out", …: the label of metrics and the `error` of a sweep.
std::string_view to_text(FailureKind kind);
std::optional<FailureKind> failure_kind_named(std::string_view name);

// What the operator can do about it: one sentence, without "HINT:".
std::string_view hint(FailureKind kind);
std::string hint(const Failure& failure); // its advice, or else its kind's

// Asking again at once does not mend these; the next sweep will see.
bool is_permanent(FailureKind kind);

// The server answered, in a way that a token which has ended may bring about: not everybody tells it by 401.
bool a_new_token_may_cure(const Failure& failure);

// It refused what a smaller page may not be refused: a limit on rows, or on the query's cost.
bool a_smaller_page_may_do(const Failure& failure);

// It answered, but not what was asked: another way of asking may do. The others would fail in any way.
bool judges_the_question(FailureKind kind);

} // namespace simsync
