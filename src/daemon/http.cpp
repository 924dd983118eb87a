// The HTTP port: bytes to requests, replies to bytes. What is answered is decided elsewhere.
#include "daemon/http.hpp"

#include "daemon/listener.hpp"
#include "daemon/log.hpp"
#include "daemon/problem.hpp"
#include "model/ascii.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <list>
#include <optional>
#include <system_error>

namespace simsync
{
namespace
{

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable;
using Socket = Listener::Protocol::socket;
using SocketStream =
    beast::basic_stream<Listener::Protocol, asio::any_io_executor, beast::unlimited_rate_policy>;
using RawRequest = http::request<http::empty_body>;

constexpr std::size_t most_clients = 32;
constexpr std::uint32_t header_limit = 8U << 10U;
constexpr std::size_t most_dropped = 64U << 10U; // bytes of a client that sends on after its last answer
// Of a stream: what the kernel holds for a client that does not read grows stale, and is not to be megabytes.
constexpr int stream_buffer = 256 << 10;
// While file descriptors are exhausted, accepting again at once would turn into a busy loop.
constexpr std::chrono::milliseconds pause_after_failure{100};

constexpr const char* plain = "text/plain; charset=utf-8";
constexpr const char* prometheus_text = "text/plain; version=0.0.4; charset=utf-8";

// For what is no page of the console: it loads nothing, and nobody frames it.
constexpr const char* nothing_but_text = "default-src 'none'; frame-ancestors 'none'";

WebReply page(unsigned status, const char* type, std::string body)
{
    return {
        status,
        {{"Content-Type", type},
         {"Cache-Control", "no-store"},
         {"X-Content-Type-Options", "nosniff"},
         {"Referrer-Policy", "no-referrer"},
         {"Cross-Origin-Resource-Policy", "same-origin"},
         {"Content-Security-Policy", nothing_but_text}},
        std::move(body)};
}

WebReply refusal(const Problem& problem, std::string_view path)
{
    auto reply = problem_reply(problem, path);
    reply.set("X-Content-Type-Options", "nosniff");
    reply.set("Referrer-Policy", "no-referrer");
    reply.set("Cross-Origin-Resource-Policy", "same-origin");
    reply.set("Content-Security-Policy", nothing_but_text);
    return reply;
}

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

bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (lower_case(c) >= 'a' && lower_case(c) <= 'f');
}

unsigned hex_value(char c)
{
    return static_cast<unsigned>(c <= '9' ? c - '0' : lower_case(c) - 'a' + 10);
}

// PostgreSQL stores no NUL, and every other reader would take it for an end.
bool has_good_escapes(std::string_view text)
{
    for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1))
        if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2]) ||
            text.substr(at, 3) == "%00")
            return false;
    return true;
}

std::optional<Problem> problem_of(const RawRequest& request, bool has_body)
{
    const auto target = std::string_view(request.target().data(), request.target().size());
    if (request.method() != http::verb::get && request.method() != http::verb::head)
        return Problem{405, "GET and HEAD only", "", "what is done to a SIM is asked for by: simsync sim"};
    if (has_body)
        return Problem{400, "the request has a body", "", "GET and HEAD have none here"};
    if (request.count(http::field::host) > 1)
        return Problem{400, "the request names more than one Host", "", ""};
    if (!target.starts_with('/'))
        return Problem{400, "the target is no path", "", "it begins with a slash, as in /healthz"};
    if (!has_good_escapes(target))
        return Problem{400, "the target has a bad percent escape", "", "% itself is written %25"};
    if (const auto mark = target.find('?');
        mark != std::string_view::npos && target.size() - mark - 1 > longest_query)
        return Problem{414, "the query is too long", "", "4 KiB are taken"};
    return std::nullopt;
}

std::string_view path_of(const RawRequest& request)
{
    const auto target = std::string_view(request.target().data(), request.target().size());
    return target.substr(0, target.find('?'));
}

WebRequest plain_request(const RawRequest& raw, const Peer& peer)
{
    const auto target = std::string_view(raw.target().data(), raw.target().size());
    const auto mark = target.find('?');
    WebRequest request;
    request.method = raw.method() == http::verb::head ? "HEAD" : "GET";
    request.path = target.substr(0, mark);
    request.query = mark == std::string_view::npos ? "" : target.substr(mark + 1);
    request.peer = peer;
    for (const auto& field : raw)
        request.headers.emplace_back(field.name_string(), field.value());
    return request;
}

std::string_view first_named(const WebHeaders& headers, std::string_view name)
{
    const auto found = std::ranges::find_if(
        headers, [&](const auto& header) { return equal_in_any_case(header.first, name); });
    return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

Peer peer_of(const Socket& socket)
{
    boost::system::error_code gone;
    const auto endpoint = socket.remote_endpoint(gone);
    if (gone)
        return {};
    const auto* data = endpoint.data();
    asio::ip::address address;
    if (data->sa_family == AF_UNIX)
        return {PeerKind::unix_socket, {}};
    if (data->sa_family == AF_INET)
        address = asio::ip::address_v4(ntohl(reinterpret_cast<const sockaddr_in*>(data)->sin_addr.s_addr));
    if (data->sa_family == AF_INET6)
    {
        const auto& bytes = reinterpret_cast<const sockaddr_in6*>(data)->sin6_addr.s6_addr;
        asio::ip::address_v6::bytes_type copy{};
        std::ranges::copy(bytes, copy.begin());
        const asio::ip::address_v6 v6{copy};
        address = v6.is_v4_mapped() ? asio::ip::address{asio::ip::make_address_v4(asio::ip::v4_mapped, v6)}
                                    : asio::ip::address{v6};
    }
    return {address.is_loopback() ? PeerKind::loopback : PeerKind::other, address.to_string()};
}

} // namespace

