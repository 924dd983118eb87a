// The daemon's own HTTP port as bytes, requests and answers: /healthz, /readyz and /metrics, and what the
// console answers at /, /assets/ and /api/.
#pragma once

#include "daemon/readiness.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace simsync
{

// Longer ones are refused before anybody reads them.
inline constexpr std::size_t longest_query = std::size_t{4} << 10U;

// Streams under way at once, of whatever kind; they are no clients to make room for others. The console
// itself lets fewer watch.
inline constexpr std::size_t most_streams = 24;

enum class PeerKind
{
    loopback,    // an address of this host alone
    unix_socket, // whom the socket's mode lets in
    other,
};

struct Peer
{
    PeerKind kind = PeerKind::other;
    std::string address; // without a port; empty for a Unix socket
};

// Each a name and a value, in their order.
using WebHeaders = std::vector<std::pair<std::string, std::string>>;

// A request that is well formed: GET or HEAD, without a body.
struct WebRequest
{
    std::string method = "GET"; // or "HEAD", which is answered as GET: the server keeps the body back
    // Both as they were sent, their percent escapes whole and none of them a NUL. The path begins with a
    // slash; the query is what follows '?', at most `longest_query`.
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

// "%C3%A4" → "ä"; '+' stays. For a text whose escapes are whole.
std::string percent_decoded(std::string_view text);

// What the answers are made of; called on the server's executor.
struct HttpHandlers
{
    std::function<Readiness()> readiness;
    std::function<std::string()> metrics;
    // Asked for "/", "/assets/…" and "/api/…"; empty: there is no such page. It may take its time, and what
    // it throws is told as 500.
    WebHandler console = {};
};

// Serves GET and HEAD, nothing that changes anything. Slow and many clients are bounded in time and number:
// where there are too many, the one that has been silent the longest gives way.
class HttpServer
{
public:
    // `listen`: "host:port", "[v6]:port" (port 0 takes a free one) or "unix:/path". `patience`: how long a
    // client may take to send a request, to take the answer or a chunk of it, and then to come back.
    HttpServer(
        const boost::asio::any_io_executor& executor, std::string listen, HttpHandlers handlers,
        std::chrono::milliseconds patience = std::chrono::seconds{10});
    // Streams under way go on until their clients leave or the executor ends.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // Binds and serves. A Unix socket is made with mode 0660, in the place of one that nobody listens on any
    // more, and is unlinked with the server. Throws std::system_error whose text names the address.
    void start();
    std::uint16_t port() const; // 0 for a Unix socket

    // Closes the connections of the streams under way, so that none waits for its client any more.
    void cut_streams();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_; // shared with the connections under way
};

} // namespace simsync
