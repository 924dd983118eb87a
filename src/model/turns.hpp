// Whose turn it is, where several wait for what there is little of: requests within a rate, connections.
// Pure.
#pragma once

#include "simsync/model/page.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace simsync
{

// The most urgent first, and among equals whoever asked first. But a sweep that waits is passed over once at
// most: of two turns in a row it gets one, so that it takes at most twice as long as it would alone.
class Turns
{
public:
    // The index of whoever is next; `waiting` is not empty, and in the order in which they began to wait.
    std::size_t next(std::span<const Urgency> waiting)
    {
        const auto sweep = std::ranges::find(waiting, Urgency::sweep);
        const bool sweep_waits = sweep != waiting.end();
        const auto urgent = std::ranges::min_element(waiting);
        const auto chosen = sweep_waits && passed_over_ ? sweep : urgent;
        passed_over_ = sweep_waits && *chosen != Urgency::sweep;
        return static_cast<std::size_t>(chosen - waiting.begin());
    }

private:
    bool passed_over_ = false; // a sweep, at the last turn
};

} // namespace simsync
