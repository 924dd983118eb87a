// Whether recent looks are worth their requests: how much of what changed they found before a sweep did.
// Pure.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace simsync
{

// What `auto` goes by, besides the worth.
struct AutomaticLooks
{
    std::chrono::milliseconds sweep_interval{60'000};
    std::size_t page_size = 500;
    double requests_per_second = 0; // that are allowed; 0: any number
};

// From one look to the next where nobody says how often; empty: never. Looks ask no more often than sweeps
// do, so that all together asks twice as often at most, and take no more than a quarter of what is allowed.
// Of a fleet of a page or three a sweep more often costs as little, and finds everything.
inline std::optional<std::chrono::milliseconds> automatic_interval(const AutomaticLooks& by, std::size_t sims)
{
    using std::chrono::milliseconds;
    // What moved is an event within 5 s, also where an answer takes its time.
    constexpr milliseconds shortest{2'000};
    constexpr int fewest_a_sweep = 4;
    // From one request to the next, at a quarter of one request a second.
    constexpr double quarter_of_the_rate = 4'000; // milliseconds
    constexpr double a_day = 86'400'000;          // milliseconds; what is allowed may be next to nothing
    const auto pages = static_cast<std::int64_t>(sims / std::max<std::size_t>(by.page_size, 1) + 1);
    auto interval = std::max(shortest, by.sweep_interval / pages);
    if (by.requests_per_second > 0)
    {
        const auto quarter = std::min(quarter_of_the_rate / by.requests_per_second, a_day);
        interval = std::max(interval, milliseconds{static_cast<std::int64_t>(quarter)});
    }
    if (interval * fewest_a_sweep > by.sweep_interval)
        return std::nullopt;
    return interval;
}

// In place of a shorter one while looks are not worth it: often enough to notice that they are again.
inline constexpr std::chrono::milliseconds seldom_interval{60'000};

// SIMs that were found changed from the end of one sweep to the end of the next.
struct FoundChanges
{
    std::int64_t by_looks = 0;
    std::int64_t by_sweep = 0;
};

class RecentWorth
{
public:
    void sweep_ended(FoundChanges found)
    {
        last_.push_back(found);
        if (last_.size() > sweeps_that_tell)
            last_.pop_front();
    }

    // Of all that the last sweeps and the looks between them found; empty: nothing changed.
    std::optional<double> share() const
    {
        FoundChanges all;
        for (const auto& each : last_)
            all = {all.by_looks + each.by_looks, all.by_sweep + each.by_sweep};
        if (all.by_looks + all.by_sweep == 0)
            return std::nullopt;
        return static_cast<double>(all.by_looks) / static_cast<double>(all.by_looks + all.by_sweep);
    }

    // Innocent until as many sweeps as tell it say otherwise.
    bool worthwhile() const { return last_.size() < sweeps_that_tell || share().value_or(1) >= least_share; }

    static constexpr std::size_t sweeps_that_tell = 10;
    static constexpr double least_share = 0.2;

private:
    std::deque<FoundChanges> last_;
};

} // namespace simsync
