// Waiting, on the event loop, for what comes on a socket that somebody else reads.
#pragma once

#include "io/async_event.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <chrono>

namespace simsync
{

// Of a duplicate, so that whoever has the socket may close it at any time. Single-threaded; one waits at a
// time.
class SocketWatch
{
public:
    // Throws std::system_error where the process has no descriptor left for it.
    SocketWatch(const boost::asio::any_io_executor& executor, int socket);

    // Until something can be read or the other end is gone, until `news` wakes, or until the time has come.
    // Returns at once, again and again, as long as nobody reads what there is.
    boost::asio::awaitable<void> wait_until(AsyncEvent& news, std::chrono::steady_clock::time_point time);
    // The same without news and a time; also where this object goes meanwhile.
    boost::asio::awaitable<void> wait();

private:
    boost::asio::posix::stream_descriptor socket_;
};

} // namespace simsync
