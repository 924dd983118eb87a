// How many requests a receiver is sent at once: as many as it takes, up to what is configured. Pure.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace simsync
{

// Begins with one, and doubles with each round that is taken, until the receiver says, or shows by its
// silence, that it is too much: then half of it, and from there one more with each round. So a receiver that
// is started late or is weak is not run over, and what it can take is found anew all the time (TCP's slow
// start and additive increase).
class SendLimit
{
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit SendLimit(std::size_t most) : most_(most), doubles_below_(most) {}

    std::size_t now() const noexcept { return limit_; }

    // A request was taken while so many were on their way, itself included. What was not made use of says
    // nothing of what more would do.
    void taken(std::size_t on_their_way)
    {
        if (on_their_way < limit_ || limit_ >= most_)
            return;
        if (limit_ < doubles_below_ || ++taken_in_round_ >= limit_)
        {
            ++limit_;
            taken_in_round_ = 0;
        }
    }

    // It was too much for the receiver. Once for all that were on their way together: of one that began
    // before the last time, nothing is learnt.
    void too_much(Time began, Time now)
    {
        if (began < cut_at_)
            return;
        cut_at_ = now;
        limit_ = std::max<std::size_t>(limit_ / 2, 1);
        doubles_below_ = limit_;
        taken_in_round_ = 0;
    }

    // It takes nothing at all: one tries whether it does again, and from there it doubles.
    void nothing_taken(Time now)
    {
        cut_at_ = now;
        limit_ = 1;
        taken_in_round_ = 0;
    }

private:
    std::size_t most_;
    std::size_t limit_ = 1;
    std::size_t doubles_below_; // one by one from there on
    std::size_t taken_in_round_ = 0;
    Time cut_at_{};
};

} // namespace simsync
