// How long a server asks us to stay away. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace simsync
{

// The header `Date`, in any of the three forms of RFC 9110 (IMF-fixdate, RFC 850, asctime).
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

// The header `Retry-After`: seconds, or a date, which counts from `now` by the server's own clock. Empty
// where it is past, unreadable or absurd (beyond a day): our own backoff is the better guess then. Never
// longer than five minutes.
std::optional<std::chrono::milliseconds>
parse_retry_after(std::string_view text, std::chrono::sys_seconds now);

} // namespace simsync
