// The two kinds of stream that a connection may be, for the units that know Beast.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <algorithm>
#include <chrono>

namespace simsync
{

using PlainStream = boost::beast::tcp_stream;
using TlsStream = boost::beast::ssl_stream<boost::beast::tcp_stream>;

using Deadline = std::chrono::steady_clock::time_point;

inline constexpr auto as_tuple = boost::asio::as_tuple(boost::asio::use_awaitable);

inline Deadline at_most(std::chrono::steady_clock::duration limit, Deadline deadline)
{
    return std::min(std::chrono::steady_clock::now() + limit, deadline);
}

} // namespace simsync
