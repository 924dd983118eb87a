// Waking coroutines of one executor: "something changed, look again".
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace simsync
{

// Single-threaded: whoever waits has looked at the state just before, without a suspension in between, so
// that no wake-up is lost.
class AsyncEvent
{
public:
    explicit AsyncEvent(const boost::asio::any_io_executor& executor) : timer_(executor, never) {}

    void wake() { timer_.cancel(); }

    boost::asio::awaitable<void> wait() { return wait_until(never); }

    // Until woken, or until the time has come.
    boost::asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point time)
    {
        // Moving the expiry wakes whoever else waits: they look again and wait on.
        if (timer_.expiry() != time)
            timer_.expires_at(time);
        boost::system::error_code woken;
        co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
    }

private:
    static constexpr auto never = std::chrono::steady_clock::time_point::max();
    boost::asio::steady_timer timer_;
};

} // namespace simsync
