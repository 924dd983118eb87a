// When an account's sweeps start. Pure: time and chance arrive as arguments.
#pragma once

#include "model/fnv.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace simsync
{

// Where an account's sweeps lie in the interval, in [0, 1): always the same for the same name, and for many
// names anywhere. (FNV-1a, whose upper bits are the mixed ones, once multiplied.)
constexpr double phase_of(std::string_view account)
{
    auto hash = fnv1a(account);
    hash ^= hash >> 32U;
    hash *= 0x9E37'79B9'7F4A'7C15U;
    return static_cast<double>(hash >> 11U) / static_cast<double>(std::uint64_t{1} << 53U);
}

// How long the first sweep of one of so many accounts is put off that begin together: so that each of them
// has the machine for a moment, and none waits longer than it would for its second. One alone begins at once.
constexpr std::chrono::milliseconds
first_delay(double phase, std::size_t accounts, std::chrono::milliseconds interval)
{
    if (accounts < 2)
        return std::chrono::milliseconds{0};
    constexpr std::chrono::milliseconds for_each{50};
    const auto all = std::min(interval, for_each * static_cast<std::int64_t>(accounts));
    return std::chrono::milliseconds{static_cast<std::int64_t>(phase * static_cast<double>(all.count()))};
}

// How long the first sweep waits of an account that another has swept until now: that one's rhythm goes on,
// and a sweep that it has just missed is made up for at once. `since` its last sweep began, by two clocks
// that may differ. Empty where there is no rhythm to go on with.
constexpr std::optional<std::chrono::milliseconds>
resumed_delay(std::chrono::milliseconds since, std::chrono::milliseconds interval)
{
    if (since < std::chrono::milliseconds{0} || since >= 2 * interval)
        return std::nullopt;
    return std::max(interval - since, std::chrono::milliseconds{0});
}

// Starts lie on a grid of one interval, the first start on it or, by the account's phase, up to half an
// interval beside it: then accounts whose first sweeps came soon after each other are spread over the
// interval from the second one on. Each is moved by up to a tenth of the interval,
// so that accounts of one phase do not start together; the move is drawn anew from the grid, never from the
// last start, so nothing drifts. Monotonic time: the wall clock may jump.
class Cadence
{
public:
    using Time = std::chrono::steady_clock::time_point;

    Cadence(Time first, std::chrono::milliseconds interval, double phase = 0)
        : first_(
              first +
              std::chrono::duration_cast<Time::duration>(interval * (phase < 0.5 ? phase : phase - 1))),
          interval_(interval)
    {
    }

    // The first start after `now`; a sweep that took longer than the interval skips the starts it missed.
    // `chance` in [0, 1).
    Time next(Time now, double chance) const
    {
        const auto passed = (now - first_) / interval_;
        const auto grid = first_ + interval_ * (passed + 1);
        return grid + std::chrono::duration_cast<Time::duration>(interval_ * jitter * chance);
    }

private:
    static constexpr double jitter = 0.1;
    Time first_;
    std::chrono::milliseconds interval_;
};

} // namespace simsync
