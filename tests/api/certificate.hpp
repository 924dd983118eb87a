// Certificates for tests, made on the spot.
#pragma once

#include <chrono>
#include <string>

namespace simsync
{

struct Certificate
{
    std::string certificate; // PEM; self-signed, so that it is its own authority
    std::string key;         // PEM
};

// For one host ("DNS:localhost", "IP:127.0.0.1"), valid from a day before until `ends` from now.
Certificate make_certificate(const std::string& subject_alternative_name, std::chrono::seconds ends);

} // namespace simsync
