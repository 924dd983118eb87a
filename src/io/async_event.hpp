// Waking coroutines of one executor: "something changed, look again".
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <list>

namespace simsync
{

// Single-threaded: whoever waits has looked at the state just before, without a suspension in between, so
// that no wake-up is lost. Any number may wait, each until a time of its own.
class AsyncEvent
{
public:
    explicit AsyncEvent(const boost::asio::any_io_executor& executor) : executor_(executor) {}

    // All that wait now, in the order in which they began to.
    void wake()
    {
        for (auto& timer : waiting_)
            timer.cancel();
    }

    boost::asio::awaitable<void> wait() { return wait_until(std::chrono::steady_clock::time_point::max()); }

    // Until woken, or until the time has come.
    boost::asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point time)
    {
        // One that all share could be moved only by waking whoever waits on it: two with different times
        // would wake each other for ever.
        const auto timer = waiting_.emplace(waiting_.end(), executor_, time);
        boost::system::error_code woken;
        co_await timer->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
        waiting_.erase(timer);
    }

private:
    boost::asio::any_io_executor executor_;
    std::list<boost::asio::steady_timer> waiting_; // a timer for each
};

} // namespace simsync
