// Points in time as the API tells them and PostgreSQL keeps them: UTC, microseconds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace simsync
{

using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

// Reads the API's `Date`, which its reference leaves open: RFC 3339 with `Z` or an offset, 0 to 9 fractional
// digits, "T" or a space between date and time, no zone at all (UTC), or a bare date (midnight UTC). Digits
// beyond microseconds are cut, never rounded, so that reading twice gives the same. Empty for anything else,
// years outside 0001..9999 included.
std::optional<Timestamp> parse_date(std::string_view text);

// RFC 3339 in UTC with `Z`, the fraction as short as it can be: "2023-07-16T11:58:20.333Z",
// "2023-07-16T11:58:20Z". PostgreSQL reads it as timestamptz.
std::string to_text(Timestamp time);

} // namespace simsync
