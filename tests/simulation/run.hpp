// Runs a coroutine of the simulation to its end.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <stdexcept>
#include <utility>

namespace simsync::simulation
{

// What a coroutine waits for never comes. It stays as it is, and goes with its context.
class Hang : public std::logic_error
{
    using std::logic_error::logic_error;
};

// Its result, or its exception. Nothing in a simulation waits for real time: all that can run runs now, and
// what then has not ended never will.
template<class T>
T run(boost::asio::io_context& io, boost::asio::awaitable<T> work)
{
    T result{};
    std::exception_ptr error;
    bool done = false;
    boost::asio::co_spawn(
        io, std::move(work),
        [&](std::exception_ptr thrown, T value)
        {
            done = true;
            error = thrown;
            result = std::move(value);
        });
    io.restart();
    io.poll();
    if (!done)
        throw Hang("simsync waits for something that never comes");
    if (error)
        std::rethrow_exception(error);
    return result;
}

} // namespace simsync::simulation
