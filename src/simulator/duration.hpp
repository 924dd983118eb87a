// Durations as the command line writes them: an integer and ms, s, m, h or d.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace simsync::simulator
{

// Empty for anything else, a negative one, or one of more than a hundred years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

} // namespace simsync::simulator
