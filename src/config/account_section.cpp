// One `[[account]]`.
#include "config/account_section.hpp"

#include "config/common_keys.hpp"
#include "config/filter_section.hpp"
#include "config/secret_file.hpp"

#include <algorithm>
#include <array>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

// Shorter would hammer the API, longer is no mirror any more.
constexpr Range<std::chrono::milliseconds> sweep_intervals{100ms, std::chrono::days{1}};
// The same between sweeps; zero looks never.
constexpr Range<std::chrono::milliseconds> recent_intervals{0ms, std::chrono::days{1}};
constexpr std::chrono::milliseconds shortest_recent_interval = 100ms;
// A request shorter than a round trip never ends well; a longer one hides a dead server.
constexpr Range<std::chrono::milliseconds> request_timeouts{100ms, 10min};
// A page of 10,000 SIMs is 6 MB of JSON.
constexpr Range<std::size_t> page_sizes{1, 10'000};
// Each is a connection of the account's own.
constexpr Range<std::size_t> concurrencies{1, 64};
// Beyond what any API serves, and finite.
constexpr Range<double> request_rates{0, 1'000'000};

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

void read_recent_interval(Section& section, std::optional<std::chrono::milliseconds>& interval)
{
    const auto value = section.find("recent_interval");
    if (!value || value->node().value<std::string_view>() == "auto")
        return;
    std::chrono::milliseconds read = 5s;
    if (!value->read(read, recent_intervals))
        return;
    if (read != 0ms && read < shortest_recent_interval)
        section.refuse(
            "recent_interval", "account.recent_interval is shorter than 100ms",
            "\"5s\", for example; \"0\" looks never, \"auto\" as often as it is worth");
    interval = read;
}

} // namespace

AccountConfig read_account(Section& section, const std::filesystem::path& folder)
{
    AccountConfig account;
    read_name(section, account.name, "main");
    section.read("allow_plaintext", account.allow_plaintext);
    read_url(
        section, "endpoint", account.endpoint,
        {.example = "https://api.myphone.group",
         .where_secrets_belong = "they belong into username and into the file that password_file names",
         .in_the_clear = "the password"},
        account.allow_plaintext);
    section.read_required("username", account.username, "for example username = \"partner\"");
    if (std::string name;
        section.read_required("password_file", name, "for example password_file = \"main.password\""))
        read_secret_file(section, "password_file", folder, name, account.password_file);
    section.read("sweep_interval", account.sweep_interval, sweep_intervals);
    read_recent_interval(section, account.recent_interval);
    section.read("page_size", account.page_size, page_sizes);
    section.read("concurrency", account.concurrency, concurrencies);
    read_pagination(section, account.pagination);
    section.read("request_timeout", account.request_timeout, request_timeouts);
    section.read("max_requests_per_second", account.max_requests_per_second, request_rates);
    account.ca_file = read_ca_file(section, folder);
    account.ca_mark = mark_of(account.ca_file);
    read_refresh_path(section, account.refresh_path);
    account.filter = read_filter(section);
    section.refuse_unknown_keys();
    return account;
}

} // namespace simsync
