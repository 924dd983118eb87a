// The endpoint's URL.
#include "io/endpoint.hpp"

#include "model/escape.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace simsync
{
namespace
{

namespace urls = boost::urls;

std::string_view default_port(Scheme scheme)
{
    return scheme == Scheme::https ? "443" : "80";
}

// Whatever stands before an @ may be a password.
std::string shown(std::string_view url)
{
    return url.find('@') == std::string_view::npos ? '"' + escape(url) + '"' : "(with user name)";
}

Failure unusable(std::string_view url, std::string_view why)
{
    return {
        .kind = FailureKind::refused,
        .what = "the endpoint " + shown(url) + " is of no use: " + std::string{why}};
}

std::string host_of(const urls::url_view& url)
{
    const auto host = url.host();
    const bool bracketed = host.size() > 1 && host.front() == '[';
    return bracketed ? host.substr(1, host.size() - 2) : host;
}

std::string_view complaint_about(const urls::url_view& url)
{
    if (url.scheme_id() != urls::scheme::http && url.scheme_id() != urls::scheme::https)
        return "it must begin with https:// or http://";
    if (url.host().empty())
        return "it names no host";
    if (url.has_userinfo())
        return "user name and password belong into username and password_file";
    if (url.has_query() || url.has_fragment())
        return "it must end with the host or a base path";
    // Boost.URL 1.81 reads "https://127.0.0.1.example" as the address 127.0.0.1 and what is left as the path.
    if (!url.encoded_path().empty() && !url.is_path_absolute())
        return "its host is neither a name nor an address";
    // Boost.URL 1.81 wraps a number that does not fit.
    if (url.has_port() &&
        (url.port_number() == 0 || url.port().size() > 5 || std::stoul(url.port()) > 65'535))
        return "its port must be 1 to 65535";
    return {};
}

} // namespace

std::string Endpoint::authority() const
{
    const bool is_ipv6 = host.find(':') != std::string::npos;
    const std::string name = is_ipv6 ? '[' + host + ']' : host;
    return port == default_port(scheme) ? name : name + ':' + port;
}

std::string Endpoint::origin() const
{
    return (scheme == Scheme::https ? "https://" : "http://") + authority();
}

Answer<Endpoint> parse_endpoint(std::string_view text)
{
    const auto url = urls::parse_uri({text.data(), text.size()});
    if (!url)
        return unusable(text, "it is no URL");
    if (const auto complaint = complaint_about(*url); !complaint.empty())
        return unusable(text, complaint);

    Endpoint endpoint;
    endpoint.scheme = url->scheme_id() == urls::scheme::https ? Scheme::https : Scheme::http;
    endpoint.host = host_of(*url);
    endpoint.port = url->has_port() ? std::string{url->port()} : std::string{default_port(endpoint.scheme)};
    endpoint.base = std::string{url->encoded_path()};
    while (endpoint.base.ends_with('/'))
        endpoint.base.pop_back();
    return endpoint;
}

} // namespace simsync
