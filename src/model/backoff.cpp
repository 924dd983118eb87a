// The retry delay.
#include "model/backoff.hpp"

#include <algorithm>

namespace simsync
{

std::optional<std::chrono::milliseconds>
Backoff::delay(int failures, double chance, std::optional<std::chrono::milliseconds> retry_after) const
{
    if (patience > 0 && failures >= patience)
        return std::nullopt;
    constexpr int most_doublings = 20;
    const auto ceiling = std::min(longest, first * (1 << std::min(failures - 1, most_doublings)));
    const std::chrono::milliseconds drawn{
        static_cast<std::int64_t>(static_cast<double>(ceiling.count()) * chance)};
    return std::max(drawn, retry_after.value_or(std::chrono::milliseconds{0}));
}

} // namespace simsync
