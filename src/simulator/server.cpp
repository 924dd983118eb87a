// Sockets, HTTP and time around the service: one coroutine listens, one serves each connection, one lets time
// pass for the fleet.
#include "simulator/server.hpp"

#include "simulator/churn.hpp"
#include "simulator/gzip.hpp"
#include "simulator/http_connection.hpp"
#include "simulator/population.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/error.hpp>
#include <future>
#include <optional>
#include <system_error>
#include <thread>

namespace simsync::simulator
{
namespace
{

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint64_t body_limit = 1U << 20U;    // the longest document of the reference has 1 KiB
constexpr std::uint32_t header_limit = 16U << 10U; // a token has 64 bytes
constexpr std::chrono::seconds idle_timeout{120};  // longer than a client's pause between two sweeps
constexpr std::chrono::seconds handshake_timeout{10};
constexpr std::chrono::seconds hear_out_timeout{2};
constexpr std::uint64_t hear_out_limit = 8U << 20U;
constexpr std::chrono::seconds send_timeout{30}; // half a megabyte to a client that hardly reads
constexpr milliseconds churn_tick{20};           // changes come singly up to fifty a second
constexpr std::uint64_t changes_a_tick =
    2'000;                               // what is due beyond it waits, so that requests get their turn
constexpr milliseconds accept_pause{50}; // out of file descriptors: let some connections end

Instant system_time()
{
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

Request plain(const HttpRequest& message)
{
    const std::string target{message.target()};
    return {
        std::string{message.method_string()}, target.substr(0, target.find('?')),
        std::string{message[http::field::authorization]}, message.body()};
}

bool takes_gzip(const HttpRequest& message)
{
    return message[http::field::accept_encoding].find("gzip") != beast::string_view::npos;
}

HttpResponse respond(Answer answer, Instant now)
{
    HttpResponse response;
    response.version(11);
    response.result(answer.status);
    response.set(http::field::date, http_date(now));
    response.set(http::field::server, "simsync-simulator");
    response.set(http::field::content_type, answer.content_type);
    if (!answer.allow.empty())
        response.set(http::field::allow, answer.allow);
    if (!answer.retry_after.empty())
        response.set(http::field::retry_after, answer.retry_after);
    response.body() = std::move(answer.body);
    return response;
}

// What to tell a client whose request could not be read; empty where it has gone.
std::optional<Answer> complaint(const boost::system::error_code& error)
{
    if (error == http::error::body_limit)
        return refuse(413, "The body of a request may have 1 MiB.");
    if (error == http::error::header_limit)
        return refuse(431, "The header of a request may have 16 KiB.");
    if (error.category() == make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message)
        return refuse(400, "This is not HTTP/1.1.");
    return std::nullopt;
}

} // namespace

struct Server::Impl
{
    explicit Impl(ServerOptions wanted)
        : options{std::move(wanted)},
          service{options.service, options.id_sort},
          churn{options.seed + 1}
    {
        if (!options.clock)
            options.clock = system_time;
    }

    void load_certificate();
    void listen();
    void run();
    void stop();
    void on_thread(const std::function<void()>& work);

    awaitable<void> accept();
    awaitable<void> serve(tcp::socket socket);
    awaitable<bool> serve_once(HttpConnection& connection);
    awaitable<bool> complain(HttpConnection& connection, const boost::system::error_code& error);
    awaitable<void> hear_out(HttpConnection& connection);
    awaitable<bool> send(HttpConnection& connection, HttpResponse response, Transmission transmission);
    awaitable<void> pause(steady_clock::duration duration);
    awaitable<void> let_time_pass();
    HttpResponse make_response(const HttpRequest& message, Answer answer) const;

    ServerOptions options;
    Service service;
    Churn churn;
    std::uint16_t port = 0;
    std::thread thread;
    std::optional<asio::ssl::context> tls; // none: plain HTTP

