// One client's connection, plain or TLS: whole requests in, whole responses out. The two kinds of stream meet
// below HTTP: instantiating Beast's own reading and writing for each would be half of what it takes to
// compile the simulator.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <cstddef>
#include <optional>

namespace simsync::simulator
{

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;
using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;
using HttpRequestParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

// Not movable: the TLS stream refers to the TCP stream beside it.
class HttpConnection
{
public:
    explicit HttpConnection(boost::asio::ip::tcp::socket socket);
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    // Everything that follows is encrypted. `tls` has to outlive the connection. Throws
    // boost::system::system_error.
    boost::asio::awaitable<void> handshake(boost::asio::ssl::context& tls);

    // How long the calls that follow may take together; then they fail with beast::error::timeout.
    void expires_after(std::chrono::steady_clock::duration duration);

    // Until the parser has its message, within the parser's limits. http::error::end_of_stream where the
    // client left between two requests. What it sent beyond this one waits for the next call.
    boost::asio::awaitable<boost::system::error_code> read(HttpRequestParser& parser);

    // As it stands: where the body is shorter than its Content-Length, the client waits for the rest.
    // Throws boost::system::system_error.
    boost::asio::awaitable<void> write(const HttpResponse& response);

    // Bytes that no parser wants. Zero at the end of the stream or after an error.
    boost::asio::awaitable<std::size_t>
    read_some(boost::asio::mutable_buffer buffer, boost::system::error_code& error);

    // Says goodbye as TLS has it; nothing on a plain connection. Throws boost::system::system_error.
    boost::asio::awaitable<void> shutdown();

    // Below TLS.
    boost::beast::tcp_stream& tcp() { return tcp_; }

private:
    boost::asio::awaitable<std::size_t> write_some(boost::asio::const_buffer bytes);

    boost::beast::tcp_stream tcp_;
    std::optional<boost::asio::ssl::stream<boost::beast::tcp_stream&>> tls_; // none: plain
    boost::beast::flat_buffer received_;
};

} // namespace simsync::simulator
