// When the fleet is counted again. Counting reads every row: where somebody looks without end, it shall take
// a twentieth of one core at most, however many SIMs there are. Pure.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace simsync
{

struct LastCount
{
    std::chrono::steady_clock::time_point ended;
    std::chrono::steady_clock::duration took;
};

inline constexpr std::chrono::seconds shortest_between_counts{10};
inline constexpr int rest_per_count = 20; // times as long as the count took

constexpr bool count_is_due(const std::optional<LastCount>& last, std::chrono::steady_clock::time_point now)
{
    if (!last)
        return true;
    const auto rest =
        std::max<std::chrono::steady_clock::duration>(shortest_between_counts, rest_per_count * last->took);
    return now >= last->ended + rest;
}

} // namespace simsync
