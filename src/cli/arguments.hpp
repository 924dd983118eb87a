// The command line as plain values: what every command takes, and a struct for each command. Whoever reads
// them need not know CLI11.
#pragma once

#include "model/removal.hpp"
#include "simsync/model/action.hpp"
#include "simsync/model/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace simsync::cli
{

struct CommonArguments
{
    std::string config; // --config, else $SIMSYNC_CONFIG, else /etc/simsync/simsync.toml; never empty
    std::optional<std::string> log_level; // trace, debug, info, warn or error
    // Of commands that work with the database alone: instead of [database] url; holds no password.
    std::optional<std::string> database;
};

struct HelpCommand
{
    std::string text; // the program's, or that of the command that was given
};

struct VersionCommand
{
};

struct RunCommand
{
};

struct ReloadCommand
{
};

struct SyncCommand
{
    std::vector<std::string> accounts; // none: all
    bool json = false;
};

struct MigrateCommand
{
    bool status = false; // only look
    bool moved = false;
    bool search = false;     // the index for searches as well; never with `no_search`
    bool no_search = false;  // without it
    bool publisher = false;  // what subscribers get is published as well
    bool subscriber = false; // never with `publisher`, `moved`
};

struct CheckCommand
{
    bool json = false;
};

struct StatusCommand
{
    bool check = false; // judge, and exit by the verdict
    bool json = false;
};

struct EventsCommand
{
    std::optional<std::string> account;
    std::vector<std::string> kinds; // each is one; none: all
    std::optional<std::string> sim;
    std::string match; // of model/event_match, and is one; empty: all
    std::optional<Timestamp> since;
    std::optional<Timestamp> until; // never with `follow`
    std::optional<std::string>
        consumer;                      // as whom to read; not empty, never with a place to begin or to end at
    bool from_now = false;             // `consumer`, where it is new: with what happens from now on
    std::optional<std::string> exec;   // a shell command for each event; with `consumer` only, not empty
    std::optional<std::int64_t> after; // 0 or more
    std::optional<std::int64_t> first; // not more than so many, 1 or more
    std::optional<std::int64_t> last;  // only the newest so many, 1 or more; never with `first`
    bool follow = false;
    bool json = false;
};

enum class ConsumerVerb
{
    list,
    skip,
    seek,
    restart,
    remove,
};

// Where a consumer begins anew: with the oldest event that is kept, with that one, else with what happens
// from now on.
struct ConsumerStart
{
    bool oldest = false;
    std::optional<std::int64_t> seq; // 1 or more
};

struct ConsumerCommand
{
    ConsumerVerb verb = ConsumerVerb::list;
    std::optional<std::string> consumer; // its name; may be missing for `list` only
    std::optional<std::string> account;
    std::int64_t number = 1; // skip: so many events, 1 or more; seek: behind this one, 0 or more
    ConsumerStart from;      // restart
    bool yes = false;
    bool json = false;
};

struct HistoryCommand
{
    std::optional<std::string> account;
    std::string sim; // what `find` takes
    bool json = false;
};

struct FindCommand
{
    std::optional<std::string> account; // none: all
    std::string term;                   // not empty
    std::int64_t limit = 20;            // 1 or more
    bool json = false;
};

struct ActionsCommand
{
    std::optional<std::string> account;
    std::optional<std::string> sim; // what `find` takes
    std::int64_t last = 20;         // 1 or more
    bool json = false;
};

struct RemovalsCommand
{
    Decision decision = Decision::none; // none: list what is held
    std::optional<std::string> account;
    bool json = false;
};

struct AccountRetireCommand
{
    std::string name;
    bool json = false;
};

struct SchemaCommand
{
};

struct SimListCommand
{
    std::optional<std::string> account;
    std::vector<std::string> filters;   // "FIELD:COMPARATOR[:VALUE]"
    bool any = false;                   // of the filters is enough
    std::vector<std::string> sorts;     // "FIELD[:asc|desc]"
    std::optional<std::int64_t> offset; // 0 or more
    std::optional<std::int64_t> limit;  // 1 or more
    bool json = false;                  // never with `csv`
    bool csv = false;
};

struct SimGetCommand
{
    std::optional<std::string> account;
    std::string sim;   // what `find` takes
    bool json = false; // never with `csv`
    bool csv = false;
};

// One operation on a SIM, with its arguments. Where it moves money, --yes was given: without it this is not
// made.
struct SimActionCommand
{
    std::optional<std::string> account;
    const Operation* operation = nullptr; // never null
    std::string sim;                      // what `find` takes
    ActionArguments arguments;            // one for each parameter, unread
    bool json = false;
};

// The same operation on many SIMs. Where it moves money, --yes was given, or nothing is to be done.
struct SimBulkCommand
{
    std::optional<std::string> account;   // none: all
    const Operation* operation = nullptr; // never null
    ActionArguments arguments;            // one for each parameter, unread
    std::string from;                     // a file, or "-": stdin
    std::string report;                   // a file; empty: none
    bool dry_run = false;
    bool json = false;
};

using Command = std::variant<
    HelpCommand, VersionCommand, RunCommand, ReloadCommand, SyncCommand, MigrateCommand, CheckCommand,
    StatusCommand, EventsCommand, ConsumerCommand, HistoryCommand, FindCommand, ActionsCommand,
    RemovalsCommand, AccountRetireCommand, SchemaCommand, SimListCommand, SimGetCommand, SimActionCommand,
    SimBulkCommand>;

struct Arguments
{
    CommonArguments common;
    Command command;
};

// --config and --log-level may stand before or behind the command. Throws UsageError.
Arguments parse_arguments(int argc, const char* const* argv);

} // namespace simsync::cli
