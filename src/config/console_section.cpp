#include "config/console_section.hpp"

#include "config/common_keys.hpp"
#include "config/secret_file.hpp"
#include "model/ascii.hpp"
#include "model/escape.hpp"
#include "postgres/url.hpp"
#include "postgres/url_fault.hpp"

#include <crypt.h>

#include <algorithm>
#include <cctype>
#include <climits>

namespace simsync
{
namespace
{

namespace fs = std::filesystem;

constexpr std::size_t longest_user = 63;
constexpr std::size_t longest_host = 253;   // of DNS
constexpr std::size_t longest_header = 100; // a name

// --- hosts

bool is_name_of_host(std::string_view text)
{
    return !text.empty() && text.size() <= longest_host &&
           std::ranges::all_of(
               text, [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '-' || c == '_'; });
}

void read_hosts(Section& section, std::vector<std::string>& hosts)
{
    const auto value = section.find("hosts");
    const auto items = value ? value->items() : std::nullopt;
    if (!items)
        return;
    for (const auto& item : *items)
    {
        std::string host;
        if (!item.read(host))
            continue;
        if (is_name_of_host(host))
            hosts.push_back(lower_case(host));
        else
            item.refuse(
                "console.hosts cannot hold " + in_quotes(host),
                "a name alone, without https:// and without a port: \"simsync.example\"");
    }
}

// --- the password file

// Quotes nothing of the line: it may be a password that was never hashed.
void refuse_line(
    const Section& section, const SecretFile& file, std::size_t number, const std::string& what,
    const std::string& hint)
{
    section.refuse(
        "password_file",
        "line " + std::to_string(number) + " of the password file " + escape(file.path.string(), PATH_MAX) +
            ' ' + what,
        hint);
}

const std::string login_hint =
    "each line is user:hash, as `htpasswd -nB USER` or `echo USER:$(mkpasswd -m yescrypt)` prints it";

bool is_user(std::string_view text)
{
    return !text.empty() && text.size() <= longest_user && storable(text) &&
           std::ranges::none_of(text, [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

// Salted and slow: what DES and MD5 make is guessed in an afternoon.
bool is_hash(const std::string& text)
{
    return text.size() > 1 && text.front() == '$' && crypt_checksalt(text.c_str()) == CRYPT_SALT_OK;
}

void take_line(
    const Section& section, const SecretFile& file, std::size_t number, std::string_view line,
    std::vector<ConsoleLogin>& logins)
{
    const auto colon = line.find(':');
    const std::string user{line.substr(0, colon)};
    if (colon == std::string_view::npos || !is_user(user))
        return refuse_line(section, file, number, "is no user:hash", login_hint);
    ConsoleLogin login{user, std::string(line.substr(colon + 1))};
    if (!is_hash(login.hash))
        return refuse_line(
            section, file, number, "has no hash that is good enough behind its user",
            "bcrypt or yescrypt: " + login_hint);
    if (std::ranges::find(logins, user, &ConsoleLogin::user) != logins.end())
        return refuse_line(
            section, file, number, "has a user that an earlier line has", "leave one of the lines out");
    logins.push_back(std::move(login));
}

std::vector<ConsoleLogin> logins_in(const Section& section, const SecretFile& file, const std::string& text)
{
    std::vector<ConsoleLogin> logins;
    std::size_t number = 0;
    bool is_empty = true;
    for (std::size_t begin = 0; begin < text.size();)
    {
        const auto end = std::min(text.find('\n', begin), text.size());
        auto line = std::string_view(text).substr(begin, end - begin);
        begin = end + 1;
        ++number;
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (line.empty() || line.starts_with('#'))
            continue;
        is_empty = false;
        take_line(section, file, number, line, logins);
    }
    if (is_empty)
        section.refuse(
            "password_file", "the password file " + escape(file.path.string(), PATH_MAX) + " names nobody",
            login_hint);
    return logins;
}

void read_logins(Section& section, const fs::path& folder, ConsoleConfig& console)
{
    std::string name;
    if (!section.read("password_file", name) || name.empty())
        return;
    console.password_file = find_secret_file(folder, name);
    if (!section.tries_secrets())
        return;
    if (const auto& file = console.password_file; file.original.empty() && !file.mark)
        return section.refuse(
            "password_file", "the password file " + escape(file.path.string(), PATH_MAX) + " is not there",
            login_hint + "; then chmod 600");
    try
    {
        console.logins = logins_in(section, console.password_file, read_secret_text(console.password_file));
    }
    catch (const ConfigError& error)
    {
        for (const auto& diagnostic : error.diagnostics())
            section.refuse("password_file", diagnostic.what, diagnostic.hint);
    }
}

// --- the rest

bool is_header_name(std::string_view text)
{
    return text.size() <= longest_header &&
           std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}

void read_user_header(Section& section, std::string& header)
{
    if (section.read("user_header", header) && !is_header_name(header))
        section.refuse(
            "user_header", "console.user_header cannot be " + in_quotes(header),
            "the name of a header alone: \"X-Forwarded-User\"");
}

void read_database_of_console(Section& section, Config& config)
{
    auto& url = config.console.database_url;
    if (!section.read("database_url", url) || url.empty())
        return;
    if (const auto fault = fault_in_database_url(url))
        section.refuse("database_url", "console.database_url " + fault->what, fault->hint);
    else if (const auto password = password_of_url(config.database_url); password && !names_a_user(url))
        url = with_password(url, *password);
}

} // namespace

void read_console(Section& section, const fs::path& folder, Config& config)
{
    auto& console = config.console;
    section.read("enabled", console.enabled);
    read_hosts(section, console.hosts);
    read_logins(section, folder, console);
    section.read("allow_plaintext", console.allow_plaintext);
    read_user_header(section, console.user_header);
    read_database_of_console(section, config);
}

} // namespace simsync
