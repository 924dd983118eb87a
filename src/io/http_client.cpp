// HTTP over TCP and TLS: the api layer's only unit with Beast and Asio's SSL.
#include "io/http_client.hpp"

#include "io/inflate.hpp"
#include "io/response_head.hpp"
#include "io/status_line.hpp"
#include "model/escape.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace simsync
{
namespace
{

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using Deadline = HttpConnection::Deadline;
using namespace std::chrono_literals;

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

constexpr auto connect_limit = 10s;
constexpr auto handshake_limit = 10s;
constexpr std::uint32_t header_limit = 64 * 1024;
// Beast reads at most 64 KiB at once, and only as much as the buffer holds already: from an empty one, 512
// bytes.
constexpr std::size_t bytes_a_read = 64 * 1024;
constexpr std::size_t most_addresses = 8;
// A server says "processing" or gives hints before its answer; one that never comes to it is no server.
constexpr int most_interim_heads = 100;
// A refusal is told by its status: what it says beside is worth so much waiting.
constexpr auto refusal_body_limit = 5s;
// What stands behind a status that decides is waited for no longer.
constexpr auto body_patience = 1s;

Deadline at_most(std::chrono::steady_clock::duration limit, Deadline deadline)
{
    return std::min(std::chrono::steady_clock::now() + limit, deadline);
}

// A step of a post: nothing, or why it went wrong.
using Step = std::optional<Failure>;

Failure failure(FailureKind kind, std::string what)
{
    return {.kind = kind, .what = std::move(what)};
}

FailureKind failure_kind_of(const error_code& error)
{
    if (error == beast::error::timeout)
        return FailureKind::timed_out;
    if (error == http::error::header_limit)
        return FailureKind::too_large;
    if (error == http::error::end_of_stream || error == http::error::partial_message)
        return FailureKind::unreachable;
    if (error.category() == make_error_code(http::error::bad_version).category())
        return FailureKind::malformed;
    if (error.category() == asio::error::get_ssl_category())
        return FailureKind::tls;
    return FailureKind::unreachable;
}

std::string why(const error_code& error)
{
    if (error == beast::error::timeout)
        return "it took too long";
    if (error == asio::error::operation_aborted)
        return "the connection was closed by simsync";
    if (error == http::error::end_of_stream || error == asio::error::eof ||
        error == ssl::error::stream_truncated)
        return "the server closed the connection";
    if (error == http::error::partial_message)
        return "the answer was cut short";
    if (error == http::error::header_limit)
        return "its header is larger than " + std::to_string(header_limit) + " bytes";
    return error.message();
}

Failure failure_of(const error_code& error, const std::string& what)
{
    return failure(failure_kind_of(error), what + ": " + why(error));
}

// A getaddrinfo under way cannot be stopped: past the deadline it is left to end by itself, and whatever it
// brings is dropped with this.
struct Resolution
{
    explicit Resolution(const asio::any_io_executor& executor) : resolver(executor), done(executor) {}

    tcp::resolver resolver;
    asio::steady_timer done; // cancelled when the answer is there
    bool answered = false;
    error_code error;
    tcp::resolver::results_type addresses;
};

asio::awaitable<std::shared_ptr<Resolution>>
resolve(asio::any_io_executor executor, const Endpoint& endpoint, Deadline deadline)
{
    auto resolution = std::make_shared<Resolution>(executor);
    resolution->done.expires_at(deadline);
    resolution->resolver.async_resolve(
        endpoint.host, endpoint.port,
        [resolution](error_code error, tcp::resolver::results_type addresses)
        {
            resolution->answered = true;
            resolution->error = error;
            resolution->addresses = std::move(addresses);
            resolution->done.cancel();
        });
    co_await resolution->done.async_wait(as_tuple);
    co_return resolution;
}

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

std::string_view view(const beast::flat_buffer& buffer)
{
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

// Until the status of the final answer is at the front of the buffer.
template<class Stream>
asio::awaitable<error_code> read_to_status(Stream& stream, beast::flat_buffer& buffer)
{
    for (;;)
    {
        buffer.consume(interim_bytes(view(buffer)));
        const auto status = leading_status(view(buffer));
        if (status >= 200)
            co_return error_code{};
        if (!may_be_http(view(buffer)) || status == 101)
            co_return make_error_code(http::error::bad_version);
        if (buffer.size() > header_limit)
            co_return make_error_code(http::error::header_limit);
        const auto [error, bytes] = co_await stream.async_read_some(buffer.prepare(bytes_a_read), as_tuple);
        if (error)
            co_return error;
        buffer.commit(bytes);
    }
}

using ReplyParser = http::response_parser<http::string_body>;

std::string header(const ReplyParser& parser, http::field name)
{
    const auto value = parser.get()[name];
    return {value.data(), value.size()};
}

std::string_view text_of(const beast::flat_buffer& buffer)
{
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

// Until a whole head stands in the buffer; where it ends.
template<class Stream>
asio::awaitable<std::pair<error_code, std::size_t>> read_head(Stream& stream, beast::flat_buffer& buffer)
{
    for (;;)
    {
        if (!may_be_head(text_of(buffer)))
            co_return std::pair{make_error_code(http::error::bad_version), std::size_t{0}};
        if (const auto end = end_of_head(text_of(buffer)); end != std::string_view::npos)
            co_return std::pair{error_code{}, end};
        if (buffer.size() >= header_limit)
            co_return std::pair{make_error_code(http::error::header_limit), std::size_t{0}};
        const auto [error, bytes] = co_await stream.async_read_some(buffer.prepare(bytes_a_read), as_tuple);
        if (error == asio::error::eof)
            co_return std::pair{make_error_code(http::error::end_of_stream), std::size_t{0}};
        if (error)
            co_return std::pair{error, std::size_t{0}};
        buffer.commit(bytes);
    }
}

// Puts the head of the final answer into a parser of its own. What comes before it (1xx, RFC 9110 15.2) tells
// nothing that we wait for, in whatever pieces it comes.
template<class Stream>
asio::awaitable<error_code>
read_final_head(Stream& stream, beast::flat_buffer& buffer, std::optional<ReplyParser>& parser)
{
    for (int heads = 0; heads < most_interim_heads; ++heads)
    {
        const auto [failed, end] = co_await read_head(stream, buffer);
        if (failed)
            co_return failed;
        const auto head = strict_head(text_of(buffer).substr(0, end));
        buffer.consume(end);
        parser.emplace();
        parser->header_limit(2 * header_limit);
        parser->body_limit(boost::none); // set when the status is known
        error_code error;
        parser->put(asio::buffer(head), error);
        if (error && error != http::error::need_more)
            co_return error;
        const auto status = parser->get().result_int();
        if (status / 100 != 1 || status == static_cast<unsigned>(http::status::switching_protocols))
            co_return error_code{};
    }
    co_return http::error::bad_status;
}

// Reads until the message is whole. Where its end is the connection's end, TLS peers often forget their
// farewell: the JSON itself shows whether something is missing.
template<class Stream>
asio::awaitable<error_code>
read_body(Stream& stream, beast::flat_buffer& buffer, ReplyParser& parser, std::size_t limit)
{
    if (parser.content_length().value_or(0) > limit)
        co_return http::error::body_limit;
    if (parser.is_done())
        co_return error_code{};
    parser.body_limit(limit);
    auto [error, bytes] = co_await http::async_read(stream, buffer, parser, as_tuple);
    if (error == ssl::error::stream_truncated && parser.need_eof())
    {
        error = {};
        parser.put_eof(error);
    }
    co_return error;
}

// Whatever came on an idle connection answers no request: a farewell ("408"), or somebody else's answer. Its
// end alone is left for the next request to find.
bool anything_came(tcp::socket& socket)
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

std::string verification_error(SSL* handle, const error_code& error)
{
    const long result = SSL_get_verify_result(handle);
    return result == X509_V_OK ? error.message() : X509_verify_cert_error_string(result);
}

} // namespace

struct Trust::Impl
{
    ssl::context context{ssl::context::tls_client};
    std::string fault; // why no connection can be trusted; empty: they can
};

Trust::Trust(const std::string& ca_file) : impl_(std::make_unique<Impl>())
{
    auto& context = impl_->context;
    error_code error;
    context.set_verify_mode(ssl::verify_peer);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    context.set_default_verify_paths(error);
    if (!ca_file.empty())
        context.load_verify_file(ca_file, error);
    if (error)
        impl_->fault = "the trust anchors " + (ca_file.empty() ? "of the system" : "in ca_file " + ca_file) +
                       " cannot be read: " + error.message();
}

Trust::~Trust() = default;

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
    asio::awaitable<Step> connect_tcp(PlainStream& stream, Deadline deadline);
    asio::awaitable<error_code>
    connect_any(PlainStream& stream, const std::vector<tcp::endpoint>& addresses, Deadline deadline);
    asio::awaitable<Step> shake_hands(Deadline deadline);
    Step name_host(TlsStream& stream);

    template<class Stream>
    asio::awaitable<Answer<HttpReply>>
    exchange(Stream& stream, const HttpRequest& request, Deadline deadline);
    HttpReply reply_of(const ReplyParser& parser) const;
    void read_content(HttpReply& reply, ReplyParser& parser, std::size_t body_limit);
    Failure body_fault(const error_code& error, std::size_t body_limit) const;
    template<class Stream>
    asio::awaitable<Answer<HttpReply>>
    ask_for_status(Stream& stream, const HttpRequest& request, Deadline deadline);
    template<class Stream>
    asio::awaitable<HttpReply>
    read_behind_status(Stream& stream, beast::flat_buffer& buffer, Deadline deadline);

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
        co_return co_await connect_tcp(*plain, deadline);
    }
    if (!trust->impl().fault.empty())
        co_return failure(FailureKind::tls, where + ": " + trust->impl().fault);
    tls = std::make_unique<TlsStream>(executor, trust->impl().context);
    auto fault = co_await connect_tcp(tls->next_layer(), deadline);
    if (!fault)
        fault = co_await shake_hands(deadline);
    co_return fault;
}

asio::awaitable<Step> HttpConnection::Impl::connect_tcp(PlainStream& stream, Deadline deadline)
{
    const auto closings_before = closings;
    const auto connect_deadline = at_most(connect_limit, deadline);
    const auto resolution = co_await resolve(executor, endpoint, connect_deadline);
    if (closings != closings_before)
        co_return failure_of(asio::error::operation_aborted, where);
    if (!resolution->answered)
        co_return failure(FailureKind::timed_out, where + ": resolving " + endpoint.host + " took too long");
    if (resolution->error)
        co_return failure(
            FailureKind::unreachable,
            where + ": cannot resolve " + endpoint.host + ": " + resolution->error.message());

    std::vector<tcp::endpoint> addresses;
    for (const auto& entry : resolution->addresses)
        if (addresses.size() < most_addresses)
            addresses.push_back(entry.endpoint());
    if (const auto error = co_await connect_any(stream, addresses, connect_deadline))
        co_return failure_of(error, where + ": cannot connect");
    stream.socket().set_option(tcp::no_delay{true});
    co_return std::nullopt;
}

// Each address gets an even share of the time that is left, so that a dead first one does not cost us the
// second.
asio::awaitable<error_code> HttpConnection::Impl::connect_any(
    PlainStream& stream, const std::vector<tcp::endpoint>& addresses, Deadline deadline)
{
    const auto closings_before = closings;
    error_code error = asio::error::host_not_found;
    auto left = static_cast<std::chrono::steady_clock::rep>(addresses.size());
    for (const auto& address : addresses)
    {
        stream.expires_after((deadline - std::chrono::steady_clock::now()) / left--);
        std::tie(error) = co_await stream.async_connect(address, as_tuple);
        if (closings != closings_before)
            co_return asio::error::operation_aborted;
        if (!error)
            break;
        stream.socket().close();
    }
    co_return error;
}

// SNI takes names only; the certificate is checked against name or address alike.
Step HttpConnection::Impl::name_host(TlsStream& stream)
{
    error_code not_an_address;
    asio::ip::make_address(endpoint.host, not_an_address);
    if (not_an_address && SSL_set_tlsext_host_name(stream.native_handle(), endpoint.host.c_str()) != 1)
        return failure(FailureKind::tls, where + ": \"" + escape(endpoint.host) + "\" is no name for TLS");
    stream.set_verify_callback(ssl::host_name_verification(endpoint.host));
    return std::nullopt;
}

asio::awaitable<Step> HttpConnection::Impl::shake_hands(Deadline deadline)
{
    if (auto fault = name_host(*tls))
        co_return fault;
    tls->next_layer().expires_at(at_most(handshake_limit, deadline));
    const auto [error] = co_await tls->async_handshake(ssl::stream_base::client, as_tuple);
    if (!error)
        co_return std::nullopt;
    if (error.category() == asio::error::get_ssl_category())
        co_return failure(
            FailureKind::tls, where + ": TLS failed: " + verification_error(tls->native_handle(), error));
    co_return failure_of(error, where + ": TLS failed");
}

template<class Stream>
asio::awaitable<Answer<HttpReply>>
HttpConnection::Impl::exchange(Stream& stream, const HttpRequest& request, Deadline deadline)
{
    if (request.status_decides)
        co_return co_await ask_for_status(stream, request, deadline);
    const bool reused = std::exchange(kept, false);
    const auto message = head_of(request, endpoint, options) + request.body;
    beast::flat_buffer buffer;
    buffer.reserve(bytes_a_read);
    std::optional<ReplyParser> parser;
    const auto body_limit = request.body_limit > 0 ? request.body_limit : options.body_limit;

    // Set once, for sending and receiving together: a server that drips has no more time than one that is
    // silent.
    beast::get_lowest_layer(stream).expires_at(deadline);
    auto [error, sent] = co_await asio::async_write(stream, asio::buffer(message), as_tuple);
    if (!error)
        error = co_await read_final_head(stream, buffer, parser);
    if (error)
    {
        went_stale = reused && !parser && buffer.size() == 0 && error != beast::error::timeout &&
                     error != asio::error::operation_aborted;
        drop();
        co_return failure_of(error, where);
    }
    auto reply = reply_of(*parser);
    went_stale = reused && reply.status == static_cast<unsigned>(http::status::request_timeout);
    if (reply.status / 100 != 2)
        beast::get_lowest_layer(stream).expires_at(at_most(refusal_body_limit, deadline));
    parser->get().body().reserve(room_for_body);
    error = co_await read_body(stream, buffer, *parser, body_limit);
    kept = !error && parser->keep_alive() && buffer.size() == 0 && reply.status / 100 != 1;
    if (error)
        reply.body_fault = body_fault(error, body_limit);
    else
        read_content(reply, *parser, body_limit);
    if (kept)
        beast::get_lowest_layer(stream).expires_never();
    else
        drop();
    co_return reply;
}

template<class Stream>
asio::awaitable<Answer<HttpReply>>
HttpConnection::Impl::ask_for_status(Stream& stream, const HttpRequest& request, Deadline deadline)
{
    const bool reused = std::exchange(kept, false);
    const auto message = head_of(request, endpoint, options) + request.body;
    beast::flat_buffer buffer;
    beast::get_lowest_layer(stream).expires_at(deadline);
    auto [error, sent] = co_await asio::async_write(stream, asio::buffer(message), as_tuple);
    // It may have answered, and closed, before it had read everything.
    if (const auto unread = co_await read_to_status(stream, buffer); unread && !error)
        error = unread;
    if (leading_status(view(buffer)) < 200)
    {
        went_stale = reused && buffer.size() == 0 && error != beast::error::timeout &&
                     error != asio::error::operation_aborted;
        drop();
        co_return failure_of(error, where);
    }
    co_return co_await read_behind_status(stream, buffer, deadline);
}

template<class Stream>
asio::awaitable<HttpReply>
HttpConnection::Impl::read_behind_status(Stream& stream, beast::flat_buffer& buffer, Deadline deadline)
{
    HttpReply reply;
    reply.status = leading_status(view(buffer));
    ReplyParser parser;
    parser.header_limit(header_limit);
    parser.body_limit(options.body_limit);
    beast::get_lowest_layer(stream).expires_at(at_most(body_patience, deadline));
    const auto [error, bytes] = co_await http::async_read(stream, buffer, parser, as_tuple);
    beast::get_lowest_layer(stream).expires_never();
    kept = !error && parser.is_done() && parser.keep_alive() && buffer.size() == 0;
    if (!kept)
        drop();
    if (!parser.is_header_done())
        co_return reply;
    reply.date = header(parser, http::field::date);
    reply.retry_after = header(parser, http::field::retry_after);
    if (auto body = decode_content(
            header(parser, http::field::content_encoding), std::move(parser.get().body()),
            options.body_limit))
        reply.body = std::move(*body);
    co_return reply;
}

HttpReply HttpConnection::Impl::reply_of(const ReplyParser& parser) const
{
    HttpReply reply;
    reply.status = parser.get().result_int();
    reply.content_type = header(parser, http::field::content_type);
    reply.date = header(parser, http::field::date);
    reply.retry_after = header(parser, http::field::retry_after);
    reply.location = header(parser, http::field::location);
    return reply;
}

void HttpConnection::Impl::read_content(HttpReply& reply, ReplyParser& parser, std::size_t body_limit)
{
    auto body = decode_content(
        header(parser, http::field::content_encoding), std::move(parser.get().body()), body_limit);
    if (!body)
    {
        reply.body_fault = failure(body.error().kind, where + ": " + body.error().what);
        return;
    }
    reply.body = std::move(*body);
    room_for_body = reply.body.size() + reply.body.size() / 16;
}

Failure HttpConnection::Impl::body_fault(const error_code& error, std::size_t body_limit) const
{
    if (error == http::error::body_limit)
        return failure(
            FailureKind::too_large,
            where + ": the answer has more than " + std::to_string(body_limit) + " bytes");
    return failure_of(error, where);
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
