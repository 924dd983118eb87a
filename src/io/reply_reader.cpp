#include "io/reply_reader.hpp"

#include "io/network_failure.hpp"
#include "io/response_head.hpp"

#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/read.hpp>

#include <string_view>
#include <utility>

namespace simsync
{
namespace
{

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

// A server says "processing" or gives hints before its answer; one that never comes to it is no server.
constexpr int most_interim_heads = 100;

std::string_view text_of(const beast::flat_buffer& buffer)
{
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

bool is_interim(unsigned status)
{
    return status / 100 == 1 && status != static_cast<unsigned>(http::status::switching_protocols);
}

void note_status(unsigned status, FinalHead& head, const std::function<void()>& on_status)
{
    if (head.status != 0 || status == 0 || is_interim(status))
        return;
    head.status = status;
    on_status();
}

struct HeadEnd
{
    error_code error;
    std::size_t bytes = 0; // so many are the head
};

// Until a whole head stands in the buffer.
template<class Stream>
asio::awaitable<HeadEnd>
read_head(Stream& stream, beast::flat_buffer& buffer, FinalHead& head, const std::function<void()>& on_status)
{
    for (;;)
    {
        note_status(leading_status(text_of(buffer)), head, on_status);
        if (!may_be_head(text_of(buffer)))
            co_return HeadEnd{http::error::bad_version};
        if (const auto end = end_of_head(text_of(buffer)); end != std::string_view::npos)
            co_return HeadEnd{{}, end};
        if (buffer.size() >= header_limit)
            co_return HeadEnd{http::error::header_limit};
        const auto [error, bytes] = co_await stream.async_read_some(buffer.prepare(bytes_a_read), as_tuple);
        if (error)
            co_return HeadEnd{
                error == asio::error::eof ? make_error_code(http::error::end_of_stream) : error};
        buffer.commit(bytes);
    }
}

error_code parse_head(std::string_view strict, std::optional<ReplyParser>& parser)
{
    parser.emplace();
    parser->header_limit(2 * header_limit);
    parser->body_limit(boost::none); // set when the status is known
    error_code error;
    parser->put(asio::buffer(strict), error);
    if (error == http::error::need_more)
        error = {};
    return error;
}

} // namespace

template<class Stream>
asio::awaitable<error_code>
read_final_head(Stream& stream, beast::flat_buffer& buffer, FinalHead& head, std::function<void()> on_status)
{
    for (int heads = 0; heads < most_interim_heads; ++heads)
    {
        const auto [failed, end] = co_await read_head(stream, buffer, head, on_status);
        if (failed)
            co_return failed;
        const auto strict = strict_head(text_of(buffer).substr(0, end));
        buffer.consume(end);
        if (const auto error = parse_head(strict, head.parser))
            co_return error;
        const auto status = head.parser->get().result_int();
        note_status(status, head, on_status);
        if (!is_interim(status))
            co_return error_code{};
    }
    co_return http::error::bad_status;
}

// Where a message's end is the connection's end, TLS peers often forget their farewell: the JSON itself shows
// whether something is missing.
template<class Stream>
asio::awaitable<error_code>
read_body(Stream& stream, beast::flat_buffer& buffer, ReplyParser& parser, std::size_t limit)
{
    if (parser.content_length().value_or(0) > limit)
        co_return http::error::body_limit;
    if (parser.is_done())
        co_return error_code{};
    parser.body_limit(limit);
    auto [error, bytes] = co_await http::async_read(stream, buffer, parser, as_tuple);
    if (error == asio::ssl::error::stream_truncated && parser.need_eof())
    {
        error = {};
        parser.put_eof(error);
    }
    co_return error;
}

template asio::awaitable<error_code>
read_final_head(PlainStream&, beast::flat_buffer&, FinalHead&, std::function<void()>);
template asio::awaitable<error_code>
read_final_head(TlsStream&, beast::flat_buffer&, FinalHead&, std::function<void()>);
template asio::awaitable<error_code> read_body(PlainStream&, beast::flat_buffer&, ReplyParser&, std::size_t);
template asio::awaitable<error_code> read_body(TlsStream&, beast::flat_buffer&, ReplyParser&, std::size_t);

} // namespace simsync
