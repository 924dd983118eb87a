#include "io/tls.hpp"

#include "io/network_failure.hpp"
#include "model/escape.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>

namespace simsync
{
namespace
{

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using boost::system::error_code;

constexpr std::chrono::seconds handshake_limit{10};

// SNI takes names only; the certificate is checked against name or address alike. False: no name for TLS.
bool name_host(TlsStream& stream, const std::string& host)
{
    error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    if (not_an_address && SSL_set_tlsext_host_name(stream.native_handle(), host.c_str()) != 1)
        return false;
    stream.set_verify_callback(ssl::host_name_verification(host));
    return true;
}

std::string verification_error(SSL* handle, const error_code& error)
{
    const long result = SSL_get_verify_result(handle);
    return result == X509_V_OK ? error.message() : X509_verify_cert_error_string(result);
}

} // namespace

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

asio::awaitable<std::optional<Failure>>
shake_hands(TlsStream& stream, const std::string& host, Deadline deadline, const std::string& where)
{
    if (!name_host(stream, host))
        co_return Failure{
            .kind = FailureKind::tls, .what = where + ": \"" + escape(host) + "\" is no name for TLS"};
    stream.next_layer().expires_at(at_most(handshake_limit, deadline));
    const auto [error] = co_await stream.async_handshake(ssl::stream_base::client, as_tuple);
    if (!error)
        co_return std::nullopt;
    if (error.category() == asio::error::get_ssl_category())
        co_return Failure{
            .kind = FailureKind::tls,
            .what = where + ": TLS failed: " + verification_error(stream.native_handle(), error)};
    co_return network_failure(error, where + ": TLS failed");
}

} // namespace simsync
