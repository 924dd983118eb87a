// Durations as the configuration and the command line write them: an integer and one of `ms s m h d`.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace simsync
{

// Reads "250ms", "60s", "400d"; a bare "0" is zero. Empty for anything else: a sign, a fraction, a space,
// several units ("1h30m"), or more than `longest_duration`.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// Beyond any use, and far from overflow when added to a point in time.
inline constexpr std::chrono::milliseconds longest_duration = std::chrono::days{36'525};

// The shortest text that parse_duration reads back as the same: "90s", "5m", "0s".
std::string duration_text(std::chrono::milliseconds duration);

} // namespace simsync
