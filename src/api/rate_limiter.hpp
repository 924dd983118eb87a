// Our own limit of requests, and the server's wish for silence.
#pragma once

#include "model/turns.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <optional>
#include <vector>

namespace simsync
{

// Spaces requests evenly, in turn (model/turns), and remembers until when none may be sent. Belongs to one
// executor.
class RateLimiter
{
public:
    using SteadyClock = std::chrono::steady_clock;

    RateLimiter(boost::asio::any_io_executor executor, double requests_per_second); // 0: no limit

    // Returns when it is the caller's turn, or the limiter is closed.
    boost::asio::awaitable<void> turn(Urgency urgency);

    // The server wants no request for so long; a shorter wish than one that stands changes nothing.
    void fall_silent(std::chrono::milliseconds span);

    // How much of that is left; empty: requests are welcome.
    std::optional<std::chrono::milliseconds> silence() const;

    void close();

private:
    struct Waiter;

    void give_turn();

    boost::asio::any_io_executor executor_;
    SteadyClock::duration interval_{0};
    SteadyClock::time_point next_; // when the next turn is
    Turns turns_;
    SteadyClock::time_point silent_until_;
    std::vector<Waiter*> waiting_; // in the order in which they began to
    bool closed_ = false;
};

} // namespace simsync
