// One connection: when it is opened, kept and dropped, what goes out on it, and what becomes of what comes
// back.
#include "io/http_client.hpp"

#include "io/inflate.hpp"
#include "io/network_failure.hpp"
#include "io/reply_reader.hpp"
#include "io/tcp.hpp"
#include "io/tls.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>

#include <sys/socket.h>

namespace simsync
{
namespace
{

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using namespace std::chrono_literals;

// Of an answer that refuses, the status says enough: its body is waited for no longer than this.
constexpr auto refusal_body_limit = 5s;
// Where the caller needs the status alone (HttpRequest::status_decides), its body is waited for no longer
// than this.
constexpr auto body_patience = 1s;

// A step of a post: nothing, or why it went wrong.
using Step = std::optional<Failure>;

std::string target_of(const HttpRequest& request, const Endpoint& endpoint)
{
    const auto target = endpoint.base + request.path;
    return target.empty() ? "/" : target;
}

std::string head_of(const HttpRequest& request, const Endpoint& endpoint, const HttpOptions& options)
{
    std::string head = "POST " + target_of(request, endpoint) + " HTTP/1.1\r\nHost: " + endpoint.authority() +
                       "\r\nUser-Agent: " + options.user_agent +
                       "\r\nAccept: application/json\r\nAccept-Encoding: " +
                       (request.status_decides ? "identity" : "gzip, deflate") +
                       "\r\nContent-Type: " + request.content_type +
                       "\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n";
    for (const auto& [name, value] : request.headers)
        head.append(name).append(": ").append(value).append("\r\n");
    if (!request.bearer.empty())
        head += "Authorization: Bearer " + request.bearer + "\r\n";
    return head + "\r\n";
}

std::string header(const ReplyParser& parser, http::field name)
{
    const auto value = parser.get()[name];
    return {value.data(), value.size()};
}

// Whatever came on an idle connection answers no request: a farewell ("408"), or somebody else's answer. Its
// end alone is left for the next request to find.
bool anything_came(asio::ip::tcp::socket& socket)
{
    char byte = 0;
    return ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

bool anything_came(TlsStream& stream)
{
    auto* handle = stream.native_handle();
    return SSL_has_pending(handle) != 0 || BIO_ctrl_pending(SSL_get_rbio(handle)) > 0 ||
           anything_came(stream.next_layer().socket());
}

HttpReply reply_of(const ReplyParser& parser)
{
    HttpReply reply;
    reply.status = parser.get().result_int();
    reply.content_type = header(parser, http::field::content_type);
    reply.date = header(parser, http::field::date);
    reply.retry_after = header(parser, http::field::retry_after);
    reply.location = header(parser, http::field::location);
    return reply;
}

} // namespace

struct HttpConnection::Impl
{
    asio::any_io_executor executor;
    Endpoint endpoint;
    std::shared_ptr<Trust> trust;
    HttpOptions options;

    std::unique_ptr<PlainStream> plain; // one of the two while a connection is kept
    std::unique_ptr<TlsStream> tls;
    bool kept = false; // the last reply left the connection open
    bool went_stale = false;
    // The next body will be about as long as the last: room for it is made at once, and for what its readers
    // want behind it.
    std::size_t room_for_body = 0;
    std::size_t closings = 0; // close() was called so often: whoever connects meanwhile must notice
    std::string where;        // "POST https://host/partner/graphql", for errors

    asio::awaitable<Answer<HttpReply>> post(const HttpRequest& request, Deadline deadline);
    asio::awaitable<Step> connect(Deadline deadline);

    template<class Stream>
    asio::awaitable<Answer<HttpReply>>
    exchange(Stream& stream, const HttpRequest& request, Deadline deadline);
    Answer<HttpReply>
    without_head(const HttpRequest& request, const FinalHead& head, const error_code& error, bool was_silent);
    template<class Stream>
    asio::awaitable<HttpReply> read_reply(
        Stream& stream, beast::flat_buffer& buffer, ReplyParser& parser, const HttpRequest& request,
        Deadline deadline);
    void read_content(HttpReply& reply, ReplyParser& parser, std::size_t body_limit);
    Failure body_fault(const error_code& error, std::size_t body_limit) const;

