// Where the API is: the account's `endpoint`, taken apart.
#pragma once

#include "simsync/io/answer.hpp"

#include <string>
#include <string_view>

namespace simsync
{

enum class Scheme
{
    http,
    https,
};

struct Endpoint
{
    Scheme scheme = Scheme::https;
    std::string host; // as the resolver takes it: an IPv6 literal without its brackets
    std::string port; // "443"
    std::string base; // the path before /partner/…: "" or "/api", never with a slash at its end

    std::string authority() const; // for the Host header: the port only where it is not the scheme's own
    std::string origin() const;    // "https://api.myphone.group": names the place in an error
};

// Reads "https://host[:port][/base]". The failure (`refused`) says what is wrong with it.
Answer<Endpoint> parse_endpoint(std::string_view url);

} // namespace simsync
