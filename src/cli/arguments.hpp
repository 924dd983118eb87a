// The command line as plain values. The only file behind it that knows CLI11 (it costs 5 s a unit) is
// arguments.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace simsync::cli
{

struct Arguments
{
    std::string command; // "sync"; "help" where help was asked for
    std::string help;    // the text to print for "help"
    std::string config;  // --config, else $SIMSYNC_CONFIG, else /etc/simsync/simsync.toml; never empty
    std::optional<std::string> log_level;
    std::optional<std::string> database; // --database: instead of [database] url; holds no password

    std::vector<std::string> accounts; // --account; at most one but for `sync`
    bool json = false;
    bool follow = false;
    bool status = false; // migrate --status
    bool moved = false;  // migrate --moved
    bool csv = false;
    std::string verb;                   // removals list|accept|reject; account retire; sim list|get|block|…
    std::vector<std::string> operands;  // of the verb: ID, MSISDN; an account's name
    bool yes = false;                   // money may be moved
    std::vector<std::string> filters;   // "FIELD:COMPARATOR[:VALUE]"
    bool any = false;                   // of the filters is enough
    std::vector<std::string> sorts;     // "FIELD[:asc|desc]"
    std::optional<std::int64_t> offset; // 0 or more
    std::vector<std::string> kinds;
    std::optional<std::string> sim;
    std::optional<std::string> consumer; // events: as whom to read; not empty, never with `after`
    std::optional<std::int64_t> after;   // 0 or more
    std::optional<std::int64_t> limit;   // 1 or more
};

// Throws UsageError. --config and --log-level may stand before or behind the command.
Arguments parse_arguments(int argc, const char* const* argv);

} // namespace simsync::cli
