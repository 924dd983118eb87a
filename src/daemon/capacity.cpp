#include "daemon/capacity.hpp"

#include "api/bounds.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

// What people and programs ask beside the daemons: `simsync status`, psql, a monitor.
constexpr std::int64_t connections_of_others = 5;

// Of the console: its lists, what follows events, counting and searching (daemon/console/site).
constexpr std::size_t connections_of_console = 3;

// The event loop, the log, timers, the libraries' own, and files that are open for a moment.
constexpr std::size_t descriptors_of_the_process = 64;
constexpr std::size_t clients_of_http = 32; // daemon/http

} // namespace

std::string ConnectionSum::text() const
{
    std::string text = std::to_string(total()) + ": " + std::to_string(lanes) +
                       (lanes == 1 ? " lane" : " lanes") + ", " + std::to_string(watch) + " to watch";
    if (sinks > 0)
        text += ", " + std::to_string(sinks) + " for sinks";
    if (console > 0)
        text += ", " + std::to_string(console) + " for the console";
    return text;
}

ConnectionSum connection_sum(const Config& config)
{
    ConnectionSum sum;
    sum.lanes = std::min(config.database_lanes, config.accounts.size());
    sum.sinks = config.sinks.empty() ? 0 : 1;
    const bool console = config.console.enabled && !config.http_listen.empty();
    sum.console = console && config.console.database_url.empty() ? connections_of_console : 0;
    return sum;
}

std::optional<ConfigDiagnostic> doubt_about_connections(const ConnectionSum& sum, const ConnectionRoom& room)
{
    const auto instances = std::max<std::int64_t>(room.instances, 1);
    const auto needed = instances * static_cast<std::int64_t>(sum.total()) + connections_of_others;
    if (needed <= room.most)
        return std::nullopt;
    return ConfigDiagnostic{
        std::to_string(instances) + (instances == 1 ? " instance takes" : " instances take") + " up to " +
            std::to_string(needed) + " connections with " + std::to_string(connections_of_others) +
            " for commands and people, and there may be " + std::to_string(room.most) + " (" + room.bound +
            "); each instance takes " + sum.text(),
        "raise that bound, or take fewer: [database] lanes, [console] enabled = false"};
}

OutOfConnections with_sum(const OutOfConnections& error, const ConnectionSum& sum)
{
    return {error.what(), error.hint() + "; this instance takes up to " + sum.text()};
}

std::size_t descriptors_needed(const Config& config)
{
    auto needed = descriptors_of_the_process + clients_of_http + connection_sum(config).total();
    for (const auto& sink : config.sinks)
        needed += sink.concurrency;
    for (const auto& account : config.accounts)
        needed += answers_at_once(account.concurrency, account.page_size);
    return needed;
}

std::optional<ConfigDiagnostic> fault_in_descriptors(std::size_t needed, std::size_t most)
{
    if (needed <= most)
        return std::nullopt;
    return ConfigDiagnostic{
        "what is configured takes up to " + std::to_string(needed) +
            " file descriptors, and this process may have " + std::to_string(most),
        "LimitNOFILE=" + std::to_string(needed) +
            " or more in its unit (elsewhere: ulimit -Hn), or a smaller concurrency of its accounts"};
}

} // namespace simsync
