// When the next sweep starts. Pure: time and chance arrive as arguments.
#pragma once

#include <chrono>

namespace simsync
{

// Starts lie on a grid of one interval from the first start on, each moved by up to a tenth of the interval,
// so that many accounts do not start together; the move is drawn anew from the grid, never from the last
// start, so nothing drifts. Monotonic time: the wall clock may jump.
class Cadence
{
public:
    using Time = std::chrono::steady_clock::time_point;

    Cadence(Time first, std::chrono::milliseconds interval) : first_(first), interval_(interval) {}

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
