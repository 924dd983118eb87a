// Even spacing.
#include "api/rate_limiter.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace simsync
{

namespace asio = boost::asio;

// Stands in the queue for as long as its coroutine waits, which may also end by cancellation.
struct RateLimiter::Waiter
{
    Waiter(RateLimiter& limiter, Urgency of) : all(limiter.waiting_), timer(limiter.executor_), urgency(of)
    {
        all.push_back(this);
    }
    ~Waiter() { std::erase(all, this); }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    std::vector<Waiter*>& all;
    asio::steady_timer timer;
    Urgency urgency;
    bool has_turn = false;
};

RateLimiter::RateLimiter(asio::any_io_executor executor, double requests_per_second)
    : executor_(std::move(executor))
{
    using Seconds = std::chrono::duration<double>;
    constexpr Seconds slowest = std::chrono::hours{1}; // of a limit next to zero; keeps the cast in range
    if (requests_per_second > 0)
        interval_ = std::chrono::duration_cast<SteadyClock::duration>(
            std::min(Seconds{1 / requests_per_second}, slowest));
}

// Whoever wakes first when a turn has come gives it to whose it is.
asio::awaitable<void> RateLimiter::turn(Urgency urgency)
{
    if (interval_ == SteadyClock::duration::zero() || closed_)
        co_return;
    if (waiting_.empty()) // turns that nobody wanted are lost
        next_ = std::max(next_, SteadyClock::now());
    Waiter waiter{*this, urgency};
    while (!waiter.has_turn && !closed_)
    {
        if (SteadyClock::now() >= next_)
        {
            give_turn();
            continue;
        }
        waiter.timer.expires_at(next_);
        co_await waiter.timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void RateLimiter::give_turn()
{
    std::vector<Urgency> urgencies;
    urgencies.reserve(waiting_.size());
    for (const auto* waiter : waiting_)
        urgencies.push_back(waiter->urgency);
    auto* next = waiting_[turns_.next(urgencies)];
    std::erase(waiting_, next);
    next->has_turn = true;
    next->timer.cancel();
    // From turn to turn, lest timers that fire late add up; but no burst makes up for a loop that stood
    // still.
    next_ = std::max(next_, SteadyClock::now() - interval_) + interval_;
}

void RateLimiter::fall_silent(std::chrono::milliseconds span)
{
    silent_until_ = std::max(silent_until_, SteadyClock::now() + span);
}

std::optional<std::chrono::milliseconds> RateLimiter::silence() const
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(silent_until_ - SteadyClock::now());
    if (left <= left.zero())
        return std::nullopt;
    return left;
}

void RateLimiter::close()
{
    closed_ = true;
    for (auto* waiter : waiting_)
        waiter->timer.cancel();
}

} // namespace simsync
