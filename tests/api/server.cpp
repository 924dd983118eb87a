// Raw Asio, so that it can misbehave where an HTTP library would not let it.
#include "server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>

namespace simsync
{

namespace asio = boost::asio;
using asio::ip::tcp;

namespace
{

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

std::size_t content_length(const std::string& head)
{
    constexpr std::string_view name = "Content-Length: ";
    const auto at = head.find(name);
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + name.size()));
}

std::string path_of(const std::string& head)
{
    const auto from = head.find(' ') + 1;
    return head.substr(from, head.find(' ', from) - from);
}

template<class Stream>
asio::awaitable<std::optional<Request>> read_request(Stream& stream, std::string& buffer)
{
    auto [error, size] =
        co_await asio::async_read_until(stream, asio::dynamic_buffer(buffer), "\r\n\r\n", as_tuple);
    if (error)
        co_return std::nullopt;
    Request request;
    request.head = buffer.substr(0, size - 4);
    request.path = path_of(request.head);
    buffer.erase(0, size);
    const auto length = content_length(request.head);
    if (buffer.size() < length)
        std::tie(error, size) = co_await asio::async_read(
            stream, asio::dynamic_buffer(buffer), asio::transfer_exactly(length - buffer.size()), as_tuple);
    if (error)
        co_return std::nullopt;
    request.body = buffer.substr(0, length);
    buffer.erase(0, length);
    co_return request;
}

template<class Stream>
asio::awaitable<void> send_for_ever(Stream& stream, std::string bytes, std::chrono::milliseconds pause)
{
    asio::steady_timer timer{stream.get_executor()};
    for (;;)
    {
        const auto [error, size] = co_await asio::async_write(stream, asio::buffer(bytes), as_tuple);
        if (error)
            co_return;
        timer.expires_after(pause);
        co_await timer.async_wait(as_tuple);
    }
}

// A moment later, so that it is read by itself.
template<class Stream>
asio::awaitable<void> send_apart(Stream& stream, const std::string& segment)
{
    stream.lowest_layer().set_option(tcp::no_delay{true});
    asio::steady_timer timer{stream.get_executor(), std::chrono::milliseconds{2}};
    co_await timer.async_wait(as_tuple);
    co_await asio::async_write(stream, asio::buffer(segment), as_tuple);
}

// Reads on until the client goes away.
template<class Stream>
asio::awaitable<void> keep_silent(Stream& stream)
{
    char byte = 0;
    for (;;)
    {
        const auto [error, size] = co_await stream.async_read_some(asio::buffer(&byte, 1), as_tuple);
        if (error)
            co_return;
    }
}

template<class Stream>
asio::awaitable<void> end_with(Stream& stream, Then then)
{
    using namespace std::chrono_literals;
    if (then == Then::silence)
        co_await keep_silent(stream);
    if (then == Then::drip)
        co_await send_for_ever(stream, " ", 5ms);
    if (then == Then::flood)
        co_await send_for_ever(stream, "10000\r\n" + std::string(0x10000, ' ') + "\r\n", 0ms);
    if (then == Then::reset)
        stream.lowest_layer().set_option(asio::socket_base::linger{true, 0});
    boost::system::error_code ignored;
    stream.lowest_layer().close(ignored);
}

} // namespace

struct Server::State
{
    State(asio::io_context& io, React with)
        : acceptor(io, {asio::ip::make_address("127.0.0.1"), 0}),
          react(std::move(with))
    {
    }

    tcp::acceptor acceptor;
    React react;
    std::optional<asio::ssl::context> tls;
    std::vector<Request> requests;
    std::size_t connections = 0;
    std::size_t open = 0;
    std::size_t most_open = 0;
};

namespace
{

using StatePtr = std::shared_ptr<Server::State>;

template<class Stream>
asio::awaitable<void> serve(StatePtr state, Stream& stream, std::size_t connection)
{
    std::string buffer;
    for (;;)
    {
        auto request = co_await read_request(stream, buffer);
        if (!request)
            co_return;
        request->connection = connection;
        state->requests.push_back(*request);
        const auto reaction = state->react(*request);
        if (reaction.after > std::chrono::milliseconds{0})
            co_await asio::steady_timer{stream.get_executor(), reaction.after}.async_wait(as_tuple);
        co_await asio::async_write(stream, asio::buffer(reaction.bytes), as_tuple);
        for (const auto& segment : reaction.later)
            co_await send_apart(stream, segment);
        if (reaction.then != Then::keep)
            co_return co_await end_with(stream, reaction.then);
    }
}

asio::awaitable<void> serve_tls(StatePtr state, tcp::socket socket, std::size_t connection)
{
    asio::ssl::stream<tcp::socket> stream{std::move(socket), *state->tls};
    const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, as_tuple);
    if (!error)
        co_await serve(state, stream, connection);
}

asio::awaitable<void> serve_one(StatePtr state, tcp::socket socket, std::size_t connection)
{
    state->most_open = std::max(state->most_open, ++state->open);
    if (state->tls)
        co_await serve_tls(state, std::move(socket), connection);
    else
        co_await serve(state, socket, connection);
    --state->open;
}

asio::awaitable<void> accept(StatePtr state)
{
    for (;;)
    {
        auto [error, socket] = co_await state->acceptor.async_accept(as_tuple);
        if (error)
            co_return;
        const auto executor = socket.get_executor();
        asio::co_spawn(executor, serve_one(state, std::move(socket), ++state->connections), asio::detached);
    }
}

} // namespace

std::string header_of(const Request& request, const std::string& name)
{
    const auto at = request.head.find("\r\n" + name + ": ");
    if (at == std::string::npos)
        return {};
    const auto begin = at + name.size() + 4;
    return request.head.substr(begin, request.head.find('\r', begin) - begin);
}

Reaction reply(int status, const std::string& body, const std::string& headers)
{
    return {
        "HTTP/1.1 " + std::to_string(status) + " Whatever\r\nContent-Type: application/json\r\n" + headers +
            "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
        Then::keep};
}

Server::Server(asio::io_context& io, React react) : state_(std::make_shared<State>(io, std::move(react)))
{
    asio::co_spawn(io, accept(state_), asio::detached);
}

Server::Server(asio::io_context& io, React react, const Certificate& certificate)
    : state_(std::make_shared<State>(io, std::move(react)))
{
    state_->tls.emplace(asio::ssl::context::tls_server);
    state_->tls->use_certificate_chain(asio::buffer(certificate.certificate));
    state_->tls->use_private_key(asio::buffer(certificate.key), asio::ssl::context::pem);
    asio::co_spawn(io, accept(state_), asio::detached);
}

Server::~Server()
{
    state_->acceptor.close();
}

unsigned short Server::port() const
{
    return state_->acceptor.local_endpoint().port();
}

const std::vector<Request>& Server::requests() const
{
    return state_->requests;
}

std::size_t Server::connections() const
{
    return state_->connections;
}

std::size_t Server::most_open() const
{
    return state_->most_open;
}

} // namespace simsync
