#include "daemon/console/access.hpp"

#include "daemon/listener.hpp"
#include "model/ascii.hpp"
#include "model/escape.hpp"
#include "sink/address.hpp"
#include "sink/base64.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace simsync
{
namespace
{

constexpr std::size_t longest_user = 63;

// RFC 952 and 1123, and what real hosts have beyond it.
bool is_host_name(std::string_view name)
{
    return !name.empty() && std::ranges::all_of(
                                name,
                                [](char c) {
                                    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                                           c == '.' || c == '_';
                                });
}

bool is_port(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "[::1]:9469" → "::1", "Simsync.example:80" → "simsync.example".
std::string name_of(std::string_view host)
{
    const auto colon = host.rfind(':');
    if (colon != std::string_view::npos && !host.ends_with(']') && is_port(host.substr(colon + 1)))
        host = host.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    return lower_case(host);
}

// A page of another site that had its name point here (DNS rebinding) sends that name along. An address
// cannot be made to point elsewhere.
bool is_ours(const AccessRules& rules, std::string_view host)
{
    const auto name = name_of(host);
    boost::system::error_code no_address;
    boost::asio::ip::make_address(name, no_address);
    if (host.starts_with('['))
        return !no_address;
    return !no_address || name == "localhost" || (name.ends_with(".localhost") && is_host_name(name)) ||
           std::ranges::find(rules.names, name) != rules.names.end();
}

bool is_open_to_others(std::string_view listen)
{
    if (listen.empty() || !unix_socket_path(listen).empty())
        return false;
    const auto name = name_of(listen);
    boost::system::error_code no_address;
    const auto address = boost::asio::ip::make_address(name, no_address);
    return no_address ? name != "localhost" : !address.is_loopback();
}

bool is_of_this_host(const Peer& peer)
{
    return peer.kind != PeerKind::other;
}

std::optional<Problem> refuse_host(const AccessRules& rules, const WebRequest& request)
{
    const auto host = request.header("Host");
    if (request.peer.kind == PeerKind::unix_socket || is_ours(rules, host))
        return std::nullopt;
    return Problem{
        421, "the console is not known under this name",
        "the Host is " + escape('"' + std::string(host) + '"'),
        "open it by an address or as localhost, or list the name in [console] hosts"};
}

std::optional<Problem> refuse_peer(const AccessRules& rules, const WebRequest& request)
{
    if (is_of_this_host(request.peer))
        return std::nullopt;
    if (!rules.asks_for_login)
        return Problem{
            403, "the console answers this host only", "you ask from " + request.peer.address,
            "ssh -L 9469:127.0.0.1:9469 HOST, or [console] password_file"};
    if (!rules.allow_plaintext)
        return Problem{
            403, "the console takes no login in the clear from another host",
            "you ask from " + request.peer.address,
            "put a reverse proxy with TLS before it on this host, or set [console] allow_plaintext = true "
            "where "
            "nobody else can listen"};
    return std::nullopt;
}

// Browsers say with each request which site's page asks; a page cannot make them say otherwise.
std::optional<Problem> refuse_site(const WebRequest& request)
{
    const auto site = request.header("Sec-Fetch-Site");
    if (!request.path.starts_with("/api/") || site.empty() || site == "same-origin" || site == "none")
        return std::nullopt;
    return Problem{
        403, "a page of another site asks", "Sec-Fetch-Site is " + escape('"' + std::string(site) + '"'),
        "the API answers the console's own pages, and programs that are no browsers"};
}

} // namespace

AccessRules access_rules(const Config& config)
{
    const auto& console = config.console;
    AccessRules rules{
        console.hosts, !console.password_file.empty(), console.allow_plaintext, console.user_header};
    if (unix_socket_path(config.http_listen).empty())
        rules.names.push_back(name_of(config.http_listen));
    if (const auto address = parse_address(config.http_url); !config.http_url.empty() && address)
        rules.names.push_back(lower_case(address->endpoint.host));
    return rules;
}

std::optional<ConfigDiagnostic> doubt_about_console(const Config& config)
{
    const auto& console = config.console;
    if (!console.enabled || console.allow_plaintext || console.password_file.empty() ||
        !is_open_to_others(config.http_listen))
        return std::nullopt;
    return ConfigDiagnostic{
        "[console] password_file opens the console to this host only, although [http] listen is open to "
        "others: "
        "logins from there would come in the clear",
        "let a reverse proxy with TLS ask on this host, or set [console] allow_plaintext = true where nobody "
        "else can listen"};
}

std::optional<Problem> refuse_stranger(const AccessRules& rules, const WebRequest& request)
{
    if (auto problem = refuse_host(rules, request))
        return problem;
    if (auto problem = refuse_peer(rules, request))
        return problem;
    return refuse_site(request);
}

std::optional<Credentials> credentials_of(std::string_view authorization)
{
    constexpr std::string_view scheme = "basic ";
    if (!equal_in_any_case(authorization.substr(0, scheme.size()), scheme))
        return std::nullopt;
    const auto pair = from_base64(authorization.substr(scheme.size()));
    const auto colon = pair.find(':');
    if (colon == std::string::npos)
        return std::nullopt;
    return Credentials{pair.substr(0, colon), pair.substr(colon + 1)};
}

std::string user_of_proxy(const AccessRules& rules, const WebRequest& request)
{
    if (rules.user_header.empty() || !is_of_this_host(request.peer))
        return {};
    return escape(request.header(rules.user_header), longest_user);
}

} // namespace simsync
