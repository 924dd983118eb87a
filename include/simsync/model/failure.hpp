// Why an answer of the API could not be used. An expected outcome of the network: a value, not an exception.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

enum class Trouble
{
    unreachable,    // DNS, connect, reset, cut in mid-body
    timed_out,      // a phase or the whole request took longer than its deadline
    tls,            // certificate expired, self-signed, for another host; nothing was sent
    unauthorized,   // 401 although the token was renewed, or the login was refused
    forbidden,      // 403 for a query: logged in, without the right
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
    Trouble trouble = Trouble::unreachable;
    std::string
        what; // one sentence: what failed and where; no secret, at most 200 escaped bytes of an answer
    std::optional<std::chrono::milliseconds> retry_after; // no request before then; already capped at 5 min
    std::vector<std::string> unknown_fields; // for `schema`: the names that the API complained of
};

// "unreachable", "timed_out", …: the label of metrics and the `error` of a sweep.
std::string_view to_text(Trouble trouble);
std::optional<Trouble> trouble_named(std::string_view name);

// What the operator can do about it: one sentence, without "HINT:".
std::string_view hint(Trouble trouble);

// Asking again at once does not mend these; the next sweep will see.
bool hopeless(Trouble trouble);

// It answered, but not what was asked: another way of asking may do. The others would fail in any way.
bool judges_the_question(Trouble trouble);

} // namespace simsync
