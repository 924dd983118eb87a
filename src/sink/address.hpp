// Where a sink delivers to: its `url`, taken apart. The path may be the receiver's secret, so no failure
// quotes anything of it.
#pragma once

#include "io/endpoint.hpp"
#include "simsync/io/answer.hpp"

#include <string>
#include <string_view>

namespace simsync
{

struct Address
{
    Endpoint endpoint; // scheme and host alone: what may be shown
    std::string path;  // as written, "/" at least
    std::string query; // with its "?"; empty where there is none
};

// Reads "http(s)://host[:port][/path][?query]". The failure (`refused`) says what is wrong with it.
Answer<Address> parse_address(std::string_view url);

// What is asked of a webhook, and of an Alertmanager whose base is the path.
std::string webhook_target(const Address& address);
std::string alerts_target(const Address& address);

} // namespace simsync
