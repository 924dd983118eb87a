// One `[[account]]`. Calls config_reader, config_filter, api/endpoint and OpenSSL (to try the CA file).
#include "daemon/config_account.hpp"

#include "api/endpoint.hpp"
#include "daemon/config_filter.hpp"
#include "simsync/model/escape.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <climits>
#include <cstdlib>
#include <memory>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

// The name is the first column of every table and a label of every metric.
constexpr std::size_t longest_name = 63;

// Shorter would hammer the API, longer is no mirror any more.
constexpr Range<std::chrono::milliseconds> sweep_intervals{100ms, std::chrono::days{1}};
// A request shorter than a round trip never ends well; a longer one hides a dead server.
constexpr Range<std::chrono::milliseconds> request_timeouts{100ms, 10min};
// A page of 10,000 SIMs is 6 MB of JSON.
constexpr Range<std::size_t> page_sizes{1, 10'000};
// Each is a connection of the account's own.
constexpr Range<std::size_t> concurrencies{1, 64};
// Beyond what any API serves, and finite.
constexpr Range<double> request_rates{0, 1'000'000};

bool is_name(std::string_view text)
{
    const auto lower_or_digit = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !text.empty() && text.size() <= longest_name && lower_or_digit(text.front()) &&
           std::ranges::all_of(text, [&](char c) { return lower_or_digit(c) || c == '_' || c == '-'; });
}

void read_name(Section& section, std::string& name)
{
    if (section.read_required("name", name, "for example name = \"main\"") && !is_name(name))
        section.refuse("name", "account.name cannot be " + in_quotes(name),
                       "1 to 63 of a-z, 0-9, _ and -, beginning with a letter or a digit");
}

// By the literal or by the one name that RFC 6761 keeps for it: other names may lead anywhere tomorrow.
bool is_loopback(std::string host)
{
    std::ranges::transform(host, host.begin(), [](unsigned char c) { return std::tolower(c); });
    if (host == "localhost" || host.ends_with(".localhost"))
        return true;
    in_addr v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
    in6_addr v6{};
    return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

// Boost.URL 1.81 takes "10.0.0.1.example" for the host 10.0.0.1 and the path ".example"; and what is written
// as %00 would end the name for the resolver, not for us.
bool has_plain_host(const Endpoint& endpoint)
{
    return (endpoint.base.empty() || endpoint.base.starts_with('/')) &&
           std::ranges::all_of(endpoint.host, [](unsigned char c)
                               { return std::isalnum(c) || c == '.' || c == '-' || c == '_' || c == ':'; });
}

const std::string endpoint_hint = "for example endpoint = \"https://api.myphone.group\"";

// What may be a secret in a URL is told apart first, so that the rest may be quoted.
std::optional<Endpoint> usable_endpoint(Section& section, const std::string& url)
{
    if (url.find('@') != std::string::npos)
    {
        section.refuse("endpoint", "account.endpoint holds a user name or a password",
                       "they belong into username and into the file that password_file names");
        return std::nullopt;
    }
    if (url.find_first_of("?#") != std::string::npos)
    {
        section.refuse("endpoint", "account.endpoint holds a query or a fragment",
                       "it ends with the host or a base path, " + endpoint_hint);
        return std::nullopt;
    }
    auto endpoint = parse_endpoint(url);
    if (!endpoint)
    {
        section.refuse("endpoint", endpoint.error().what, endpoint_hint);
        return std::nullopt;
    }
    if (!has_plain_host(*endpoint))
    {
        section.refuse("endpoint",
                       "account.endpoint " + in_quotes(url) + " names no host that can be looked up",
                       endpoint_hint);
        return std::nullopt;
    }
    return std::move(endpoint).value();
}

void read_endpoint(Section& section, AccountConfig& account)
{
    section.read("allow_plaintext", account.allow_plaintext);
    if (!section.read_required("endpoint", account.endpoint, endpoint_hint))
        return;
    const auto endpoint = usable_endpoint(section, account.endpoint);
    if (endpoint && endpoint->scheme == Scheme::http && !account.allow_plaintext &&
        !is_loopback(endpoint->host))
        section.refuse("endpoint",
                       "account.endpoint is http:// to " + in_quotes(endpoint->host) +
                           ", which sends the password in the clear",
                       "use https://, or set allow_plaintext = true where nobody else can listen");
}

// systemd hands the credentials of a service over in a folder of their own.
std::filesystem::path password_folder(const std::filesystem::path& folder)
{
    const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
    return credentials != nullptr && *credentials != '\0' ? std::filesystem::path{credentials} : folder;
}

void read_password_file(Section& section, const std::filesystem::path& folder, std::filesystem::path& file)
{
    std::string name;
    if (!section.read_required("password_file", name, "for example password_file = \"main.password\""))
        return;
    file = password_folder(folder) / name;
    try
    {
        read_password(file);
    }
    catch (const ConfigError& error)
    {
        for (const auto& mistake : error.mistakes())
            section.refuse("password_file", mistake.what, mistake.hint);
    }
}

bool holds_certificates(const std::filesystem::path& file)
{
    const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store{X509_STORE_new(), &X509_STORE_free};
    const bool loaded = store && X509_STORE_load_file(store.get(), file.c_str()) == 1;
    ERR_clear_error(); // or the next TLS call of this thread finds it
    return loaded;
}

void read_ca_file(Section& section, const std::filesystem::path& folder, std::filesystem::path& file)
{
    std::string name;
    if (!section.read("ca_file", name) || name.empty())
        return;
    file = folder / name;
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        section.refuse("ca_file", "the CA file " + escape(file.string(), PATH_MAX) + " is not there",
                       "a relative path begins beside the configuration file; \"\" is the system's "
                       "certificates alone");
    else if (!holds_certificates(file))
        section.refuse("ca_file",
                       "no certificate can be read from the CA file " + escape(file.string(), PATH_MAX),
                       "PEM, readable by the user that runs simsync: -----BEGIN CERTIFICATE-----");
}

// Visible ASCII without what would end the path.
bool is_path(std::string_view text)
{
    return text.starts_with('/') &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~' && c != '?' && c != '#'; });
}

void read_refresh_path(Section& section, std::string& path)
{
    if (section.read("refresh_path", path) && !path.empty() && !is_path(path))
        section.refuse(
            "refresh_path", "account.refresh_path is no path below the endpoint",
            "it begins with a slash, for example \"/partner/refresh\"; \"\" logs in again instead");
}

void read_pagination(Section& section, Pagination& pagination)
{
    constexpr std::array<std::string_view, 3> words{"auto", "keyset", "offset"}; // in the enum's order
    std::string word;
    if (section.read("pagination", word, std::span<const std::string_view>{words}))
        pagination = static_cast<Pagination>(std::ranges::find(words, word) - words.begin());
}

} // namespace

AccountConfig read_account(Section& section, const std::filesystem::path& folder)
{
    AccountConfig account;
    read_name(section, account.name);
    read_endpoint(section, account);
    section.read_required("username", account.username, "for example username = \"partner\"");
    read_password_file(section, folder, account.password_file);
    section.read("sweep_interval", account.sweep_interval, sweep_intervals);
    section.read("page_size", account.page_size, page_sizes);
    section.read("concurrency", account.concurrency, concurrencies);
    read_pagination(section, account.pagination);
    section.read("request_timeout", account.request_timeout, request_timeouts);
    section.read("max_requests_per_second", account.max_requests_per_second, request_rates);
    read_ca_file(section, folder, account.ca_file);
    read_refresh_path(section, account.refresh_path);
    account.filter = read_filter(section);
    section.refuse_unknown_keys();
    return account;
}

} // namespace simsync
