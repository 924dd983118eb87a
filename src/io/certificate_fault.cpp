#include "io/certificate_fault.hpp"

#include "model/escape.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>

namespace simsync
{
namespace
{

constexpr std::size_t longest_name = 100;
constexpr std::size_t most_names = 5;

struct Fault
{
    std::string what;
    std::string advice; // empty: no more than FailureKind::tls says
};

// "a.example, b.example and 7 others".
std::string names_text(const std::vector<std::string>& names)
{
    std::string text;
    const auto shown = std::min(names.size(), most_names);
    for (std::size_t i = 0; i < shown; ++i)
        text.append(text.empty() ? "" : ", ").append(escape(names[i], longest_name));
    if (names.size() > shown)
        text += " and " + std::to_string(names.size() - shown) + " others";
    return text.empty() ? "no host at all" : text;
}

// Whose certificate is at fault, as the beginning of a sentence.
std::string whose(const CertificateFacts& certificate)
{
    if (certificate.is_the_hosts)
        return "its certificate";
    return "the certificate of an authority behind its own (" + escape(certificate.subject, longest_name) +
           ")";
}

std::string day_text(const std::optional<Timestamp>& time)
{
    return time ? to_text(*time) : "a time that cannot be read";
}

Fault other_name(const CertificateFacts& certificate, const std::string& host)
{
    return {
        "its certificate is for another name: for " + names_text(certificate.names) + ", not for " +
            escape(host, longest_name),
        "write the host as the certificate has it, or have a certificate made that names " +
            escape(host, longest_name)};
}

Fault ended(const CertificateFacts& certificate)
{
    return {
        whose(certificate) + " expired at " + day_text(certificate.valid_until),
        "whoever runs that server has to renew it; if it should be good still, this host's clock is ahead: "
        "timedatectl"};
}

Fault not_begun(const CertificateFacts& certificate)
{
    return {
        whose(certificate) + " is not valid yet: from " + day_text(certificate.valid_from) + " on",
        "this host's clock may be behind: timedatectl; if it is right, the server shows its new certificate "
        "too early"};
}

Fault self_signed(const CertificateFacts& certificate)
{
    return {
        "its certificate is self-signed (" + escape(certificate.subject, longest_name) + ')',
        "get the certificate from whoever runs that server, as a PEM file, and name the file in ca_file; "
        "never trust one only because it was shown"};
}

// An authority that the server shows with it, or one that it does not.
Fault unknown_authority(const CertificateFacts& certificate)
{
    return {
        "its certificate is of an authority that is not known here (" +
            escape(certificate.issuer, longest_name) + ')',
        "name the file with that authority's certificate in ca_file; where the authority is a public one, "
        "the server has to send its intermediate certificates too, or this host lacks the package "
        "ca-certificates"};
}

Fault fault_of(
    int code, const std::string& said, const CertificateFacts& certificate, const std::string& host)
{
    switch (code)
    {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return other_name(certificate, host);
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return ended(certificate);
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return not_begun(certificate);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return self_signed(certificate);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return unknown_authority(certificate);
    default:
        return {whose(certificate) + " is not trusted: " + said, ""};
    }
}

} // namespace

Failure certificate_failure(
    int code, const std::string& said, const CertificateFacts& certificate, const std::string& host,
    const std::string& where)
{
    auto fault = fault_of(code, said, certificate, host);
    return {
        .kind = FailureKind::tls,
        .what = where + ": TLS failed: " + fault.what,
        .advice = std::move(fault.advice)};
}

} // namespace simsync