std::string_view WebRequest::header(std::string_view name) const
{
    return first_named(headers, name);
}

std::string_view WebReply::header(std::string_view name) const
{
    return first_named(headers, name);
}

void WebReply::set(std::string_view name, std::string value)
{
    std::erase_if(headers, [&](const auto& header) { return equal_in_any_case(header.first, name); });
    headers.emplace_back(name, std::move(value));
}

std::string percent_decoded(std::string_view text)
{
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (text[at] == '%' && at + 2 < text.size())
        {
            decoded += static_cast<char>((hex_value(text[at + 1]) << 4U) + hex_value(text[at + 2]));
            at += 2;
        }
        else
            decoded += text[at];
    return decoded;
}

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

// --- replies

// What was asked decides how the answer is sent.
struct Asked
{
    bool is_head = false;
    bool takes_chunks = true; // HTTP/1.0 knows none
    bool goes_on = false;     // the connection, after the answer
};

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

awaitable<void> send_bytes(SocketStream& stream, const WebReply& reply, const Asked& asked)
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
    co_await http::async_write(stream, response, asio::use_awaitable);
}

class SocketChunks final : public ChunkWriter
{
public:
    SocketChunks(SocketStream& stream, std::chrono::milliseconds patience)
        : stream_(stream),
          patience_(patience)
    {
    }

    awaitable<void> write(std::string_view chunk) override
    {
        if (chunk.empty()) // would be the end
            co_return;
        stream_.expires_after(patience_);
        co_await asio::async_write(
            stream_, http::make_chunk(asio::buffer(chunk.data(), chunk.size())), asio::use_awaitable);
    }

private:
    SocketStream& stream_;
    std::chrono::milliseconds patience_;
};

// Nothing is expected of it any more, so all that it does is to leave.
awaitable<void> until_client_leaves(SocketStream& stream)
{
    std::array<char, 512> dropped{};
    boost::system::error_code error;
    for (std::size_t taken = 0; !error && taken < most_dropped;)
    {
        stream.expires_never(); // of reading: a write that is under way has its own time
        taken += co_await stream.async_read_some(
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
awaitable<void> send_chunks(SocketStream& stream, const WebStream& body, std::chrono::milliseconds patience)
{
    using namespace asio::experimental::awaitable_operators;
    SocketChunks chunks{stream, patience};
    const auto ended = co_await (failure_of(body, chunks) || until_client_leaves(stream));
    const auto* failure = std::get_if<std::exception_ptr>(&ended);
    if (failure == nullptr)
        throw boost::system::system_error(asio::error::connection_reset);
    if (*failure)
        std::rethrow_exception(*failure);
    stream.expires_after(patience);
    co_await asio::async_write(stream, http::make_chunk_last(), asio::use_awaitable);
}

awaitable<void> send_stream(
    SocketStream& stream, const WebReply& reply, const Asked& asked, std::chrono::milliseconds patience)
{
    auto header = header_of<http::empty_body>(reply, false);
    header.chunked(true);
    http::response_serializer<http::empty_body> serializer{header};
    co_await http::async_write_header(stream, serializer, asio::use_awaitable);
    if (asked.is_head)
        co_return;
    boost::system::error_code ignored;
    stream.socket().set_option(asio::socket_base::send_buffer_size(stream_buffer), ignored);
    co_await send_chunks(stream, std::get<WebStream>(reply.body), patience);
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
                co_await send(refusal(*problem, ""), {});
            co_return false;
        }

        const bool is_done = parser.is_done();
        const auto request = parser.release();
        // In whatever encoding: what comes behind it is not to be read as the next request (RFC 9112, 6.3).
        const bool whole = is_done && request.count(http::field::transfer_encoding) == 0;
        const Asked asked{
            request.method() == http::verb::head, request.version() >= 11, whole && request.keep_alive()};
        registration_.renew();
        co_return co_await send(co_await reply_to(request, !whole), asked, path_of(request));
    }

    awaitable<WebReply> reply_to(const RawRequest& request, bool has_body)
    {
        const auto problem = problem_of(request, has_body);
        if (!problem)
            co_return co_await server_.answer(plain_request(request, peer_));
        auto refused = refusal(*problem, path_of(request));
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
            reply = refusal(*problem, path);
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
        return page(200, plain, "ok\n");
    if (path == "/readyz")
    {
        auto [ready, reason] = handlers.readiness();
        return page(ready ? 200 : 503, plain, std::move(reason));
    }
    if (path == "/metrics")
        return page(200, prometheus_text, handlers.metrics());
    return refusal({404, "there are /healthz, /readyz and /metrics", "", ""}, path);
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
    co_return refusal(
        {500, "simsync failed to answer this", "", "the daemon's log says why: journalctl -u simsync"}, path);
}

} // namespace simsync
