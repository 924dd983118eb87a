// Why a certificate is not trusted, by the name of its fault and with what can be done. Pure: io/tls reads
// the certificate.
#pragma once

#include "simsync/model/failure.hpp"
#include "simsync/model/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace simsync
{

// What is told of a certificate; texts are the peer's and may hold anything.
struct CertificateFacts
{
    std::vector<std::string> names; // hosts that it is for: "api.example", "*.api.example", "192.0.2.1"
    std::string subject;            // "CN=api.example,O=Example"
    std::string issuer;
    std::optional<Timestamp> valid_from;
    std::optional<Timestamp> valid_until;
    bool is_the_hosts = true; // not that of an authority behind it
};

// `code`: OpenSSL's X509_V_ERR_… of a verification that failed; `said`: its own words for it. `certificate`:
// the one at fault. `host`: as it was asked for. `where` begins the sentence.
Failure certificate_failure(
    int code, const std::string& said, const CertificateFacts& certificate, const std::string& host,
    const std::string& where);

} // namespace simsync
