// The commands' options, for the units that tell CLI11 of them: no other includes it, for it costs each 5 s.
#pragma once

#include "cli/arguments.hpp"
#include "cli/option_values.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>

namespace simsync::cli
{

// Makes the command of what was given behind it. Throws UsageError for what cannot be meant.
using Finish = std::function<Command()>;

// Each tells CLI11 what may stand behind its command.

// database_options.cpp
Finish migrate_options(CLI::App& app, CommonArguments& common);
Finish status_options(CLI::App& app, CommonArguments& common);
Finish events_options(CLI::App& app, CommonArguments& common);
Finish consumer_options(CLI::App& app, CommonArguments& common);
Finish history_options(CLI::App& app, CommonArguments& common);
Finish find_options(CLI::App& app, CommonArguments& common);
Finish actions_options(CLI::App& app, CommonArguments& common);
Finish removals_options(CLI::App& app, CommonArguments& common);
Finish account_options(CLI::App& app, CommonArguments& common);
Finish schema_options(CLI::App& app, CommonArguments& common);

// api_options.cpp
Finish sync_options(CLI::App& app, CommonArguments& common);
Finish check_options(CLI::App& app, CommonArguments& common);
Finish sim_options(CLI::App& app, CommonArguments& common);

template<class Each>
Finish no_options(CLI::App&, CommonArguments&)
{
    return []() -> Command { return Each{}; };
}

// For a command of which nothing remains to be checked once CLI11 has read its options.
template<class Each>
Finish as_given(const std::shared_ptr<Each>& command)
{
    return [command]() -> Command { return *command; };
}

// The last lines of each command's help.
inline constexpr const char* common_options =
    "--config FILE and --log-level LEVEL as for every command: \"simsync --help\"";

inline void add_flag(CLI::App& app, const char* option, bool& flag, const char* description)
{
    app.add_flag(option, flag, description)->disable_flag_override();
}

inline void add_json(CLI::App& app, bool& json, const char* description = "One JSON document on stdout")
{
    add_flag(app, "--json", json, description);
}

inline void add_account(CLI::App& app, std::optional<std::string>& account)
{
    app.add_option("--account", account, "The account's name; may be left out where there is one")
        ->type_name("NAME");
}

// Given several times, with one value each.
inline void add_list(
    CLI::App& app, const char* option, std::vector<std::string>& values, const char* description,
    const char* type)
{
    app.add_option(option, values, description)->type_name(type)->allow_extra_args(false);
}

inline void add_number(
    CLI::App& app, const std::string& option, std::optional<std::int64_t>& number, std::int64_t least,
    const std::string& description, const char* type)
{
    app.add_option_function<std::string>(
           option,
           [&number, option, least](const std::string& text) { number = whole_number(option, text, least); },
           description)
        ->type_name(type);
}

} // namespace simsync::cli
