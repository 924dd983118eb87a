// One keep-alive connection, plain or TLS, behind a header without Beast.
#pragma once

#include "io/endpoint.hpp"
#include "io/trust.hpp"
#include "simsync/io/answer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace simsync
{

struct HttpRequest
{
    std::string path;           // below the endpoint's base: "/partner/graphql"; empty: the base itself
    std::string body;           // JSON
    std::string bearer;         // the token; empty: no Authorization
    std::size_t body_limit = 0; // of the reply, where it is not the connection's
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers; // beside those that every request has
    // The reply is its status: once that is there nothing behind it is an error, and what cannot be read at
    // once, or is longer than the limit, is left out.
    bool status_decides = false;
};

struct HttpReply
{
    unsigned status = 0;
    std::string content_type;
    std::string date; // headers as they came, empty where they did not
    std::string retry_after;
    std::string location;
    std::string body; // decoded
    // Why the body could not be had: cut, too large, an encoding that is not sound or unknown. `body` is
    // empty then; what status and headers say stands all the same.
    std::optional<Failure> body_fault{};
};

struct HttpOptions
{
    std::string user_agent;
    std::size_t body_limit = 0;  // on the wire and decoded
    bool path_is_secret = false; // no failure shows more than scheme and host
};

// Speaks HTTP/1.1, one POST at a time, and keeps the connection for the next. Nothing is retried and no
// redirect is followed here. Resolves anew for each connection and tries each address. TLS verifies chain and
// host name before a byte of HTTP is sent. Not for two coroutines at once.
class HttpConnection
{
public:
    using Deadline = std::chrono::steady_clock::time_point;

    HttpConnection(
        boost::asio::any_io_executor executor, Endpoint endpoint, std::shared_ptr<Trust> trust,
        HttpOptions options);
    ~HttpConnection();
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    // The final reply, whatever its status, as soon as its head was read: interim ones (1xx) are passed over,
    // and a body that cannot be had is a fault of the reply alone. Else `unreachable`, `timed_out`, `tls`,
    // `too_large` or `malformed`. The deadline holds for everything together; connecting and the handshake
    // end after 10 s each in any case, and a refusal's body is waited for no longer than 5 s. A kept
    // connection on which something came meanwhile is not used any more: it answers no request of ours.
    boost::asio::awaitable<Answer<HttpReply>> post(HttpRequest request, Deadline deadline);

    // Did the last post go to a connection kept from before that the server had given up meanwhile: closed,
    // before any byte of an answer came, or with 408 for an answer? A query may be sent once more, on a new
    // one.
    bool went_stale() const;

    // Ends the post under way (`unreachable`); the next one connects anew.
    void close();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