    // Destroyed first: the coroutines that it holds refer to everything above.
    std::optional<asio::io_context> context;
    std::optional<tcp::acceptor> acceptor;
};

void Server::Impl::listen()
{
    try
    {
        const tcp::endpoint endpoint{asio::ip::make_address(options.host), options.port};
        acceptor.emplace(*context, endpoint);
        port = acceptor->local_endpoint().port();
    }
    catch (const boost::system::system_error& error)
    {
        throw std::system_error{
            error.code(), "Cannot listen on " + options.host + ":" + std::to_string(options.port)};
    }
}

void Server::Impl::load_certificate()
{
    if (options.tls_certificate.empty())
        return;
    try
    {
        tls.emplace(asio::ssl::context::tls_server);
        tls->use_certificate_chain_file(options.tls_certificate);
        tls->use_private_key_file(options.tls_key, asio::ssl::context::pem);
    }
    catch (const boost::system::system_error& error)
    {
        throw std::system_error{
            error.code(),
            "Cannot use the certificate " + options.tls_certificate + " with the key " + options.tls_key};
    }
}

void Server::Impl::run()
{
    asio::co_spawn(*context, accept(), asio::detached);
    if (options.churn > 0)
        asio::co_spawn(*context, let_time_pass(), asio::detached);
    thread = std::thread{[this] { context->run(); }};
}

void Server::Impl::stop()
{
    if (!context)
        return;
    context->stop();
    if (thread.joinable())
        thread.join();
    acceptor.reset();
    context.reset();
}

void Server::Impl::on_thread(const std::function<void()>& work)
{
    if (!thread.joinable())
        return work();
    std::packaged_task<void()> task{work};
    auto done = task.get_future();
    asio::post(*context, [&task] { task(); });
    done.get();
}

awaitable<void> Server::Impl::accept()
{
    for (;;)
    {
        tcp::socket socket{*context};
        boost::system::error_code error;
        co_await acceptor->async_accept(socket, asio::redirect_error(use_awaitable, error));
        if (error)
            co_await pause(accept_pause);
        else
            asio::co_spawn(*context, serve(std::move(socket)), asio::detached);
    }
}

// A connection ends when its client leaves, sends what is no HTTP, or lets a deadline pass; nobody is told.
awaitable<void> Server::Impl::serve(tcp::socket socket)
{
    try
    {
        socket.set_option(tcp::no_delay{true});
        HttpConnection connection{std::move(socket)};
        if (tls)
        {
            connection.expires_after(handshake_timeout);
            co_await connection.handshake(*tls);
        }
        while (co_await serve_once(connection))
        {
        }
        co_await connection.shutdown();
    }
    catch (const boost::system::system_error&)
    {
    }
}

// Answers one request; false when the connection is to end.
awaitable<bool> Server::Impl::serve_once(HttpConnection& connection)
{
    HttpRequestParser parser;
    parser.body_limit(body_limit);
    parser.header_limit(header_limit);
    connection.expires_after(idle_timeout);
    if (const auto error = co_await connection.read(parser))
        co_return co_await complain(connection, error);

    const auto& message = parser.get();
    if (options.latency.count() > 0)
        co_await pause(options.latency);
    auto answer = service.answer(plain(message), options.clock());
    const auto transmission = answer.transmission;
    auto response = make_response(message, std::move(answer));
    co_return co_await send(connection, std::move(response), transmission);
}

awaitable<bool> Server::Impl::complain(HttpConnection& connection, const boost::system::error_code& error)
{
    auto answer = complaint(error);
    if (!answer)
        co_return false;
    auto response = respond(*std::move(answer), options.clock());
    response.keep_alive(false);
    response.prepare_payload();
    co_await send(connection, std::move(response), Transmission::whole);
    co_await hear_out(connection);
    co_return false;
}

// Closing a socket with unread bytes resets it, and the client may lose the answer that tells it why: so the
// rest of what it sends is read first, within bounds.
awaitable<void> Server::Impl::hear_out(HttpConnection& connection)
{
    connection.tcp().socket().shutdown(tcp::socket::shutdown_send);
    connection.expires_after(hear_out_timeout);
    std::array<char, 16'384> ignored{};
    boost::system::error_code error;
    for (std::uint64_t heard = 0; !error && heard < hear_out_limit;)
        heard += co_await connection.read_some(asio::buffer(ignored), error);
}

HttpResponse Server::Impl::make_response(const HttpRequest& message, Answer answer) const
{
    auto response = respond(std::move(answer), options.clock());
    if (options.gzip && takes_gzip(message))
    {
        response.body() = gzip(response.body());
        response.set(http::field::content_encoding, "gzip");
    }
    response.keep_alive(message.keep_alive());
    response.prepare_payload();
    return response;
}

awaitable<bool>
Server::Impl::send(HttpConnection& connection, HttpResponse response, Transmission transmission)
{
    if (transmission == Transmission::never)
    {
        co_await pause(std::chrono::hours{1});
        co_return false;
    }
    if (transmission == Transmission::nothing)
    {
        connection.tcp().socket().set_option(asio::socket_base::linger{true, 0});
        connection.tcp().close();
        co_return false;
    }
    if (transmission == Transmission::half)
        response.body().resize(response.body().size() / 2); // Content-Length still promises the whole

    const bool keep_alive = transmission == Transmission::whole && response.keep_alive();
    connection.expires_after(send_timeout);
    co_await connection.write(response);
    co_return keep_alive;
}

awaitable<void> Server::Impl::pause(steady_clock::duration duration)
{
    asio::steady_timer timer{*context, duration};
    co_await timer.async_wait(use_awaitable);
}

// Applies what is due by the time that has passed; the changes themselves do not depend on it.
awaitable<void> Server::Impl::let_time_pass()
{
    const auto start = steady_clock::now();
    std::uint64_t applied = 0;
    for (;;)
    {
        co_await pause(churn_tick);
        const std::chrono::duration<double> passed = steady_clock::now() - start;
        const auto due = static_cast<std::uint64_t>(passed.count() * options.churn);
        const auto stop = std::min(due, applied + changes_a_tick);
        for (; applied < stop; ++applied)
            churn.step(service.fleet(), options.clock());
    }
}

Server::Server(ServerOptions options) : impl_{std::make_unique<Impl>(std::move(options))} {}

Server::~Server()
{
    stop();
}

std::uint16_t Server::start()
{
    impl_->load_certificate();
    impl_->context.emplace(1);
    impl_->listen();
    auto& fleet = impl_->service.fleet();
    if (fleet.size() == 0)
        populate(fleet, impl_->options.sims, impl_->options.seed, impl_->options.clock());
    impl_->run();
    return impl_->port;
}

void Server::stop()
{
    impl_->stop();
}

std::string Server::url() const
{
    const bool is_v6 = impl_->options.host.find(':') != std::string::npos;
    const auto host = is_v6 ? "[" + impl_->options.host + "]" : impl_->options.host;
    return (impl_->tls ? "https://" : "http://") + host + ":" + std::to_string(impl_->port);
}

void Server::with_fleet(const std::function<void(Fleet&)>& look)
{
    impl_->on_thread([&] { look(impl_->service.fleet()); });
}

void Server::revoke_tokens()
{
    impl_->on_thread([&] { impl_->service.tokens().revoke_all(); });
}

std::map<std::string, std::size_t> Server::requests_served()
{
    std::map<std::string, std::size_t> served;
    impl_->on_thread([&] { served = impl_->service.served(); });
    return served;
}

} // namespace simsync::simulator
