// The command line by CLI11, and its mistakes in our own words: which commands there are, what all of them
// take, and what is said of words that belong nowhere. What one command takes: database_options.cpp,
// api_options.cpp.
#include "cli/arguments.hpp"

#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "model/suggestion.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace simsync::cli
{
namespace
{

constexpr const char* default_config = "/etc/simsync/simsync.toml";

constexpr const char* exit_codes =
    R"(--config and --log-level may also stand behind the command. "simsync COMMAND --help" tells more.

Exit codes: 0 done; 1 status --check warns; 2 status --check finds something critical; 64 wrong usage;
65 the API's answer makes no sense; 69 API or database unreachable; 70 defect;
75 try again (another instance leads the account); 77 credentials or rights refused; 78 bad configuration)";

UsageError unknown_command(const CLI::App& app, const std::string& word)
{
    std::vector<std::string_view> names;
    for (const auto* command : app.get_subcommands({}))
        names.push_back(command->get_name());
    return {"there is no command \"" + word + '"', hint_at(word, names)};
}

// The text is the same as that of `simsync COMMAND --help`, and of `simsync --help` where none is named.
Finish help_options(CLI::App& app, CommonArguments&)
{
    const auto words = std::make_shared<std::vector<std::string>>();
    app.add_option("COMMAND", *words, "The command to tell of; the program where none is named")
        ->type_name("");
    return [words, &root = *app.get_parent()]() -> Command
    {
        if (words->empty())
            return HelpCommand{
                root.get_formatter()->make_help(&root, root.get_name(), CLI::AppFormatMode::Normal)};
        if (words->size() > 1)
            throw UsageError(
                "simsync help takes no \"" + (*words)[1] + '"', "simsync help " + words->front());
        for (const auto* command : root.get_subcommands({}))
            if (command->get_name() == words->front())
                return HelpCommand{command->help(root.get_name())};
        throw unknown_command(root, words->front());
    };
}

struct Row
{
    const char* name;
    const char* description;
    Finish (*add_options)(CLI::App&, CommonArguments&);
};

// In the order of --help.
constexpr std::array rows{
    Row{"run", "Mirror until told to stop (foreground; systemd Type=notify)", no_options<RunCommand>},
    Row{"reload", "Let the running daemon take the configuration anew; tells whether it did",
        no_options<ReloadCommand>},
    Row{"sync", "One full sweep of each account, then exit", sync_options},
    Row{"migrate", "Bring the database schema up to date", migrate_options},
    Row{"check", "Configuration, database, rights, API, login and clock: one line each, with a HINT",
        check_options},
    Row{"status", "Leader, freshness, last sweeps, events and held removals of each account", status_options},
    Row{"events", "The change events, oldest first; times are UTC", events_options},
    Row{"consumer", "Who reads the events and how far, sinks included, and the steps that move one",
        consumer_options},
    Row{"history", "One SIM's life: its balance, and what happened to it", history_options},
    Row{"find", "The mirror's SIMs by what is known of them: a number, the end of an ICCID, a description",
        find_options},
    Row{"actions", "Who did what to which SIM, when, and how it ended; times are UTC", actions_options},
    Row{"removals", "Removals that the guard holds for a person to decide", removals_options},
    Row{"account", "The end of an account that is no longer configured", account_options},
    Row{"sim", "SIMs as the API shows them now, and what is done to them", sim_options},
    Row{"schema", "The data dictionary: what every table, view, column and function means, as Markdown",
        schema_options},
    Row{"help", "What a command does and takes: the same as simsync COMMAND --help", help_options},
    Row{"version", "The program's version", no_options<VersionCommand>},
};

void add_common_options(CLI::App& app, CommonArguments& common)
{
    app.add_option(
           "--config", common.config,
           "The configuration; else $SIMSYNC_CONFIG, else " + std::string(default_config))
        ->option_text("FILE")
        ->envname("SIMSYNC_CONFIG");
    app.add_option(
           "--log-level", common.log_level, "Overrides [log] level: trace, debug, info, warn or error")
        ->type_name("LEVEL");
    app.set_version_flag("--version", "", "Print the program's version and exit");
}

using Finishes = std::map<std::string, Finish>;

Finishes add_commands(CLI::App& app, CommonArguments& common)
{
    Finishes finishes;
    app.footer(common_options); // each command inherits it
    for (const auto& row : rows)
    {
        auto& command = *app.add_subcommand(row.name, row.description);
        command.group("Commands");
        finishes.emplace(row.name, row.add_options(command, common));
    }
    app.footer(exit_codes);
    return finishes;
}

// "simsync events", or "simsync" where no command was found.
std::string place(const CLI::App& app)
{
    const auto chosen = app.get_subcommands();
    return chosen.empty() ? app.get_name() : app.get_name() + ' ' + chosen.front()->get_name();
}

std::string help_hint(const CLI::App& app)
{
    return app.get_subcommands().empty()
               ? "simsync --help lists the commands, simsync COMMAND --help its options"
               : place(app) + " --help lists its options";
}

// Of all commands and of the command that was given.
std::vector<std::string> option_names(const CLI::App& app)
{
    std::vector<const CLI::App*> apps{&app};
    for (const auto* chosen : app.get_subcommands())
        apps.push_back(chosen);
    std::vector<std::string> names;
    for (const auto* each : apps)
        for (const auto* option : each->get_options())
            for (const auto& name : option->get_lnames())
                names.push_back("--" + name);
    return names;
}

UsageError unknown_option(const CLI::App& app, const std::string& argument)
{
    const auto option = argument.substr(0, argument.find('='));
    const auto names = option_names(app);
    if (std::ranges::find(names, option) != names.end())
        return {option + " belongs behind the command", place(app) + ' ' + option};
    const auto meant = nearest(option, std::vector<std::string_view>(names.begin(), names.end()));
    return {
        place(app) + " has no option " + option,
        meant ? "did you mean " + std::string(*meant) + '?' : help_hint(app)};
}

// What CLI11 found no place for. An option's value is among it too: the option comes first.
void refuse_leftovers(const CLI::App& app)
{
    const auto is_option = [](const std::string& word) { return word.starts_with('-'); };
    const auto leftovers = app.remaining(true);
    const bool no_command = app.get_subcommands().empty();
    if (no_command && !leftovers.empty() && !is_option(leftovers.front()))
        throw unknown_command(app, leftovers.front());
    if (const auto option = std::ranges::find_if(leftovers, is_option); option != leftovers.end())
        throw unknown_option(app, *option);
    if (no_command)
        throw UsageError("a command is missing", help_hint(app));
    if (!leftovers.empty())
        throw UsageError(place(app) + " takes no \"" + leftovers.front() + '"', help_hint(app));
}

// CLI11 tells them apart in its text alone: "json was given a disallowed flag override", "--sim: 1 required
// ID missing", "--sim: At Most 1 required but received 2".
std::string sentence(const CLI::ArgumentMismatch& error)
{
    const std::string text = error.what();
    const auto option = text.substr(0, text.find_first_of(": "));
    if (text.ends_with("flag override"))
        return "--" + option + " takes no value";
    return option + (text.ends_with("missing") ? " needs a value" : " can be given only once");
}

// Throws UsageError for what CLI11 complains of, CLI::Success where help or the version was asked for.
void parse(CLI::App& app, int argc, const char* const* argv)
{
    try
    {
        app.parse(argc, argv);
    }
    catch (const CLI::Success&)
    {
        throw;
    }
    catch (const CLI::ArgumentMismatch& error)
    {
        throw UsageError(sentence(error), help_hint(app));
    }
    catch (const CLI::RequiredError&)
    {
        // No command: refuse_leftovers sees what stands in its place.
    }
    catch (const CLI::ParseError& error)
    {
        throw UsageError(error.what(), help_hint(app));
    }
    refuse_leftovers(app);
}

void check(CommonArguments& common)
{
    if (common.log_level)
        require_log_level(*common.log_level);
    if (common.database)
        require_database_url(*common.database);
    if (common.config.empty())
        common.config = default_config;
}

} // namespace

Arguments parse_arguments(int argc, const char* const* argv)
{
    CommonArguments common;
    CLI::App app{"Keeps a PostgreSQL mirror of every SIM card of a telecom partner account", "simsync"};
    app.require_subcommand(1);
    app.allow_extras(); // refuse_leftovers has better words
    app.fallthrough();  // --config behind the command
    app.get_formatter()->label("SUBCOMMAND", "COMMAND");
    add_common_options(app, common);
    const auto finishes = add_commands(app, common);
    try
    {
        parse(app, argc, argv);
    }
    catch (const CLI::CallForHelp&)
    {
        return {std::move(common), HelpCommand{app.help()}}; // the command's, where one was given
    }
    catch (const CLI::CallForVersion&)
    {
        return {std::move(common), VersionCommand{}};
    }
    check(common);
    auto command = finishes.at(app.get_subcommands().front()->get_name())();
    return {std::move(common), std::move(command)};
}

} // namespace simsync::cli
