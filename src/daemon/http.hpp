// The daemon's own HTTP port as bytes, requests and answers: /healthz, /readyz and /metrics, and what the
// console answers at /, /assets/ and /api/.
#pragma once

#include "daemon/readiness.hpp"
#include "daemon/web_message.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace simsync
{

// Streams under way at once, of whatever kind; they are no clients to make room for others. The console
// itself lets fewer watch.
inline constexpr std::size_t most_streams = 24;

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
