// How far the reading of a whole fleet has come: told by the thread that reads, asked for by another.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>

namespace simsync
{

// So many SIMs of about so many; 0: nobody knows of how many.
struct Loaded
{
    std::size_t sims = 0;
    std::size_t expected = 0;

    bool operator==(const Loaded&) const = default;
};

class LoadProgress
{
public:
    using Time = std::chrono::steady_clock::time_point;

    // From here on it is under way, until `ends`.
    void begins(std::size_t expected, Time now)
    {
        expected_ = expected;
        has_read(0, now);
        under_way_ = true;
    }
    // Rows came at this time: whoever gave them was there.
    void has_read(std::size_t sims, Time now)
    {
        sims_ = sims;
        came_ = now.time_since_epoch().count();
    }
    void ends() { under_way_ = false; }

    // Empty: nothing is being read.
    std::optional<Loaded> loaded() const
    {
        return under_way_ ? std::optional(Loaded{sims_, expected_}) : std::nullopt;
    }
    Time came() const { return Time{Time::duration{came_.load()}}; }

private:
    std::atomic<bool> under_way_ = false;
    std::atomic<std::size_t> sims_ = 0;
    std::atomic<std::size_t> expected_ = 0;
    std::atomic<Time::rep> came_ = 0;
};

} // namespace simsync
