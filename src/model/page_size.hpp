// How many rows to ask the API for, where it refuses as many as are wished for. Pure; the time arrives as an
// argument.
#pragma once

#include "simsync/model/failure.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace simsync
{

// Some servers cap `limit` silently, which costs nothing; others refuse the page, in any words, for its rows
// or for the query's cost. So the words are not read: where a page is refused and one of two rows is not, the
// size is halved until a page comes. A page that fails for what it holds is told from that by its place:
// pages as large as one that came before are doubted at the list's beginning alone, and only where another of
// the size fails as well.
class PageSize
{
public:
    using SteadyClock = std::chrono::steady_clock;

    static constexpr std::uint64_t least = 2; // a page has to show where it belongs and what is new

    // As many as may be asked for.
    std::uint64_t of(std::uint64_t wished) const noexcept
    {
        return most_ ? std::min(*most_, wished) : wished;
    }

    void came(std::uint64_t rows) noexcept; // a page for which so many were asked
    // May the size be why it failed?
    bool is_in_doubt(
        const Failure& failure, std::uint64_t offset, std::uint64_t rows, SteadyClock::time_point now) const;
    // Such a page came before: another of its size, from elsewhere, tells whether this one fails for what it
    // holds.
    bool has_come(std::uint64_t rows) const noexcept { return rows <= largest_that_came_; }
    void is_innocent(
        SteadyClock::time_point now) noexcept; // the smallest page fails as well, or another as large comes

    // What to try after `rows` were refused.
    static std::uint64_t half(std::uint64_t rows) noexcept { return std::max(rows / 2, least); }
    void settles_at(std::uint64_t rows) noexcept; // it came, and one twice as large did not

private:
    std::optional<std::uint64_t> most_;
    std::uint64_t largest_that_came_ = 0;
    std::optional<SteadyClock::time_point> innocent_since_;
};

} // namespace simsync
