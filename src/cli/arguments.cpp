// The command line by CLI11. Calls nobody; called by main.
#include "cli/arguments.hpp"

#include "cli/exit_code.hpp"
#include "simsync/model/event.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>
#include <functional>

namespace simsync::cli
{
namespace
{

constexpr const char* default_config = "/etc/simsync/simsync.toml";

void add_account(CLI::App& command, Arguments& arguments)
{
    command
        .add_option("--account", arguments.accounts, "The account's name; may be left out where there is one")
        ->type_name("NAME")
        ->expected(1)
        ->allow_extra_args(false);
}

void add_json(CLI::App& command, Arguments& arguments)
{
    command.add_flag("--json", arguments.json, "JSON on stdout, nothing else");
}

void add_run(CLI::App& app, Arguments&)
{
    app.add_subcommand("run", "Mirror until told to stop (foreground; systemd Type=notify)");
}

void add_sync(CLI::App& app, Arguments& arguments)
{
    auto& command = *app.add_subcommand("sync", "One full sweep of each account, then exit");
    command.add_option("--account", arguments.accounts, "Only this account; may be repeated")
        ->type_name("NAME")
        ->allow_extra_args(false);
    add_json(command, arguments);
}

void add_migrate(CLI::App& app, Arguments& arguments)
{
    auto& command = *app.add_subcommand("migrate", "Bring the database schema up to date");
    command.add_flag("--status", arguments.status, "Only tell which migrations are applied");
}

void add_status(CLI::App& app, Arguments& arguments)
{
    auto& command = *app.add_subcommand(
        "status", "Leader, freshness, last sweeps, events and held removals of each account");
    add_json(command, arguments);
}

void add_events(CLI::App& app, Arguments& arguments)
{
    auto& command = *app.add_subcommand("events", "The change events, oldest first");
    add_account(command, arguments);
    command.add_option("--kind", arguments.kinds, "Only this kind (balance.low, …); may be repeated")
        ->type_name("KIND")
        ->allow_extra_args(false);
    command.add_option("--sim", arguments.sim, "Only this SIM")->type_name("ID");
    command.add_option("--after", arguments.after, "Only events after this seq")
        ->type_name("SEQ")
        ->check(CLI::NonNegativeNumber);
    command.add_option("--limit", arguments.limit, "At most so many")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    command.add_flag("--follow", arguments.follow, "Go on with new events as they are committed");
    add_json(command, arguments);
}

void add_version(CLI::App& app, Arguments&)
{
    app.add_subcommand("version", "The program's version");
}

void check_kinds(const std::vector<std::string>& kinds)
{
    for (const auto& kind : kinds)
        if (!kind_named(kind))
            throw UsageError("\"" + kind + "\" is no kind of event",
                             "kinds are written as in `select distinct kind from simsync.change_event`, "
                             "for example sim.blocked or balance.low");
}

} // namespace

Arguments parse_arguments(int argc, const char* const* argv)
{
    Arguments arguments;
    CLI::App app{"Keeps a PostgreSQL mirror of every SIM card of a telecom partner account", "simsync"};
    app.require_subcommand(1);
    app.option_defaults()->always_capture_default(false);
    arguments.config = default_config;
    app.add_option("--config", arguments.config, "The configuration; else $SIMSYNC_CONFIG, else the default")
        ->type_name("FILE")
        ->envname("SIMSYNC_CONFIG")
        ->capture_default_str();
    app.add_option("--log-level", arguments.log_level, "Overrides [log] level")
        ->type_name("LEVEL")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}));
    for (const auto add : {add_run, add_sync, add_migrate, add_status, add_events, add_version})
        add(app, arguments);

    try
    {
        app.parse(argc, argv);
    }
    catch (const CLI::CallForHelp&)
    {
        const auto chosen = app.get_subcommands();
        arguments.command = "help";
        arguments.help = chosen.empty() ? app.help() : chosen.front()->help();
        return arguments;
    }
    catch (const CLI::ParseError& error)
    {
        throw UsageError(error.what(),
                         "simsync --help lists the commands, simsync COMMAND --help its options");
    }
    check_kinds(arguments.kinds);
    arguments.command = app.get_subcommands().front()->get_name();
    return arguments;
}

} // namespace simsync::cli
