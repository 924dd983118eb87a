#include "io/socket_watch.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace simsync
{
namespace
{

namespace asio = boost::asio;
using asio::awaitable;

int duplicate_of(int socket)
{
    const int duplicate = ::dup(socket);
    if (duplicate < 0)
        throw std::system_error(errno, std::generic_category(), "dup");
    return duplicate;
}

} // namespace

SocketWatch::SocketWatch(const asio::any_io_executor& executor, int socket)
    : socket_(executor, duplicate_of(socket))
{
}

// Whatever becomes of it: who waited looks.
awaitable<void> SocketWatch::wait()
{
    boost::system::error_code error;
    co_await socket_.async_wait(
        asio::posix::stream_descriptor::wait_read, asio::redirect_error(asio::use_awaitable, error));
}

awaitable<void> SocketWatch::wait_until(AsyncEvent& news, std::chrono::steady_clock::time_point time)
{
    using namespace asio::experimental::awaitable_operators;
    co_await (wait() || news.wait_until(time));
}

} // namespace simsync
