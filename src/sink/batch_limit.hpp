// How many events a request to a receiver holds: as many as it takes, up to what is configured. Pure.
#pragma once

#include <algorithm>
#include <cstddef>

namespace simsync
{

// Begins with the most. Where a request was refused, and its events taken in parts, it was too large as a
// whole, whether the receiver counts bytes or events: then as many as it took, so that not each request is
// refused and halved; and from there on a few more now and then, for it may have been raised.
class BatchLimit
{
public:
    explicit BatchLimit(std::size_t most) : most_(most), limit_(most) {}

    std::size_t now() const noexcept { return limit_; }

    void taken(std::size_t events)
    {
        fits_ = std::max(fits_, events);
        if (events < limit_ || limit_ >= most_ || ++taken_in_full_ < requests_before_more)
            return;
        limit_ = std::min(most_, limit_ + std::max<std::size_t>(limit_ / 8, 1));
        taken_in_full_ = 0;
    }

    // So many were refused; the largest part that was taken had `part` of them.
    void too_large(std::size_t events, std::size_t part)
    {
        if (events > limit_) // was on its way before that was known
            return;
        fits_ = fits_ < events ? std::max(fits_, part) : part;
        limit_ = fits_;
        taken_in_full_ = 0;
    }

private:
    // A request that is refused costs three, or more: they are two in a hundred at most.
    static constexpr std::size_t requests_before_more = 100;

    std::size_t most_;
    std::size_t limit_;
    std::size_t fits_ = 1;
    std::size_t taken_in_full_ = 0;
};

} // namespace simsync
