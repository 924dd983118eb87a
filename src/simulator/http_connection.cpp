#include "simulator/http_connection.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/write.hpp>
#include <sstream>

namespace simsync::simulator
{
namespace
{

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::awaitable;
using asio::use_awaitable;

constexpr std::size_t read_size = 16U << 10U;

} // namespace

HttpConnection::HttpConnection(asio::ip::tcp::socket socket) : tcp_{std::move(socket)} {}

awaitable<void> HttpConnection::handshake(asio::ssl::context& tls)
{
    tls_.emplace(tcp_, tls);
    co_await tls_->async_handshake(asio::ssl::stream_base::server, use_awaitable);
}

void HttpConnection::expires_after(std::chrono::steady_clock::duration duration)
{
    tcp_.expires_after(duration);
}

awaitable<boost::system::error_code> HttpConnection::read(HttpRequestParser& parser)
{
    parser.eager(true); // the body too
    boost::system::error_code error;
    while (!parser.is_done())
    {
        if (received_.size() > 0)
        {
            received_.consume(parser.put(received_.data(), error));
            if (error && error != http::error::need_more)
                co_return error;
            if (!error)
                continue;
        }
        const auto size = co_await read_some(received_.prepare(read_size), error);
        received_.commit(size);
        if (error == asio::error::eof)
            co_return parser.got_some() ? http::error::partial_message : http::error::end_of_stream;
        if (error)
            co_return error;
    }
    co_return boost::system::error_code{};
}

awaitable<void> HttpConnection::write(const HttpResponse& response)
{
    std::ostringstream header;
    header << response.base();
    const auto bytes = std::move(header).str() + response.body(); // together: one packet where they fit
    for (asio::const_buffer rest = asio::buffer(bytes); rest.size() > 0;)
        rest += co_await write_some(rest);
}

awaitable<std::size_t> HttpConnection::write_some(asio::const_buffer bytes)
{
    if (tls_)
        co_return co_await tls_->async_write_some(bytes, use_awaitable);
    co_return co_await tcp_.async_write_some(bytes, use_awaitable);
}

awaitable<std::size_t>
HttpConnection::read_some(asio::mutable_buffer buffer, boost::system::error_code& error)
{
    if (tls_)
        co_return co_await tls_->async_read_some(buffer, asio::redirect_error(use_awaitable, error));
    co_return co_await tcp_.async_read_some(buffer, asio::redirect_error(use_awaitable, error));
}

awaitable<void> HttpConnection::shutdown()
{
    if (tls_)
        co_await tls_->async_shutdown(use_awaitable);
}

} // namespace simsync::simulator
