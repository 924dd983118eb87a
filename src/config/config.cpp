// The configuration file from its bytes to plain values.
#include "config/config.hpp"

#include "config/account_section.hpp"
#include "config/console_section.hpp"
#include "config/database_section.hpp"
#include "config/duration.hpp"
#include "config/sink_section.hpp"
#include "config/toml_file.hpp"
#include "model/escape.hpp"
#include "sink/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdint>
#include <fstream>
#include <functional>
#include <map>
#include <system_error>

namespace simsync
{
namespace
{

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// A thousand accounts fit; a log file named by mistake does not.
constexpr std::size_t longest_file = std::size_t{1} << 20;

constexpr Range<double> guard_fractions{0, 1};
constexpr Range<std::size_t> guard_minimums{0, 1'000'000'000};
constexpr Range<std::chrono::milliseconds> stale_afters{1s, std::chrono::days{365}};
constexpr Range<std::chrono::seconds> warnings{1s, std::chrono::days{3650}};
// Partitions are dropped by the month; less than a day would drop what nobody has read.
constexpr Range<std::chrono::seconds> retentions{
    0s, std::chrono::duration_cast<std::chrono::seconds>(longest_duration)};
constexpr std::chrono::seconds shortest_retention = std::chrono::days{1};

// --- the file

[[noreturn]] void refuse_file(const fs::path& file, const std::string& what)
{
    throw ConfigError(
        {{escape(file.string(), PATH_MAX) + ": the configuration " + what,
          "--config or SIMSYNC_CONFIG names the file, and the user that runs simsync must be "
          "able to read it"}});
}

std::string read_file(const fs::path& file)
{
    std::error_code ignored;
    if (fs::is_directory(file, ignored))
        refuse_file(file, "cannot be read: it is a directory");
    std::ifstream stream{file, std::ios::binary};
    if (!stream)
        refuse_file(file, "cannot be read: " + std::generic_category().message(errno));

    std::string text(longest_file + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (stream.bad())
        refuse_file(file, "cannot be read to its end");
    if (text.size() > longest_file)
        refuse_file(file, "is larger than 1 MiB");
    return text;
}

// --- the tables

void read_removal(Section& section, Config& config)
{
    section.read("guard_fraction", config.removal.guard_fraction, guard_fractions);
    section.read("guard_minimum", config.removal.guard_minimum, guard_minimums);
}

void read_balances(Section& section, AlertConfig& alert)
{
    if (Money low; section.read("balance_low", low))
        alert.balance_low = low;
    alert.balance_recovered = alert.balance_low;
    if (Money recovered; section.read("balance_recovered", recovered))
        alert.balance_recovered = recovered;
    if (alert.balance_low && *alert.balance_recovered < *alert.balance_low)
        section.refuse(
            "balance_recovered", "alert.balance_recovered is less than alert.balance_low",
            "a balance has recovered at balance_low (" + alert.balance_low->text() +
                ") or above it, or it would be low and recovered at once");
}

void read_warnings(Section& section, std::vector<std::chrono::seconds>& target)
{
    const auto value = section.find("tariff_expiry_warnings");
    const auto items = value ? value->items() : std::nullopt;
    if (!items)
        return;
    target.clear();
    for (const auto& item : *items)
    {
        std::chrono::seconds warning = std::chrono::days{7};
        if (!item.read(warning, warnings))
            continue;
        if (std::ranges::find(target, warning) != target.end())
            item.refuse(
                "alert.tariff_expiry_warnings has " + duration_text(warning) + " twice",
                "once is enough: each warning is told once");
        target.push_back(warning);
    }
    std::ranges::sort(target, std::greater{});
}

void read_alert(Section& section, Config& config)
{
    read_balances(section, config.alert);
    read_warnings(section, config.alert.tariff_expiry_warnings);
    section.read("stale_after", config.alert.stale_after, stale_afters);
}

void read_events(Section& section, Config& config)
{
    auto& retention = config.events_retention;
    if (section.read("retention", retention, retentions) && retention != 0s && retention < shortest_retention)
        section.refuse(
            "retention", "events.retention is less than a day", "\"1d\" or more, or \"0\" to keep all");
}

bool is_port(std::string_view text) // 0 takes a free one
{
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size();
}

bool is_host(const std::string& text)
{
    if (text.starts_with('[') && text.ends_with(']'))
    {
        in6_addr ignored{};
        return inet_pton(AF_INET6, text.substr(1, text.size() - 2).c_str(), &ignored) == 1;
    }
    return !text.empty() &&
           std::ranges::all_of(
               text, [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '-' || c == '_'; });
}

bool is_listen_address(const std::string& text)
{
    const auto colon = text.rfind(':');
    return colon != std::string::npos && is_host(text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

constexpr std::string_view unix_prefix = "unix:";

// What a socket's name can hold, with its end.
constexpr std::size_t longest_socket_path = sizeof(sockaddr_un::sun_path) - 1;

void check_socket_path(Section& section, std::string_view path)
{
    if (!path.starts_with('/') || path.ends_with('/'))
        section.refuse(
            "listen", "http.listen names no file: " + in_quotes(path),
            "the whole path of a socket, for example \"unix:/run/simsync/http.sock\"");
    else if (path.size() > longest_socket_path || path.find('\0') != std::string_view::npos)
        section.refuse(
            "listen", "http.listen has a path that no socket can have",
            "at most " + std::to_string(longest_socket_path) +
                " bytes, for example \"unix:/run/simsync/http.sock\"");
}

void read_listen(Section& section, std::string& listen)
{
    if (!section.read("listen", listen) || listen.empty())
        return;
    if (listen.starts_with(unix_prefix))
        check_socket_path(section, std::string_view(listen).substr(unix_prefix.size()));
    else if (!is_listen_address(listen))
        section.refuse(
            "listen", "http.listen cannot be " + in_quotes(listen),
            "host:port, for example \"127.0.0.1:9469\", \"[::1]:9469\"; a socket, "
            "\"unix:/run/simsync/http.sock\"; or \"\" for none");
}

void read_http(Section& section, Config& config)
{
    read_listen(section, config.http_listen);
    if (!section.read("url", config.http_url) || config.http_url.empty())
        return;
    const auto address = parse_address(config.http_url);
    if (!address || !address->query.empty() || config.http_url.find('#') != std::string::npos)
        section.refuse(
            "url", "http.url cannot be " + in_quotes(config.http_url),
            "the address under which people open the console, for example \"https://simsync.example/\"");
}

void read_log(Section& section, Config& config)
{
    constexpr std::array<std::string_view, 5> levels{"trace", "debug", "info", "warn", "error"};
    constexpr std::array<std::string_view, 4> formats{"auto", "text", "json", "journal"};
    section.read("level", config.log.level, std::span<const std::string_view>{levels});
    section.read("format", config.log.format, std::span<const std::string_view>{formats});
}

// --- the accounts and the sinks

const std::string account_hint = "each account is a block that begins with [[account]], in double brackets";

const std::string sink_hint = "each sink is a block that begins with [[sink]], in double brackets";

using Lines = std::map<std::string, toml::source_index>; // where each name was given first

// Refuses a name that an earlier block of the same kind has. `whose`: the kind, "account" or "sink". `lines`:
// the names so far, with their places.
void refuse_second_name(
    const Section& section, const std::string& whose, const std::string& name, Lines& lines)
{
    const auto [first, is_new] = lines.emplace(name, section.line());
    if (!is_new && !name.empty())
        section.refuse(
            "name",
            whose + ".name " + in_quotes(name) + " is taken by the " + whose + " in line " +
                std::to_string(first->second),
            "give each " + whose + " a name of its own: its rows in the database stand under it");
}

// The tables of a list, `[[account]]` or `[[sink]]`; none where it is no list, which is noted.
std::vector<Section> tables_of(const Value& value, const std::string& hint)
{
    std::vector<Section> tables;
    if (!value.node().as_array())
        value.refuse_type("a list of tables", hint);
    else
        for (const auto& element : value.items().value_or(std::vector<Value>{}))
            if (auto section = element.section())
                tables.push_back(std::move(*section));
    return tables;
}

void read_accounts(const Value& value, const fs::path& folder, std::vector<AccountConfig>& accounts)
{
    if (const auto* array = value.node().as_array(); array && array->empty())
        value.refuse("no account is configured", account_hint);
    Lines lines;
    for (auto& section : tables_of(value, account_hint))
    {
        accounts.push_back(read_account(section, folder));
        refuse_second_name(section, "account", accounts.back().name, lines);
    }
}

void read_sinks(const Value& value, const fs::path& folder, std::vector<SinkConfig>& sinks)
{
    Lines lines;
    for (auto& section : tables_of(value, sink_hint))
    {
        sinks.push_back(read_sink(section, folder));
        refuse_second_name(section, "sink", sinks.back().name, lines);
    }
}

// --- together

using ReadTable = std::function<void(Section&, Config&)>;

void read_table(Section& root, std::string_view key, const ReadTable& read, Config& config)
{
    const auto value = root.find(key);
    auto section = value ? value->section() : std::nullopt;
    if (!section)
        return;
    read(*section, config);
    section->refuse_unknown_keys();
}

Config read_config(Section& root, const fs::path& folder)
{
    Config config;
    read_table(
        root, "database", [&folder](Section& section, Config& into) { read_database(section, folder, into); },
        config);
    if (const auto value = root.find("account"))
        read_accounts(*value, folder, config.accounts);
    else
        root.refuse("account", "no account is configured", account_hint);
    if (const auto value = root.find("sink"))
        read_sinks(*value, folder, config.sinks);
    read_table(root, "removal", read_removal, config);
    read_table(root, "alert", read_alert, config);
    read_table(root, "events", read_events, config);
    read_table(root, "http", read_http, config);
    read_table(
        root, "console", [&folder](Section& section, Config& into) { read_console(section, folder, into); },
        config);
    read_table(root, "log", read_log, config);
    root.refuse_unknown_keys();
    return config;
}

} // namespace

Config load_config(const fs::path& file, Secrets secrets)
{
    TomlFile toml_file{file, read_file(file), secrets};
    const auto table = toml_file.parse();
    Section root{table, "", toml_file};
    auto config = read_config(root, fs::absolute(file).parent_path());
    toml_file.end();
    return config;
}

std::vector<std::string> account_names(const Config& config)
{
    std::vector<std::string> names;
    names.reserve(config.accounts.size());
    for (const auto& account : config.accounts)
        names.push_back(account.name);
    return names;
}

std::string console_url(const Config& config)
{
    if (!config.http_url.empty())
        return config.http_url + (config.http_url.ends_with('/') ? "" : "/");
    const auto& listen = config.http_listen;
    if (listen.empty() || listen.starts_with(unix_prefix) || listen.ends_with(":0")) // nobody knows the port
        return {};
    std::array<char, 256> name{};
    for (const std::string_view any : {"0.0.0.0:", "[::]:"})
        if (listen.starts_with(any) && gethostname(name.data(), name.size() - 1) == 0)
            return "http://" + std::string(name.data()) + ':' + listen.substr(any.size()) + '/';
    return "http://" + listen + '/';
}

std::vector<SecretFile> secret_files(const Config& config)
{
    std::vector<SecretFile> files{config.database_password_file, config.console.password_file};
    for (const auto& account : config.accounts)
        files.push_back(account.password_file);
    for (const auto& sink : config.sinks)
        files.insert(files.end(), {sink.url_file, sink.secret_file});
    std::erase_if(files, [](const SecretFile& file) { return file.empty(); });
    return files;
}

} // namespace simsync
