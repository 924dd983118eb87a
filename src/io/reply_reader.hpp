// Reads one reply off a stream, head and body apart, for what is to be made of a body depends on the head.
#pragma once

#include "io/streams.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <functional>
#include <optional>

namespace simsync
{

using ReplyParser = boost::beast::http::response_parser<boost::beast::http::string_body>;

// Beast reads at most 64 KiB at once, and no more than the buffer has room for (512 bytes where it is empty):
// so the buffer is given this much room before each read.
inline constexpr std::size_t bytes_a_read = 64 * 1024;

// The head of the final answer, as far as it came.
struct FinalHead
{
    unsigned status = 0;               // from its first line; 0: that did not come, or makes no sense
    std::optional<ReplyParser> parser; // of the last head that came whole, if any did
};

// Interim answers (1xx) tell nothing that we wait for and are passed over, in whatever pieces they come.
// `on_status` is called once `head.status` is known, which may be long before the head is whole. What stands
// behind the head stays in the buffer. Stream: PlainStream or TlsStream.
template<class Stream>
boost::asio::awaitable<boost::system::error_code> read_final_head(
    Stream& stream, boost::beast::flat_buffer& buffer, FinalHead& head, std::function<void()> on_status);

// Until the message is whole, or longer than the limit. What came before an error stands in the parser.
template<class Stream>
boost::asio::awaitable<boost::system::error_code>
read_body(Stream& stream, boost::beast::flat_buffer& buffer, ReplyParser& parser, std::size_t limit);

} // namespace simsync
