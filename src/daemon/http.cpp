// The HTTP port.
#include "daemon/http.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

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
using asio::ip::tcp;
using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

constexpr std::size_t most_clients = 32;
constexpr std::uint32_t header_limit = 8U << 10U;
constexpr std::size_t most_dropped = 64U << 10U; // bytes of a client that sends on after the last answer
// While file descriptors are exhausted, accepting again at once would turn into a busy loop.
constexpr std::chrono::milliseconds pause_after_failure{100};

constexpr const char* plain = "text/plain; charset=utf-8";
constexpr const char* prometheus_text = "text/plain; version=0.0.4; charset=utf-8";

constexpr const char* front_page =
    R"(<!doctype html><html lang="en"><meta charset="utf-8"><title>simsync</title>
<h1>simsync</h1>
<ul><li><a href="/healthz">/healthz</a> the process turns
<li><a href="/readyz">/readyz</a> the database answers and every led account is fresh
<li><a href="/metrics">/metrics</a> for Prometheus</ul></html>
)";

Response reply(http::status status, const char* type, std::string body)
{
    Response response{status, 11};
    response.set(http::field::content_type, type);
    response.set(http::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    response.keep_alive(false); // unless the request says otherwise
    response.body() = std::move(body);
    return response;
}

// "[::1]:9469" → "::1".
beast::string_view name_of(beast::string_view host)
{
    const auto colon = host.rfind(':');
    if (colon != beast::string_view::npos && !host.ends_with(']'))
        host = host.substr(0, colon);
    return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

// A page of another site that had its name point here (DNS rebinding) sends that name along. An address
// cannot be made to point elsewhere.
bool is_ours(beast::string_view host, const std::string& listen)
{
    const auto name = name_of(host);
    boost::system::error_code no_address;
    asio::ip::make_address(std::string(name), no_address);
    return !no_address || beast::iequals(host, listen) || beast::iequals(name, "localhost");
}

// What a request that cannot be read deserves; nothing where the client has merely left or dawdled.
std::optional<Response> rejection(const boost::system::error_code& error)
{
    if (error.category() != http::make_error_code(http::error::bad_method).category() ||
        error == http::error::end_of_stream || error == http::error::partial_message)
        return std::nullopt;
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return reply(http::status::request_header_fields_too_large, plain, "the header is too large\n");
    return reply(http::status::bad_request, plain, "this is not HTTP\n");
}

struct Address
{
    std::string host;
    std::string port;
};

Address take_apart(const std::string& listen)
{
    const auto colon = listen.rfind(':');
    Address address{listen.substr(0, colon), listen.substr(colon + 1)};
    if (address.host.starts_with('[') && address.host.ends_with(']'))
        address.host = address.host.substr(1, address.host.size() - 2);
    return address;
}

} // namespace

struct HttpServer::Impl
{
    Impl(
        const asio::any_io_executor& executor, std::string address, HttpHandlers all,
        std::chrono::milliseconds longest_silence)
        : listen(std::move(address)),
          handlers(std::move(all)),
          patience(longest_silence),
          acceptor(executor)
    {
    }

    void bind();
    Response answer(const Request& request) const;
    Response page_of(beast::string_view path, beast::string_view host) const;

    std::string listen;
    HttpHandlers handlers;
    std::chrono::milliseconds patience;
    tcp::acceptor acceptor;
    std::list<beast::tcp_stream*> clients; // the one that has been silent the longest first
};

namespace
{

// A client's place among all; gone with the object.
class ClientRegistration
{
public:
    ClientRegistration(std::list<beast::tcp_stream*>& clients, beast::tcp_stream& stream)
        : clients_(clients),
          at_(clients.insert(clients.end(), &stream))
    {
    }
    ~ClientRegistration() { clients_.erase(at_); }
    ClientRegistration(const ClientRegistration&) = delete;
    ClientRegistration& operator=(const ClientRegistration&) = delete;

    void renew() { clients_.splice(clients_.end(), clients_, at_); }

private:
    std::list<beast::tcp_stream*>& clients_;
    std::list<beast::tcp_stream*>::iterator at_;
};

// Closes the client that has been silent the longest where there are too many: a newcomer may be the one that
// matters, and idle connections shut nobody out.
void make_room(std::list<beast::tcp_stream*>& clients)
{
    if (clients.size() < most_clients)
        return;
    clients.front()->close(); // its coroutine ends with that
    clients.splice(clients.end(), clients, clients.begin());
}

awaitable<void> send(beast::tcp_stream& stream, Response response)
{
    response.prepare_payload();
    co_await http::async_write(stream, response, asio::use_awaitable);
}

awaitable<void> send_head(beast::tcp_stream& stream, Response response)
{
    response.prepare_payload();
    response.body().clear(); // its length stays in the header
    co_await http::async_write(stream, response, asio::use_awaitable);
}

// False when the connection is to end. A body is not waited for: no request that we serve has one.
template<class Answer>
awaitable<bool> serve_once(beast::tcp_stream& stream, beast::flat_buffer& buffer, const Answer& answer)
{
    http::request_parser<http::empty_body> parser;
    parser.header_limit(header_limit);
    boost::system::error_code error;
    co_await http::async_read_header(
        stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
    if (error)
    {
        if (auto rejected = rejection(error))
            co_await send(stream, std::move(*rejected));
        co_return false;
    }

    const bool whole = parser.is_done();
    const auto request = parser.release();
    Response response = answer(request);
    response.keep_alive(whole && request.keep_alive());
    const bool goes_on = response.keep_alive();
    if (request.method() == http::verb::head)
        co_await send_head(stream, std::move(response));
    else
        co_await send(stream, std::move(response));
    co_return goes_on;
}

// Closing on bytes that were not read would reset the connection, and the client might lose our answer.
awaitable<void> part(beast::tcp_stream& stream)
{
    stream.socket().shutdown(tcp::socket::shutdown_send);
    std::array<char, 4096> dropped{};
    for (std::size_t taken = 0; taken < most_dropped;)
        taken += co_await stream.async_read_some(asio::buffer(dropped), asio::use_awaitable);
}

template<class Impl>
awaitable<void> serve(std::shared_ptr<Impl> server, tcp::socket socket)
{
    beast::tcp_stream stream(std::move(socket));
    ClientRegistration registration(server->clients, stream);
    const auto answer = [&server](const Request& request) { return server->answer(request); };
    try
    {
        beast::flat_buffer buffer;
        // So long for a request and its answer, and to come back for more.
        stream.expires_after(server->patience);
        while (co_await serve_once(stream, buffer, answer))
        {
            stream.expires_after(server->patience);
            registration.renew();
        }
        co_await part(stream);
    }
    catch (const boost::system::system_error&)
    {
        // A client that leaves, dawdles or does not listen loses its connection, and nothing else happens.
    }
}

template<class Impl>
awaitable<void> accept(std::shared_ptr<Impl> server)
{
    const auto executor = server->acceptor.get_executor();
    while (server->acceptor.is_open())
    {
        boost::system::error_code error;
        tcp::socket socket =
            co_await server->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
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
    boost::system::error_code ignored;
    impl_->acceptor.close(ignored);
}

void HttpServer::start()
{
    try
    {
        impl_->bind();
    }
    catch (const boost::system::system_error& error)
    {
        throw std::system_error(error.code(), "cannot listen on " + impl_->listen + " for HTTP");
    }
    asio::co_spawn(impl_->acceptor.get_executor(), accept(impl_), asio::detached);
}

std::uint16_t HttpServer::port() const
{
    return impl_->acceptor.local_endpoint().port();
}

void HttpServer::Impl::bind()
{
    const auto [host, port] = take_apart(listen);
    tcp::resolver resolver(acceptor.get_executor());
    const tcp::endpoint endpoint = *resolver.resolve(host, port, tcp::resolver::passive).begin();
    acceptor.open(endpoint.protocol());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen();
}

Response HttpServer::Impl::answer(const Request& request) const
{
    if (request.method() != http::verb::get && request.method() != http::verb::head)
    {
        auto refused = reply(http::status::method_not_allowed, plain, "GET and HEAD only\n");
        refused.set(http::field::allow, "GET, HEAD");
        return refused;
    }
    const auto target = request.target();
    return page_of(target.substr(0, target.find('?')), request[http::field::host]);
}

Response HttpServer::Impl::page_of(beast::string_view path, beast::string_view host) const
{
    if (path == "/healthz")
        return reply(http::status::ok, plain, "ok\n");
    if (path == "/readyz")
    {
        auto [ready, reason] = handlers.readiness();
        return reply(ready ? http::status::ok : http::status::service_unavailable, plain, std::move(reason));
    }
    if (path == "/metrics")
        return reply(http::status::ok, prometheus_text, handlers.metrics());
    if (path != "/")
        return reply(http::status::not_found, plain, "there are /healthz, /readyz and /metrics\n");
    if (!is_ours(host, listen))
        return reply(http::status::misdirected_request, plain, "this page is for the host it runs on\n");
    return reply(http::status::ok, "text/html; charset=utf-8", front_page);
}

} // namespace simsync
