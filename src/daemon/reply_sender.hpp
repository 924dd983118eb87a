// Replies to bytes: whole ones with their length, streams in chunks, for clients that may leave or dawdle.
#pragma once

#include "daemon/listener.hpp"
#include "daemon/web_message.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>

#include <chrono>

namespace simsync
{

// A client's connection; what it awaits ends at the time that was set with expires_after.
using SocketStream = boost::beast::basic_stream<
    Listener::Protocol, boost::asio::any_io_executor, boost::beast::unlimited_rate_policy>;

// What was asked decides how the answer is sent.
struct Asked
{
    bool is_head = false;
    bool takes_chunks = true; // HTTP/1.0 knows none
    bool goes_on = false;     // the connection, after the answer
};

// Sends a reply whose body is at hand, within the time that the caller has set. Throws
// boost::system::system_error where the client does not take it.
boost::asio::awaitable<void> send_bytes(SocketStream& client, const WebReply& reply, const Asked& asked);

// Sends a reply whose body is a WebStream, and runs that, unless it was asked for by HEAD; the connection
// says nothing more afterwards. The head has the time that the caller has set, each chunk `patience`. Throws
// what the stream threw, and boost::system::system_error where the client left before its end.
boost::asio::awaitable<void> send_stream(
    SocketStream& client, const WebReply& reply, const Asked& asked, std::chrono::milliseconds patience);

} // namespace simsync
