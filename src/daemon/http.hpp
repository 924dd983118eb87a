// The daemon's own HTTP port: /healthz, /readyz, /metrics and, at /, a page that leads to them.
#pragma once

#include "daemon/readiness.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace simsync
{

// What the answers are made of; called on the server's executor.
struct HttpHandlers
{
    std::function<Readiness()> readiness;
    std::function<std::string()> metrics;
};

// Serves GET and HEAD, nothing that changes anything. Slow and many clients are bounded in time and number:
// where there are too many, the one that has been silent the longest gives way.
class HttpServer
{
public:
    // `listen`: "host:port" or "[v6]:port"; port 0 takes a free one. `patience`: how long a client may take
    // to send a request and to take the answer, and then to come back.
    HttpServer(
        const boost::asio::any_io_executor& executor, std::string listen, HttpHandlers handlers,
        std::chrono::milliseconds patience = std::chrono::seconds{10});
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // Binds and serves. Throws std::system_error whose text names the address.
    void start();
    std::uint16_t port() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_; // shared with the connections under way
};

} // namespace simsync
