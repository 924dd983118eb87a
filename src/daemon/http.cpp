// The HTTP port: its clients and their connections. Which requests are served is decided in
// daemon/request_head, how replies go out in daemon/reply_sender; the answers are made in daemon/probe_pages
// and by the console.
#include "daemon/http.hpp"

#include "daemon/listener.hpp"
#include "daemon/log.hpp"
#include "daemon/peer.hpp"
#include "daemon/probe_pages.hpp"
#include "daemon/problem.hpp"
#include "daemon/reply_sender.hpp"
#include "daemon/request_head.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <array>
#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace simsync
{
namespace
{

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable;
using Socket = Listener::Protocol::socket;
using RawRequest = http::request<http::empty_body>;

constexpr std::size_t most_clients = 32;
constexpr std::uint32_t header_limit = 8U << 10U; // bytes
constexpr std::size_t most_dropped = 64U << 10U;  // bytes of a client that sends on after its last answer
// While file descriptors are exhausted, accepting again at once would turn into a busy loop.
constexpr std::chrono::milliseconds pause_after_failure{100};

// --- requests

// What a request that cannot be read deserves; nothing where the client has merely left or dawdled.
std::optional<Problem> problem_of(const boost::system::error_code& error)
{
    if (error.category() != http::make_error_code(http::error::bad_method).category() ||
        error == http::error::end_of_stream || error == http::error::partial_message)
        return std::nullopt;
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return Problem{431, "the header is too large", "", "8 KiB are taken, with all cookies of this host"};
    return Problem{400, "this is not HTTP", "", ""};
}

RequestHead head_of(const RawRequest& raw, bool has_body)
{
    RequestHead head{raw.method_string(), raw.target(), {}, has_body};
    for (const auto& field : raw)
        head.headers.emplace_back(field.name_string(), field.value());
    return head;
}

Peer peer_of(const Socket& socket)
{
    boost::system::error_code gone;
    const auto endpoint = socket.remote_endpoint(gone);
    return gone ? Peer{} : peer_at(*endpoint.data());
}

} // namespace

struct HttpServer::Impl
{
    Impl(
        const asio::any_io_executor& executor, std::string address, HttpHandlers all,
        std::chrono::milliseconds longest_silence)
        : handlers(std::move(all)),
          patience(longest_silence),
          listener(executor, std::move(address))
    {
    }

    awaitable<WebReply> answer(WebRequest request) const;
    WebReply page_of(std::string_view path) const;
    awaitable<WebReply> ask_console(WebRequest request) const;

    HttpHandlers handlers;
    std::chrono::milliseconds patience;
    Listener listener;
    std::list<SocketStream*> clients; // the one that has been silent the longest first
    std::list<SocketStream*> streams; // those under way
};

namespace
{

// A client's place among all; gone with the object.
class ClientRegistration
{
public:
    ClientRegistration(std::list<SocketStream*>& clients, SocketStream& stream)
        : clients_(clients),
          at_(clients.insert(clients.end(), &stream))
    {
    }
    ~ClientRegistration() { leave(); }
    ClientRegistration(const ClientRegistration&) = delete;
    ClientRegistration& operator=(const ClientRegistration&) = delete;

    void renew() { clients_.splice(clients_.end(), clients_, at_); }

    // It is not to make room for others any more. Not to be renewed after that.
    void leave()
    {
        if (!is_registered_)
            return;
        clients_.erase(at_);
        is_registered_ = false;
    }

private:
    std::list<SocketStream*>& clients_;
    std::list<SocketStream*>::iterator at_;
    bool is_registered_ = true;
};

// Closes the client that has been silent the longest where there are too many: a newcomer may be the one that
// matters, and idle connections shut nobody out.
void make_room(std::list<SocketStream*>& clients)
{
    if (clients.size() < most_clients)
        return;
    clients.front()->close(); // its coroutine ends with that
    clients.splice(clients.end(), clients, clients.begin());
}

// A stream's place among all; gone with the object.
class StreamRegistration
{
public:
    StreamRegistration(std::list<SocketStream*>& streams, SocketStream& stream)
        : streams_(streams),
          at_(streams.insert(streams.end(), &stream))
    {
    }
    ~StreamRegistration() { streams_.erase(at_); }
    StreamRegistration(const StreamRegistration&) = delete;
    StreamRegistration& operator=(const StreamRegistration&) = delete;

private:
    std::list<SocketStream*>& streams_;
    std::list<SocketStream*>::iterator at_;
};

// Why this reply cannot be sent as the stream that it is.
std::optional<Problem> problem_of_stream(const Asked& asked, std::size_t streams)
{
    if (!asked.takes_chunks)
        return Problem{
            505, "this is a stream, which HTTP/1.0 cannot carry", "",
            "a reverse proxy is told to speak HTTP/1.1; nginx: proxy_http_version 1.1"};
    if (streams >= most_streams)
        return Problem{503, "too many streams are under way", "", "close some of them"};
    return std::nullopt;
}

// --- connections

template<class Impl>
class Connection
{
public:
    Connection(Impl& server, SocketStream& stream)
        : server_(server),
          stream_(stream),
          registration_(server.clients, stream),
          peer_(peer_of(stream.socket()))
    {
    }

    awaitable<void> serve()
    {
        while (co_await serve_once())
            registration_.renew();
        co_await part();
    }

private:
    // False when the connection is to end. A body is not waited for: no request that we serve has one.
    awaitable<bool> serve_once()
    {
        http::request_parser<http::empty_body> parser;
        parser.header_limit(header_limit);
        boost::system::error_code error;
        stream_.expires_after(server_.patience); // for a request, and to come back for more
        co_await http::async_read_header(
            stream_, buffer_, parser, asio::redirect_error(asio::use_awaitable, error));
        if (error)
        {
            if (const auto problem = problem_of(error))
                co_await send(refusal_page(*problem, ""), {});
            co_return false;
        }

        const bool is_done = parser.is_done();
        const auto request = parser.release();
        // In whatever encoding: what comes behind it is not to be read as the next request (RFC 9112, 6.3).
        const bool whole = is_done && request.count(http::field::transfer_encoding) == 0;
        const Asked asked{
            request.method() == http::verb::head, request.version() >= 11, whole && request.keep_alive()};
        registration_.renew();
        auto head = head_of(request, !whole);
        const std::string path{path_of(head.target)};
        co_return co_await send(co_await reply_to(std::move(head)), asked, path);
    }

    awaitable<WebReply> reply_to(RequestHead head)
    {
        const auto problem = problem_of(head);
        if (!problem)
            co_return co_await server_.answer(request_of(std::move(head), peer_));
        auto refused = refusal_page(*problem, path_of(head.target));
        if (problem->status == 405)
            refused.set("Allow", "GET, HEAD");
        co_return refused;
    }

    // False when the connection is to end.
    awaitable<bool> send(WebReply reply, Asked asked, std::string_view path = "")
    {
        if (std::holds_alternative<WebStream>(reply.body))
        {
            const auto problem = problem_of_stream(asked, server_.streams.size());
            if (!problem)
            {
                const StreamRegistration under_way{server_.streams, stream_};
                registration_.leave();
                stream_.expires_after(server_.patience);
                co_await send_stream(stream_, reply, asked, server_.patience);
                co_return false;
            }
            reply = refusal_page(*problem, path);
        }
        stream_.expires_after(server_.patience);
        co_await send_bytes(stream_, reply, asked);
        co_return asked.goes_on;
    }

    // Closing on bytes that were not read would reset the connection, and the client might lose our answer.
    awaitable<void> part()
    {
        stream_.socket().shutdown(asio::socket_base::shutdown_send);
        stream_.expires_after(server_.patience);
        std::array<char, 4096> dropped{};
        for (std::size_t taken = 0; taken < most_dropped;)
            taken += co_await stream_.async_read_some(asio::buffer(dropped), asio::use_awaitable);
    }

    Impl& server_;
    SocketStream& stream_;
    ClientRegistration registration_;
    Peer peer_;
    beast::flat_buffer buffer_;
};

template<class Impl>
awaitable<void> serve(std::shared_ptr<Impl> server, Socket socket)
{
    SocketStream stream(std::move(socket));
    try
    {
        co_await Connection<Impl>{*server, stream}.serve();
    }
    catch (const boost::system::system_error&)
    {
        // A client that leaves, dawdles or does not listen loses its connection, and nothing else happens.
    }
    catch (const std::exception& error)
    {
        log::error("", "cut an answer over HTTP short", {{"error", error.what()}});
    }
}

template<class Impl>
awaitable<void> accept(std::shared_ptr<Impl> server)
{
    const auto executor = server->listener.acceptor().get_executor();
    while (server->listener.acceptor().is_open())
    {
        boost::system::error_code error;
        Socket socket = co_await server->listener.acceptor().async_accept(
            asio::redirect_error(asio::use_awaitable, error));
        if (error == asio::error::operation_aborted)
            co_return;
        if (error)
        {
            asio::steady_timer timer(executor, pause_after_failure);
            co_await timer.async_wait(asio::use_awaitable);
            continue;
        }
        make_room(server->clients);
        asio::co_spawn(executor, serve(server, std::move(socket)), asio::detached);
    }
}

} // namespace

HttpServer::HttpServer(
    const asio::any_io_executor& executor, std::string listen, HttpHandlers handlers,
    std::chrono::milliseconds patience)
    : impl_(std::make_shared<Impl>(executor, std::move(listen), std::move(handlers), patience))
{
}

HttpServer::~HttpServer()
{
    impl_->listener.close();
}

void HttpServer::start()
{
    impl_->listener.open();
    asio::co_spawn(impl_->listener.acceptor().get_executor(), accept(impl_), asio::detached);
}

std::uint16_t HttpServer::port() const
{
    return impl_->listener.port();
}

void HttpServer::cut_streams()
{
    for (auto* stream : impl_->streams)
        stream->close(); // its coroutine ends with that
}

awaitable<WebReply> HttpServer::Impl::answer(WebRequest request) const
{
    const std::string_view path = request.path;
    if (handlers.console && (path == "/" || path.starts_with("/assets/") || path.starts_with("/api/")))
        co_return co_await ask_console(std::move(request));
    co_return page_of(path);
}

WebReply HttpServer::Impl::page_of(std::string_view path) const
{
    if (path == "/healthz")
        return health_page();
    if (path == "/readyz")
        return readiness_page(handlers.readiness());
    if (path == "/metrics")
        return metrics_page(handlers.metrics());
    return refusal_page({404, "there are /healthz, /readyz and /metrics", "", ""}, path);
}

// A defect there costs this answer and nothing else.
awaitable<WebReply> HttpServer::Impl::ask_console(WebRequest request) const
{
    const auto path = request.path;
    try
    {
        co_return co_await handlers.console(std::move(request));
    }
    catch (const std::exception& error)
    {
        log::error("", "cannot answer a request over HTTP", {{"path", path}, {"error", error.what()}});
    }
    co_return refusal_page(
        {500, "simsync failed to answer this", "", "the daemon's log says why: journalctl -u simsync"}, path);
}

} // namespace simsync
