// Even spacing.
#include "api/rate_limiter.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace simsync
{

namespace asio = boost::asio;

namespace
{

// Keeps a waiter on the list for as long as it waits, so that close() finds and wakes it. Its destructor
// takes it off, also where the wait is cancelled.
class Registration
{
public:
    Registration(std::vector<asio::steady_timer*>& all, asio::steady_timer& mine) : all_(all), mine_(&mine)
    {
        all_.push_back(mine_);
    }
    ~Registration() { std::erase(all_, mine_); }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

private:
    std::vector<asio::steady_timer*>& all_;
    asio::steady_timer* mine_;
};

} // namespace

RateLimiter::RateLimiter(asio::any_io_executor executor, double requests_per_second)
    : executor_(std::move(executor))
{
    using Seconds = std::chrono::duration<double>;
    constexpr Seconds slowest = std::chrono::hours{1}; // of a limit next to zero; keeps the cast in range
    if (requests_per_second > 0)
        interval_ = std::chrono::duration_cast<SteadyClock::duration>(
            std::min(Seconds{1 / requests_per_second}, slowest));
}

asio::awaitable<void> RateLimiter::turn()
{
    if (interval_ == SteadyClock::duration::zero() || closed_)
        co_return;
    const auto mine = std::max(SteadyClock::now(), next_);
    next_ = mine + interval_;
    asio::steady_timer timer{executor_, mine};
    const Registration registration{waiting_, timer};
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
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
    for (auto* timer : waiting_)
        timer->cancel();
}

} // namespace simsync
