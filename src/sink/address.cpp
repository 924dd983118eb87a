#include "sink/address.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

Failure unusable(std::string why)
{
    return {.kind = FailureKind::refused, .what = std::move(why)};
}

// What may stand in a request line: no blank and no control; what is beyond ASCII is written as %XX.
bool is_plain(std::string_view text)
{
    return std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

} // namespace

Answer<Address> parse_address(std::string_view url)
{
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos)
        return unusable("it must begin with https:// or http://");
    const auto host_end = std::min(url.find_first_of("/?#", scheme_end + 3), url.size());
    const auto origin = url.substr(0, host_end);
    const auto rest = url.substr(host_end);
    if (origin.find('@') != std::string_view::npos)
        return unusable("it holds a user name or a password");
    if (rest.find('#') != std::string_view::npos)
        return unusable("it holds a fragment (#), which no server gets to see");
    if (!is_plain(rest))
        return unusable("its path or query holds a blank or a character that must be written as %XX");
    auto endpoint = parse_endpoint(origin);
    if (!endpoint || !endpoint->base.empty())
        return unusable("it names no scheme, host and port that can be used");

    Address address{std::move(endpoint).value(), {}, {}};
    const auto query = std::min(rest.find('?'), rest.size());
    address.path = rest.substr(0, query);
    address.query = rest.substr(query);
    if (address.path.empty())
        address.path = "/";
    return address;
}

std::string webhook_target(const Address& address)
{
    return address.path + address.query;
}

std::string alerts_target(const Address& address)
{
    auto base = address.path;
    while (base.ends_with('/'))
        base.pop_back();
    return base + "/api/v2/alerts" + address.query;
}

} // namespace simsync
