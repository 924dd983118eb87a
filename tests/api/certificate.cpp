// Certificates, self-signed or of an authority that is.
#include "certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace simsync
{
namespace
{

template<auto Free>
struct Freed
{
    template<class T>
    void operator()(T* object) const
    {
        Free(object);
    }
};

using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;

std::string text_of(BIO* bio)
{
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

void require(int result, const char* what)
{
    if (result == 0)
        throw std::runtime_error(std::string("a test certificate ") + what);
}

void add_extension(X509* certificate, int nid, const std::string& value)
{
    const Extension extension{X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str())};
    if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
        throw std::runtime_error("an extension of a test certificate was not taken: " + value);
}

X509Ptr
unsigned_certificate(EVP_PKEY* key, const char* name, std::chrono::seconds begins, std::chrono::seconds ends)
{
    static long serial = 0;
    X509Ptr certificate{X509_new()};
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), begins.count());
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), ends.count());
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(
        X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
        reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    return certificate;
}

// `issuer` may be the certificate itself.
Certificate signed_by(X509* issuer, EVP_PKEY* issuers_key, X509* certificate, EVP_PKEY* key)
{
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    require(X509_sign(certificate, issuers_key, EVP_sha256()), "could not be signed");
    const Bio certificate_pem{BIO_new(BIO_s_mem())};
    const Bio key_pem{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509(certificate_pem.get(), certificate);
    PEM_write_bio_PrivateKey(key_pem.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return {text_of(certificate_pem.get()), text_of(key_pem.get())};
}

Bio bio_of(const std::string& text)
{
    return Bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

} // namespace

Certificate make_certificate(
    const std::string& subject_alternative_name, std::chrono::seconds ends, std::chrono::seconds begins)
{
    const Key key{EVP_EC_gen("P-256")};
    const auto certificate = unsigned_certificate(key.get(), "simsync test", begins, ends);
    add_extension(certificate.get(), NID_subject_alt_name, subject_alternative_name);
    return signed_by(certificate.get(), key.get(), certificate.get(), key.get());
}

Certificate make_authority(std::chrono::seconds ends)
{
    const Key key{EVP_EC_gen("P-256")};
    const auto certificate =
        unsigned_certificate(key.get(), "simsync test authority", -std::chrono::hours{24}, ends);
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    return signed_by(certificate.get(), key.get(), certificate.get(), key.get());
}

Certificate make_certificate_of(const Certificate& authority, const std::string& subject_alternative_name)
{
    const X509Ptr issuer{PEM_read_bio_X509(bio_of(authority.certificate).get(), nullptr, nullptr, nullptr)};
    const Key issuers_key{PEM_read_bio_PrivateKey(bio_of(authority.key).get(), nullptr, nullptr, nullptr)};
    const Key key{EVP_EC_gen("P-256")};
    const auto certificate =
        unsigned_certificate(key.get(), "simsync test", -std::chrono::hours{24}, std::chrono::hours{1});
    add_extension(certificate.get(), NID_subject_alt_name, subject_alternative_name);
    return signed_by(issuer.get(), issuers_key.get(), certificate.get(), key.get());
}

} // namespace simsync