    bool anything_came_meanwhile()
    {
        return tls != nullptr ? anything_came(*tls) : anything_came(plain->socket());
    }
    bool open() const { return plain != nullptr || tls != nullptr; }
    PlainStream& tcp_stream() { return tls != nullptr ? tls->next_layer() : *plain; }
    void drop();
};

void HttpConnection::Impl::drop()
{
    kept = false;
    if (open())
        tcp_stream().close();
    // Operations under way still refer to the stream: it is destroyed by the next connect.
}

asio::awaitable<Answer<HttpReply>> HttpConnection::Impl::post(const HttpRequest& request, Deadline deadline)
{
    where = "POST " + endpoint.origin() + (options.path_is_secret ? "" : target_of(request, endpoint));
    went_stale = false;
    if (kept && anything_came_meanwhile())
        drop();
    if (!kept)
        if (auto fault = co_await connect(deadline))
        {
            drop();
            co_return std::move(*fault);
        }
    if (tls != nullptr)
        co_return co_await exchange(*tls, request, deadline);
    co_return co_await exchange(*plain, request, deadline);
}

asio::awaitable<Step> HttpConnection::Impl::connect(Deadline deadline)
{
    plain.reset();
    tls.reset();
    if (endpoint.scheme == Scheme::http)
    {
        plain = std::make_unique<PlainStream>(executor);
        co_return co_await connect_tcp(*plain, endpoint, closings, deadline, where);
    }
    if (!trust->impl().fault.empty())
        co_return Failure{.kind = FailureKind::tls, .what = where + ": " + trust->impl().fault};
    tls = std::make_unique<TlsStream>(executor, trust->impl().context);
    auto fault = co_await connect_tcp(tls->next_layer(), endpoint, closings, deadline, where);
    if (!fault)
        fault = co_await shake_hands(*tls, endpoint.host, deadline, where);
    co_return fault;
}

template<class Stream>
asio::awaitable<Answer<HttpReply>>
HttpConnection::Impl::exchange(Stream& stream, const HttpRequest& request, Deadline deadline)
{
    const bool reused = std::exchange(kept, false);
    const auto message = head_of(request, endpoint, options) + request.body;
    beast::flat_buffer buffer;
    buffer.reserve(bytes_a_read);
    FinalHead head;
    const auto on_status = [&]
    {
        if (request.status_decides)
            beast::get_lowest_layer(stream).expires_at(at_most(body_patience, deadline));
    };

    // Set once, for sending and receiving together: a server that drips has no more time than one that is
    // silent.
    beast::get_lowest_layer(stream).expires_at(deadline);
    const auto [unsent, sent] = co_await asio::async_write(stream, asio::buffer(message), as_tuple);
    // It may have answered, and closed, before it had read everything.
    const auto unread = co_await read_final_head(stream, buffer, head, on_status);
    if (unread)
        co_return without_head(request, head, unsent ? unsent : unread, reused && buffer.size() == 0);
    went_stale = reused && head.status == static_cast<unsigned>(http::status::request_timeout);
    auto reply = co_await read_reply(stream, buffer, *head.parser, request, deadline);
    if (unsent)
        drop();
    co_return reply;
}

Answer<HttpReply> HttpConnection::Impl::without_head(
    const HttpRequest& request, const FinalHead& head, const error_code& error, bool was_silent)
{
    went_stale = was_silent && !head.parser && error != beast::error::timeout &&
                 error != asio::error::operation_aborted;
    drop();
    if (!request.status_decides || head.status < 200)
        return network_failure(error, where);
    HttpReply reply;
    reply.status = head.status;
    return reply;
}

template<class Stream>
asio::awaitable<HttpReply> HttpConnection::Impl::read_reply(
    Stream& stream, beast::flat_buffer& buffer, ReplyParser& parser, const HttpRequest& request,
    Deadline deadline)
{
    const auto body_limit = request.body_limit > 0 ? request.body_limit : options.body_limit;
    auto reply = reply_of(parser);
    if (reply.status / 100 != 2 && !request.status_decides)
        beast::get_lowest_layer(stream).expires_at(at_most(refusal_body_limit, deadline));
    parser.get().body().reserve(room_for_body);
    const auto error = co_await read_body(stream, buffer, parser, body_limit);
    kept = !error && parser.keep_alive() && buffer.size() == 0 && reply.status / 100 != 1;
    if (kept)
        beast::get_lowest_layer(stream).expires_never();
    else
        drop();
    if (error)
        reply.body_fault = body_fault(error, body_limit);
    if (!error || request.status_decides)
        read_content(reply, parser, body_limit);
    if (request.status_decides)
        reply.body_fault.reset();
    co_return reply;
}

void HttpConnection::Impl::read_content(HttpReply& reply, ReplyParser& parser, std::size_t body_limit)
{
    auto body = decode_content(
        header(parser, http::field::content_encoding), std::move(parser.get().body()), body_limit);
    if (!body)
    {
        reply.body_fault = Failure{.kind = body.error().kind, .what = where + ": " + body.error().what};
        return;
    }
    reply.body = std::move(*body);
    room_for_body = reply.body.size() + reply.body.size() / 16;
}

Failure HttpConnection::Impl::body_fault(const error_code& error, std::size_t body_limit) const
{
    if (error == http::error::body_limit)
        return {
            .kind = FailureKind::too_large,
            .what = where + ": the answer has more than " + std::to_string(body_limit) + " bytes"};
    return network_failure(error, where);
}

HttpConnection::HttpConnection(
    asio::any_io_executor executor, Endpoint endpoint, std::shared_ptr<Trust> trust, HttpOptions options)
    : impl_(std::make_unique<Impl>())
{
    impl_->executor = std::move(executor);
    impl_->endpoint = std::move(endpoint);
    impl_->trust = std::move(trust);
    impl_->options = std::move(options);
}

HttpConnection::~HttpConnection() = default;

asio::awaitable<Answer<HttpReply>> HttpConnection::post(HttpRequest request, Deadline deadline)
{
    co_return co_await impl_->post(request, deadline);
}

bool HttpConnection::went_stale() const
{
    return impl_->went_stale;
}

void HttpConnection::close()
{
    ++impl_->closings;
    impl_->drop();
}

} // namespace simsync
