#include "postgres/servers.hpp"

#include "postgres/conninfo.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string_view>
#include <utility>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

// Longer than any server in reach takes to say who it is, and little beside the three seconds that one out of
// reach would cost.
constexpr std::chrono::milliseconds lead_of_a_server{500};

std::vector<std::string> split(std::string_view list)
{
    std::vector<std::string> parts;
    for (;;)
    {
        const auto comma = list.find(',');
        parts.emplace_back(list.substr(0, comma));
        if (comma == std::string_view::npos)
            return parts;
        list.remove_prefix(comma + 1);
    }
}

bool is_path(const std::string& host)
{
    return host.empty() || host.front() == '/' || host.front() == '@';
}

// As libpq would take them; of a name that is not known, none.
std::vector<std::string> addresses_of(const std::string& host)
{
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0)
        return {};
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner{found, &freeaddrinfo};
    std::vector<std::string> addresses;
    for (const auto* each = found; each != nullptr; each = each->ai_next)
    {
        std::array<char, NI_MAXHOST> text{};
        if (getnameinfo(
                each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0)
            addresses.emplace_back(text.data());
    }
    return addresses;
}

// "": libpq finds it, or says why not.
std::vector<std::string> addresses_to_try(const std::string& host, const std::string& given)
{
    if (!given.empty() || is_path(host))
        return {given};
    auto found = addresses_of(host);
    if (found.empty())
        found.emplace_back();
    return found;
}

std::string name_of(const std::string& host, const std::string& address, const std::string& port)
{
    auto name = '"' + (host.empty() ? address : host) + '"';
    if (!host.empty() && !address.empty() && host != address)
        name += " (" + address + ')';
    return name + ", port " + (port.empty() ? "5432" : port);
}

// libpq's own rules: not a number, 0 or less: for ever; 1 is too little for it.
std::optional<std::chrono::seconds> patience_of(const std::string& text)
{
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    if (number <= 0)
        return std::nullopt;
    return std::max(std::chrono::seconds{number}, 2s);
}

// Of several servers one at most is like that, or it does not matter which of them it is.
bool is_particular(const std::string& attributes)
{
    return attributes == "read-write" || attributes == "primary" || attributes == "read-only" ||
           attributes == "standby";
}

// Of a list that is left out, or that has one for all.
std::string at(const std::vector<std::string>& list, std::size_t index)
{
    return list.size() == 1 ? list.front() : list[index];
}

bool is_left_out(const std::vector<std::string>& list)
{
    return list.size() == 1 && list.front().empty();
}

} // namespace

std::optional<Servers> servers_of(const std::string& conninfo)
{
    const auto parsed = parse_conninfo(conninfo);
    if (!parsed || parsed->contains("service"))
        return std::nullopt;
    const auto defaults = conninfo_defaults();
    const auto given = [&](const char* keyword) { return first_of(*parsed, defaults, keyword); };
    const auto hosts = split(given("host"));
    const auto addresses = split(given("hostaddr"));
    const auto ports = split(given("port"));
    const auto servers = std::max(hosts.size(), addresses.size());
    const bool fit = (hosts.size() == servers || is_left_out(hosts)) &&
                     (addresses.size() == servers || is_left_out(addresses)) &&
                     (ports.size() == servers || ports.size() == 1);
    if (!fit)
        return std::nullopt; // libpq says what is wrong with that
    const auto attributes = given("target_session_attrs");
    if (servers > 1 && attributes == "prefer-standby")
        return std::nullopt;

    Servers all{{}, patience_of(given("connect_timeout")), std::nullopt};
    if (is_particular(attributes))
        all.lead = lead_of_a_server;
    for (std::size_t i = 0; i < servers; ++i)
    {
        auto options = *parsed;
        options["host"] = at(hosts, i);
        options["port"] = at(ports, i);
        for (const auto& address : addresses_to_try(at(hosts, i), at(addresses, i)))
        {
            options["hostaddr"] = address;
            all.each.push_back({conninfo_of(options), name_of(at(hosts, i), address, at(ports, i))});
        }
    }
    return all;
}

} // namespace simsync
