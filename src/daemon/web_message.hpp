// A request and its reply as values: what the HTTP port (daemon/http) hands to whoever answers, and gets
// back.
#pragma once

#include "daemon/peer.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace simsync
{

// Each a name and a value, in their order.
using WebHeaders = std::vector<std::pair<std::string, std::string>>;

// A request that is well formed: GET or HEAD, without a body.
struct WebRequest
{
    std::string method = "GET"; // or "HEAD", which is answered as GET: the server keeps the body back
    // Both as they were sent, their percent escapes whole and none of them a NUL. The path begins with a
    // slash; the query is what follows '?', of a length that is bounded.
    std::string path = "/";
    std::string query;
    WebHeaders headers;
    Peer peer;
    std::string user; // who asks, once access control has found out; empty: nobody was asked

    // The first of this name, in whatever case; empty where there is none.
    std::string_view header(std::string_view name) const;
};

// Sends the body of a stream piece by piece.
class ChunkWriter
{
public:
    virtual ~ChunkWriter() = default;

    // Returns once the client's side has taken the chunk; an empty one is nothing. `chunk` lives until then.
    // Throws boost::system::system_error where the client is gone or has not taken it within the server's
    // patience: the stream lets that pass through.
    virtual boost::asio::awaitable<void> write(std::string_view chunk) = 0;
};

// Writes a body of unknown length; its end is the body's end. Where it throws, the client sees a body cut
// short. When the client leaves, whatever the stream awaits is cancelled, so that it ends without having to
// write; AsyncEvent and timers answer to that. What it captures lives as long as the stream.
using WebStream = std::function<boost::asio::awaitable<void>(ChunkWriter&)>;

// Bytes that outlive the server.
struct StaticBytes
{
    std::string_view bytes;
};

struct WebReply
{
    unsigned status = 200;
    WebHeaders headers; // Content-Type among them; length, chunks and connection are the server's affair
    std::variant<std::string, StaticBytes, WebStream> body;

    // Replaces what stands under this name.
    void set(std::string_view name, std::string value);
    // The first of this name, in whatever case; empty where there is none.
    std::string_view header(std::string_view name) const;
};

using WebHandler = std::function<boost::asio::awaitable<WebReply>(WebRequest)>;

// The first of this name, in whatever case; empty where there is none. Lives as long as `headers`.
std::string_view header_named(const WebHeaders& headers, std::string_view name);

} // namespace simsync
