#include "io/tls.hpp"

#include "io/certificate_fault.hpp"
#include "io/network_failure.hpp"
#include "model/escape.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <openssl/sslerr.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <utility>

namespace simsync
{
namespace
{

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using boost::system::error_code;

constexpr std::chrono::seconds handshake_limit{10};

template<auto Free>
struct Freed
{
    template<class T>
    void operator()(T* object) const
    {
        Free(object);
    }
};

std::string text_of(const ASN1_STRING* string)
{
    const auto* bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(string));
    return {bytes, static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string text_of(const X509_NAME* name)
{
    const std::unique_ptr<BIO, Freed<BIO_free_all>> text{BIO_new(BIO_s_mem())};
    if (!text || X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253) < 0)
        return {};
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(text.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

std::optional<Timestamp> time_of(const ASN1_TIME* time)
{
    std::tm broken_down{};
    if (ASN1_TIME_to_tm(time, &broken_down) != 1)
        return std::nullopt;
    return Timestamp{std::chrono::seconds{timegm(&broken_down)}};
}

// 4 or 16 bytes of an address in network order; empty where they are none.
std::string address_text(const ASN1_STRING* string)
{
    const auto bytes = text_of(string);
    asio::ip::address_v4::bytes_type v4;
    asio::ip::address_v6::bytes_type v6;
    if (bytes.size() == v4.size())
    {
        std::ranges::copy(bytes, v4.begin());
        return asio::ip::address_v4{v4}.to_string();
    }
    if (bytes.size() == v6.size())
    {
        std::ranges::copy(bytes, v6.begin());
        return asio::ip::address_v6{v6}.to_string();
    }
    return {};
}

std::vector<std::string> hosts_of(const X509* certificate)
{
    const std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> all{
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
    std::vector<std::string> hosts;
    for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i)
    {
        const auto* name = sk_GENERAL_NAME_value(all.get(), i);
        if (name->type == GEN_DNS)
            hosts.push_back(text_of(name->d.dNSName));
        else if (name->type == GEN_IPADD)
            hosts.push_back(address_text(name->d.iPAddress));
    }
    return hosts;
}

CertificateFacts facts_of(const X509* certificate)
{
    return {
        .names = hosts_of(certificate),
        .subject = text_of(X509_get_subject_name(certificate)),
        .issuer = text_of(X509_get_issuer_name(certificate)),
        .valid_from = time_of(X509_get0_notBefore(certificate)),
        .valid_until = time_of(X509_get0_notAfter(certificate))};
}

// The certificate that the verification stopped at. OpenSSL does not show it any more once that has failed.
using AtFault = std::shared_ptr<std::optional<CertificateFacts>>;

void note(CertificateFacts& at_fault, X509_STORE_CTX* context)
{
    const int depth = X509_STORE_CTX_get_error_depth(context);
    if (const auto* certificate = X509_STORE_CTX_get_current_cert(context))
        at_fault = facts_of(certificate);
    at_fault.is_the_hosts = depth == 0;
}

// As Asio's own check of the name, which leaves OpenSSL without a word for what it refused.
auto checked_and_noted(const std::string& host, AtFault at_fault)
{
    return [check = ssl::host_name_verification(host),
            at_fault = std::move(at_fault)](bool preverified, ssl::verify_context& verification)
    {
        if (check(preverified, verification))
            return true;
        auto* context = verification.native_handle();
        if (preverified)
            X509_STORE_CTX_set_error(context, X509_V_ERR_HOSTNAME_MISMATCH);
        note(at_fault->emplace(), context);
        return false;
    };
}

// SNI takes names only; the certificate is checked against name or address alike. False: no name for TLS.
bool name_host(TlsStream& stream, const std::string& host, const AtFault& at_fault)
{
    error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    if (not_an_address && SSL_set_tlsext_host_name(stream.native_handle(), host.c_str()) != 1)
        return false;
    stream.set_verify_callback(checked_and_noted(host, at_fault));
    return true;
}

Failure handshake_failure(
    const error_code& error, SSL* handle, const CertificateFacts* at_fault, const std::string& host,
    const std::string& where)
{
    const long result = SSL_get_verify_result(handle);
    if (at_fault != nullptr)
        return certificate_failure(
            static_cast<int>(result), X509_verify_cert_error_string(result), *at_fault, host, where);
    if (ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_WRONG_VERSION_NUMBER)
        return {
            .kind = FailureKind::tls,
            .what = where + ": TLS failed: what answers at this port does not speak TLS",
            .advice = "check the port, and whether the address begins with http:// in truth"};
    return {.kind = FailureKind::tls, .what = where + ": TLS failed: " + error.message()};
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
    const auto at_fault = std::make_shared<std::optional<CertificateFacts>>();
    if (!name_host(stream, host, at_fault))
        co_return Failure{
            .kind = FailureKind::tls, .what = where + ": \"" + escape(host) + "\" is no name for TLS"};
    stream.next_layer().expires_at(at_most(handshake_limit, deadline));
    const auto [error] = co_await stream.async_handshake(ssl::stream_base::client, as_tuple);
    if (!error)
        co_return std::nullopt;
    if (error.category() == asio::error::get_ssl_category())
        co_return handshake_failure(
            error, stream.native_handle(), *at_fault ? &**at_fault : nullptr, host, where);
    co_return network_failure(error, where + ": TLS failed");
}

} // namespace simsync
