// When what stands is counted again: only where something may have changed, and so seldom that counting takes
// a hundredth of the database thread's time at most, however many stand. Pure.
#pragma once

#include <chrono>

namespace simsync
{

class CountPace
{
public:
    using Time = std::chrono::steady_clock::time_point;

    void changed() noexcept { changed_ = true; }
    bool is_due(Time now) const noexcept { return changed_ && now >= next_; }

    // What changes from here on is of the next count.
    void begins() noexcept { changed_ = false; }
    // Also where it failed.
    void ended(Time began, Time now) noexcept { next_ = now + rest_per_work * (now - began); }

private:
    static constexpr int rest_per_work = 99;

    bool changed_ = true;
    Time next_{};
};

} // namespace simsync
