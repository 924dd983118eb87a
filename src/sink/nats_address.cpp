#include "sink/nats_address.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace simsync
{
namespace
{

constexpr std::string_view plain_scheme = "nats://";
constexpr std::string_view tls_scheme = "tls://";
constexpr std::string_view default_port = "4222";

Failure unusable(std::string why)
{
    return {.kind = FailureKind::refused, .what = std::move(why)};
}

// The host and port alone have the form of any URL's, but for the port that goes without saying.
std::optional<Endpoint> server_at(std::string_view authority, bool encrypted)
{
    const auto colon = authority.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && authority.substr(colon).find(']') == authority.npos;
    auto endpoint = parse_endpoint((encrypted ? "https://" : "http://") + std::string(authority));
    if (!endpoint || !endpoint->base.empty())
        return std::nullopt;
    if (!has_port)
        endpoint->port = default_port;
    return std::move(endpoint).value();
}

bool is_token(std::string_view token)
{
    return !token.empty() &&
           std::ranges::all_of(
               token, [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; });
}

std::string authority_of(const Endpoint& server)
{
    const bool is_literal = server.host.find(':') != std::string::npos;
    return (is_literal ? '[' + server.host + ']' : server.host) + ':' + server.port;
}

} // namespace

std::string NatsAddress::origin() const
{
    std::string text{encrypted ? tls_scheme : plain_scheme};
    for (const auto& server : servers)
        text += (&server == &servers.front() ? "" : ",") + authority_of(server);
    return text;
}

Answer<NatsAddress> parse_nats_address(std::string_view url)
{
    NatsAddress address;
    address.encrypted = url.starts_with(tls_scheme);
    const auto scheme = address.encrypted ? tls_scheme : plain_scheme;
    if (!url.starts_with(scheme))
        return unusable("it must begin with nats:// or tls://");
    if (url.find('@') != std::string_view::npos)
        return unusable("it holds a user name or a password");
    for (std::size_t begin = 0; begin <= url.size();)
    {
        const auto end = std::min(url.find(',', begin), url.size());
        auto server = url.substr(begin, end - begin);
        if (server.starts_with(scheme))
            server.remove_prefix(scheme.size());
        auto endpoint = server_at(server, address.encrypted);
        if (!endpoint)
            return unusable(
                "server " + std::to_string(address.servers.size() + 1) +
                " of it names no host and port that can be used");
        address.servers.push_back(std::move(*endpoint));
        begin = end + 1;
    }
    return address;
}

std::string nats_server_url(const Endpoint& server)
{
    return std::string(server.scheme == Scheme::https ? tls_scheme : plain_scheme) + authority_of(server);
}

bool is_subject_prefix(std::string_view text)
{
    for (std::size_t begin = 0; begin <= text.size();)
    {
        const auto end = std::min(text.find('.', begin), text.size());
        if (!is_token(text.substr(begin, end - begin)))
            return false;
        begin = end + 1;
    }
    return true;
}

} // namespace simsync
