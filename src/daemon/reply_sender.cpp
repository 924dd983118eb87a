#include "daemon/reply_sender.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>

#include <array>
#include <cstddef>
#include <exception>
#include <string>
#include <variant>

namespace simsync
{
namespace
{

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::awaitable;

// Of a client that sends on while it is streamed to.
constexpr std::size_t most_dropped = 64U << 10U; // bytes
// What the kernel holds for a client that does not read a stream grows stale, and is not to be megabytes.
constexpr int stream_buffer = 256 << 10; // bytes

template<class Body>
http::response<Body> header_of(const WebReply& reply, bool goes_on)
{
    http::response<Body> response;
    response.version(11);
    response.result(reply.status);
    for (const auto& [name, value] : reply.headers)
        response.insert(name, value);
    response.keep_alive(goes_on);
    return response;
}

std::string_view bytes_of(const WebReply& reply)
{
    if (const auto* fixed = std::get_if<StaticBytes>(&reply.body))
        return fixed->bytes;
    return std::get<std::string>(reply.body);
}

bool has_length(unsigned status)
{
    constexpr unsigned no_content = 204;
    constexpr unsigned not_modified = 304;
    return status != no_content && status != not_modified;
}

class SocketChunks final : public ChunkWriter
{
public:
    SocketChunks(SocketStream& client, std::chrono::milliseconds patience)
        : client_(client),
          patience_(patience)
    {
    }

    awaitable<void> write(std::string_view chunk) override
    {
        if (chunk.empty()) // would be the end
            co_return;
        client_.expires_after(patience_);
        co_await asio::async_write(
            client_, http::make_chunk(asio::buffer(chunk.data(), chunk.size())), asio::use_awaitable);
    }

private:
    SocketStream& client_;
    std::chrono::milliseconds patience_;
};

// Nothing is expected of it any more, so all that it does is to leave.
awaitable<void> until_client_leaves(SocketStream& client)
{
    std::array<char, 512> dropped{};
    boost::system::error_code error;
    for (std::size_t taken = 0; !error && taken < most_dropped;)
    {
        client.expires_never(); // of reading: a write that is under way has its own time
        taken += co_await client.async_read_some(
            asio::buffer(dropped), asio::redirect_error(asio::use_awaitable, error));
    }
}

// Its failure, for `||` below goes on until one side returns.
awaitable<std::exception_ptr> failure_of(const WebStream& body, ChunkWriter& chunks)
{
    try
    {
        co_await body(chunks);
        co_return nullptr;
    }
    catch (...)
    {
        co_return std::current_exception();
    }
}

// Throws what the stream threw, and where the client left before its end.
awaitable<void> send_chunks(SocketStream& client, const WebStream& body, std::chrono::milliseconds patience)
{
    using namespace asio::experimental::awaitable_operators;
    SocketChunks chunks{client, patience};
    const auto ended = co_await (failure_of(body, chunks) || until_client_leaves(client));
    const auto* failure = std::get_if<std::exception_ptr>(&ended);
    if (failure == nullptr)
        throw boost::system::system_error(asio::error::connection_reset);
    if (*failure)
        std::rethrow_exception(*failure);
    client.expires_after(patience);
    co_await asio::async_write(client, http::make_chunk_last(), asio::use_awaitable);
}

} // namespace

awaitable<void> send_bytes(SocketStream& client, const WebReply& reply, const Asked& asked)
{
    using Body = http::span_body<const char>;
    const auto bytes = bytes_of(reply);
    auto response = header_of<Body>(reply, asked.goes_on);
    if (has_length(reply.status))
    {
        response.content_length(bytes.size());
        if (!asked.is_head)
            response.body() = Body::value_type{bytes.data(), bytes.size()};
    }
    co_await http::async_write(client, response, asio::use_awaitable);
}

awaitable<void> send_stream(
    SocketStream& client, const WebReply& reply, const Asked& asked, std::chrono::milliseconds patience)
{
    auto header = header_of<http::empty_body>(reply, false);
    header.chunked(true);
    http::response_serializer<http::empty_body> serializer{header};
    co_await http::async_write_header(client, serializer, asio::use_awaitable);
    if (asked.is_head)
        co_return;
    boost::system::error_code ignored;
    client.socket().set_option(asio::socket_base::send_buffer_size(stream_buffer), ignored);
    co_await send_chunks(client, std::get<WebStream>(reply.body), patience);
}

} // namespace simsync
