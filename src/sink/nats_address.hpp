// Where a NATS sink publishes: its `url`, a list of servers. Pure.
#pragma once

#include "io/endpoint.hpp"
#include "simsync/io/answer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

struct NatsAddress
{
    bool encrypted = false;        // tls://
    std::vector<Endpoint> servers; // one at least, as written; https stands for tls://

    std::string origin() const; // "nats://a:4222,b:4222": all that may be shown
};

// Reads "nats://host[:port][,host[:port]…]", or tls://; each may repeat the scheme. The failure (`refused`)
// says what is wrong with it and quotes nothing of it.
Answer<NatsAddress> parse_nats_address(std::string_view url);

// One of the servers as libnats takes it: "tls://[::1]:4222".
std::string nats_server_url(const Endpoint& server);

// What subjects begin with: tokens of letters, digits, _ and -, joined by dots.
bool is_subject_prefix(std::string_view text);

} // namespace simsync
