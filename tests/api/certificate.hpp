// Certificates for tests, made on the spot.
#pragma once

#include <chrono>
#include <string>

namespace simsync
{

struct Certificate
{
    std::string certificate; // PEM; what a server shows may be several, its own first
    std::string key;         // PEM
};

// For one host ("DNS:localhost", "IP:127.0.0.1") or several ("DNS:a.example,DNS:b.example"), valid from a day
// before, or from `begins` from now, until `ends` from now. Self-signed, so that it is its own authority.
Certificate make_certificate(
    const std::string& subject_alternative_name, std::chrono::seconds ends,
    std::chrono::seconds begins = std::chrono::hours{-24});

// One that may sign others, "CN=simsync test authority".
Certificate make_authority(std::chrono::seconds ends);

// As make_certificate, signed by that authority.
Certificate make_certificate_of(const Certificate& authority, const std::string& subject_alternative_name);

} // namespace simsync
