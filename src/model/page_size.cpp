// The size of pages.
#include "model/page_size.hpp"

namespace simsync
{
namespace
{

// A failure that has nothing to do with the size stays so for a while: what else it is, is found meanwhile.
constexpr std::chrono::minutes innocence{5};

} // namespace

void PageSize::came(std::uint64_t rows) noexcept
{
    largest_that_came_ = std::max(largest_that_came_, rows);
    innocent_since_.reset();
}

bool PageSize::is_in_doubt(
    const Failure& failure, std::uint64_t offset, std::uint64_t rows, SteadyClock::time_point now) const
{
    if (!a_smaller_page_may_do(failure) || rows <= least)
        return false;
    if (innocent_since_ && now - *innocent_since_ < innocence)
        return false;
    return offset == 0 || rows > largest_that_came_;
}

void PageSize::is_innocent(SteadyClock::time_point now) noexcept
{
    innocent_since_ = now;
}

void PageSize::settles_at(std::uint64_t rows) noexcept
{
    most_ = rows;
    largest_that_came_ = rows;
}

} // namespace simsync
