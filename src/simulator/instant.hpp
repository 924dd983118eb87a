// Points in time as the API writes them: RFC 3339 in JSON, RFC 9110 in the `Date` header. The clock is always
// an argument.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace simsync::simulator
{

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

// Reads "2023-07-16T11:58:20[.333…](Z|±hh:mm)" and the bare date "2023-07-16" (midnight UTC). Digits beyond
// the millisecond are dropped. Empty for anything else.
std::optional<Instant> parse_instant(std::string_view text);

// Appends "2023-07-16T11:58:20.333Z", without quotes.
void append(std::string& out, Instant instant);

// "Sun, 16 Jul 2023 11:58:20 GMT"
std::string http_date(Instant instant);

} // namespace simsync::simulator
