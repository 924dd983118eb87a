#include "config/common_keys.hpp"

#include "config/secret_file.hpp"
#include "io/endpoint.hpp"
#include "model/ascii.hpp"
#include "model/escape.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cctype>
#include <climits>
#include <memory>

namespace simsync
{
namespace
{

constexpr std::size_t longest_name = 63;

bool is_name(std::string_view text)
{
    const auto lower_or_digit = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !text.empty() && text.size() <= longest_name && lower_or_digit(text.front()) &&
           std::ranges::all_of(text, [&](char c) { return lower_or_digit(c) || c == '_' || c == '-'; });
}

// By the literal or by the one name that RFC 6761 keeps for it: other names may lead anywhere tomorrow.
bool is_loopback(std::string_view name)
{
    const auto host = lower_case(name);
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
           std::ranges::all_of(
               endpoint.host, [](unsigned char c)
               { return std::isalnum(c) || c == '.' || c == '-' || c == '_' || c == ':'; });
}

std::string url_hint(std::string_view key, const UrlWords& words)
{
    return "for example " + std::string(key) + " = \"" + words.example + '"';
}

// What may be a secret in a URL is told apart first, so that the rest may be quoted.
std::optional<Endpoint>
usable_url(Section& section, std::string_view key, const std::string& url, const UrlWords& words)
{
    const auto name = section.name_of(key);
    const auto hint = url_hint(key, words);
    if (url.find('@') != std::string::npos)
    {
        section.refuse(key, name + " holds a user name or a password", words.where_secrets_belong);
        return std::nullopt;
    }
    if (url.find_first_of("?#") != std::string::npos)
    {
        section.refuse(
            key, name + " holds a query or a fragment", "it ends with the host or a base path, " + hint);
        return std::nullopt;
    }
    auto endpoint = parse_endpoint(url);
    if (!endpoint)
    {
        section.refuse(key, endpoint.error().what, hint);
        return std::nullopt;
    }
    if (!has_plain_host(*endpoint))
    {
        section.refuse(key, name + ' ' + in_quotes(url) + " names no host that can be looked up", hint);
        return std::nullopt;
    }
    return std::move(endpoint).value();
}

void check_plaintext(
    Section& section, std::string_view key, const Endpoint& endpoint, const UrlWords& words,
    bool allow_plaintext)
{
    if (endpoint.scheme == Scheme::http && !allow_plaintext && !is_loopback(endpoint.host))
        section.refuse(
            key,
            section.name_of(key) + " is " + words.plain + " to " + in_quotes(endpoint.host) +
                ", which sends " + words.in_the_clear + " in the clear",
            "use " + words.encrypted + ", or set allow_plaintext = true where nobody else can listen");
}

bool holds_certificates(const std::filesystem::path& file)
{
    const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store{X509_STORE_new(), &X509_STORE_free};
    const bool loaded = store && X509_STORE_load_file(store.get(), file.c_str()) == 1;
    ERR_clear_error(); // or the next TLS call of this thread finds it
    return loaded;
}

} // namespace

void read_name(Section& section, std::string& name, std::string_view example)
{
    if (section.read_required("name", name, "for example name = \"" + std::string(example) + '"') &&
        !is_name(name))
        section.refuse(
            "name", section.name_of("name") + " cannot be " + in_quotes(name),
            "1 to 63 of a-z, 0-9, _ and -, beginning with a letter or a digit");
}

void read_url(
    Section& section, std::string_view key, std::string& url, const UrlWords& words, bool allow_plaintext)
{
    if (!section.read_required(key, url, url_hint(key, words)))
        return;
    if (const auto endpoint = usable_url(section, key, url, words))
        check_plaintext(section, key, *endpoint, words, allow_plaintext);
}

void check_host(
    Section& section, std::string_view key, const Endpoint& endpoint, const UrlWords& words,
    bool allow_plaintext)
{
    if (has_plain_host(endpoint))
        check_plaintext(section, key, endpoint, words, allow_plaintext);
    else
        section.refuse(
            key, section.name_of(key) + " names no host that can be looked up", url_hint(key, words));
}

std::optional<std::string> read_secret_file(
    Section& section, std::string_view key, const std::filesystem::path& folder, const std::string& name,
    SecretFile& file, std::string (*read)(const SecretFile&))
{
    file = find_secret_file(folder, name);
    if (!section.tries_secrets())
        return std::nullopt;
    try
    {
        return read(file);
    }
    catch (const ConfigError& error)
    {
        for (const auto& diagnostic : error.diagnostics())
            section.refuse(key, diagnostic.what, diagnostic.hint);
        return std::nullopt;
    }
}

std::filesystem::path read_ca_file(Section& section, const std::filesystem::path& folder)
{
    std::string name;
    if (!section.read("ca_file", name) || name.empty())
        return {};
    auto file = folder / name;
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        section.refuse(
            "ca_file", "the CA file " + escape(file.string(), PATH_MAX) + " is not there",
            "a relative path begins beside the configuration file; \"\" is the system's "
            "certificates alone");
    else if (!holds_certificates(file))
        section.refuse(
            "ca_file", "no certificate can be read from the CA file " + escape(file.string(), PATH_MAX),
            "PEM, readable by the user that runs simsync: -----BEGIN CERTIFICATE-----");
    return file;
}

} // namespace simsync
