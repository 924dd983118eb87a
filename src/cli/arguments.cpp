// The command line by CLI11, and its mistakes in our own words.
#include "cli/arguments.hpp"

#include "cli/exit_code.hpp"
#include "config/suggestion.hpp"
#include "postgres/url_fault.hpp"
#include "simsync/model/action.hpp"
#include "simsync/model/event.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

namespace simsync::cli
{
namespace
{

constexpr const char* default_config = "/etc/simsync/simsync.toml";
constexpr std::array<std::string_view, 5> log_levels{"trace", "debug", "info", "warn", "error"};

constexpr const char* exit_codes =
    R"(--config and --log-level may also stand behind the command. "simsync COMMAND --help" tells more.

Exit codes: 0 done; 64 wrong usage; 65 the API's answer makes no sense; 69 API or database unreachable;
70 defect; 75 try again (another instance leads the account); 77 credentials or rights refused;
78 bad configuration)";

constexpr const char* common_options =
    "--config FILE and --log-level LEVEL as for every command: \"simsync --help\"";

// Digits only: CLI11 would take "010" for 8 and cap what is too large.
std::int64_t whole_number(const std::string& option, const std::string& text, std::int64_t least)
{
    std::int64_t number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < least)
        throw UsageError(
            option + " takes a whole number from " + std::to_string(least) + " to " +
                std::to_string(std::numeric_limits<std::int64_t>::max()) + ", not \"" + text + '"',
            "write it in digits: " + option + ' ' + std::to_string(std::max<std::int64_t>(least, 100)));
    return number;
}

CLI::Option* add_number(
    CLI::App& command, const std::string& option, std::optional<std::int64_t>& number, std::int64_t least,
    const std::string& description)
{
    return command.add_option_function<std::string>(
        option,
        [&number, option, least](const std::string& text) { number = whole_number(option, text, least); },
        description);
}

void add_account(CLI::App& command, Arguments& arguments)
{
    command
        .add_option("--account", arguments.accounts, "The account's name; may be left out where there is one")
        ->type_name("NAME")
        ->expected(1)
        ->allow_extra_args(false);
}

void add_flag(CLI::App& command, const char* option, bool& flag, const char* description)
{
    command.add_flag(option, flag, description)->disable_flag_override();
}

void add_json(
    CLI::App& command, Arguments& arguments, const char* description = "One JSON document on stdout")
{
    add_flag(command, "--json", arguments.json, description);
}

// Of commands that work with the database alone: whoever runs them may have a login of their own.
void add_database(CLI::App& command, Arguments& arguments)
{
    command
        .add_option(
            "--database", arguments.database,
            "Logs in there instead of [database] url: a libpq URI or conninfo string without a password")
        ->option_text("URL");
}

void add_run(CLI::App& app, Arguments&)
{
    app.add_subcommand("run", "Mirror until told to stop (foreground; systemd Type=notify)");
}

void add_reload(CLI::App& app, Arguments&)
{
    app.add_subcommand("reload", "Let the running daemon take the configuration anew; tells whether it did");
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
    add_flag(command, "--status", arguments.status, "Only tell which migrations are applied");
    add_flag(
        command, "--moved", arguments.moved,
        "The database was moved while simsync was stopped (dump and restore, pg_upgrade): its events go "
        "on being numbered");
    add_database(command, arguments);
}

void add_check(CLI::App& app, Arguments& arguments)
{
    auto& command = *app.add_subcommand(
        "check", "Configuration, database, rights, API, login and clock: one line each, with a HINT");
    add_json(command, arguments);
}

void add_status(CLI::App& app, Arguments& arguments)
{
    auto& command = *app.add_subcommand(
        "status", "Leader, freshness, last sweeps, events and held removals of each account");
    add_json(command, arguments);
    add_database(command, arguments);
}

// "Kinds: account.baselined sim.added …", a few lines.
std::string kinds_text()
{
    constexpr std::size_t longest_line = 100;
    std::string text = "Kinds:";
    std::size_t line_begin = 0;
    for (const auto kind : all_kinds())
    {
        const auto name = to_text(kind);
        if (text.size() - line_begin + 1 + name.size() > longest_line)
        {
            line_begin = text.size() + 1;
            text += "\n ";
        }
        text.append(1, ' ').append(name);
    }
    return text;
}

void add_events(CLI::App& app, Arguments& arguments)
{
    auto& command = *app.add_subcommand("events", "The change events, oldest first; times are UTC");
    add_account(command, arguments);
    command.add_option("--kind", arguments.kinds, "Only this kind (balance.low, …); may be repeated")
        ->type_name("KIND")
        ->allow_extra_args(false);
    command.add_option("--sim", arguments.sim, "Only the SIM with this id")->type_name("ID");
    add_number(command, "--after", arguments.after, 0, "Only the account's events after this seq")
        ->type_name("SEQ");
    add_number(command, "--limit", arguments.limit, 1, "At most so many")->type_name("N");
    add_flag(
        command, "--follow", arguments.follow,
        "Go on with events as they are committed; without --after or --consumer, only with new ones");
    command
        .add_option(
            "--consumer", arguments.consumer,
            "Read on behind what this consumer has had, and remember what is printed as had")
        ->type_name("NAME");
    add_json(command, arguments, "One JSON object a line on stdout");
    add_database(command, arguments);
    command.footer(kinds_text() + "\n\n" + common_options);
}

void add_history(CLI::App& app, Arguments& arguments)
{
    auto& command = *app.add_subcommand("history", "One SIM's life: its balance, and what happened to it");
    command.add_option("SIM", arguments.operands, "The SIM's id, as the API has it")->type_name("");
    add_account(command, arguments);
    add_json(command, arguments);
    add_database(command, arguments);
}

void add_schema(CLI::App& app, Arguments& arguments)
{
    auto& command = *app.add_subcommand(
        "schema", "The data dictionary: what every table, view, column and function means, as Markdown");
    add_database(command, arguments);
}

constexpr std::array<std::string_view, 3> removal_verbs{"list", "accept", "reject"};

void add_removals(CLI::App& app, Arguments& arguments)
{
    auto& command = *app.add_subcommand("removals", "Removals that the guard holds for a person to decide");
    command
        .add_option(
            "VERB", arguments.verb,
            "list (unless another is given); accept: they are gone; reject: they are not, keep their rows")
        ->type_name("");
    add_account(command, arguments);
    add_json(command, arguments);
    add_database(command, arguments);
    std::string usage;
    for (const auto verb : removal_verbs)
        usage += "  simsync removals " + std::string(verb) + '\n';
    command.footer(usage + '\n' + common_options);
}

constexpr std::array<std::string_view, 1> account_verbs{"retire"};

void add_account_command(CLI::App& app, Arguments& arguments)
{
    auto& command = *app.add_subcommand("account", "The end of an account that is no longer configured");
    command
        .add_option(
            "VERB", arguments.verb,
            "retire: its conditions end and views leave it out; its rows and events stay")
        ->type_name("");
    command.add_option("NAME", arguments.operands, "The account's name")->type_name("");
    add_json(command, arguments);
    add_database(command, arguments);
    command.footer("  simsync account retire NAME\n\n" + std::string(common_options));
}

std::vector<std::string_view> sim_verbs()
{
    std::vector<std::string_view> verbs{"list", "get"};
    for (const auto& operation : operations())
        verbs.push_back(operation.name);
    return verbs;
}

// "charge ID AMOUNT COMMENT --yes"
std::string usage_of(const Operation& operation)
{
    std::string usage = std::string(operation.name) + " ID";
    for (const auto& parameter : operation.parameters)
    {
        usage += ' ';
        for (const char c : parameter.name)
            usage += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return usage + (operation.moves_money ? " --yes" : "");
}

// The manual page and the completion of a shell are made from help: every verb stands there in a line of its
// own.
std::string verbs_text()
{
    std::string text = "  simsync sim list\n  simsync sim get ID\n\n"
                       "Actions, carried out by whoever leads the account:\n";
    for (const auto& operation : operations())
        text += "  simsync sim " + usage_of(operation) + '\n';
    return text;
}

void add_sim(CLI::App& app, Arguments& arguments)
{
    auto& command = *app.add_subcommand("sim", "SIMs as the API shows them now, and what is done to them");
    command
        .add_option(
            "VERB", arguments.verb, "list: those that fit; get ID: one of them; or an action: see below")
        ->type_name("");
    command
        .add_option(
            "OPERAND", arguments.operands, "The SIM's id, as the API has it, and what the action takes")
        ->type_name("");
    add_account(command, arguments);
    command
        .add_option(
            "--filter", arguments.filters,
            "FIELD:COMPARATOR[:VALUE], as in balance:LT:5; may be repeated, all must fit")
        ->type_name("FILTER")
        ->allow_extra_args(false);
    add_flag(command, "--any", arguments.any, "One fitting --filter is enough");
    command
        .add_option("--sort", arguments.sorts, "FIELD[:asc|desc]; may be repeated; id where none is given")
        ->type_name("SORT")
        ->allow_extra_args(false);
    add_number(command, "--offset", arguments.offset, 0, "Leaves out so many at the beginning")
        ->type_name("N");
    add_number(command, "--limit", arguments.limit, 1, "At most so many; else all")->type_name("N");
    add_json(command, arguments, "One JSON object a line on stdout");
    add_flag(command, "--csv", arguments.csv, "Comma-separated values with a header on stdout");
    add_flag(command, "--yes", arguments.yes, "Money may be moved");
    command.footer(
        verbs_text() +
        "\nComparators: EQ NEQ LT LTE GT GTE IN NIN (values with commas between) CONTAINS STARTS_WITH "
        "ENDS_WITH NULL\n\nFields: as the API names them, iccidPlastic, tariffExpiresAt and so on\n\n" +
        std::string(common_options));
}

void add_version(CLI::App& app, Arguments&)
{
    app.add_subcommand("version", "The program's version");
}

void add_common_options(CLI::App& app, Arguments& arguments)
{
    app.add_option(
           "--config", arguments.config,
           "The configuration; else $SIMSYNC_CONFIG, else " + std::string(default_config))
        ->option_text("FILE")
        ->envname("SIMSYNC_CONFIG");
    app.add_option(
           "--log-level", arguments.log_level, "Overrides [log] level: trace, debug, info, warn or error")
        ->type_name("LEVEL");
    app.set_version_flag("--version", "", "Print the program's version and exit");
}

void add_commands(CLI::App& app, Arguments& arguments)
{
    app.footer(common_options); // each command inherits it
    for (const auto add :
         {add_run, add_reload, add_sync, add_migrate, add_check, add_status, add_events, add_history,
          add_removals, add_account_command, add_sim, add_schema, add_version})
        add(app, arguments);
    for (auto* command : app.get_subcommands({}))
        command->group("Commands");
    app.footer(exit_codes);
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

UsageError unknown_command(const CLI::App& app, const std::string& word)
{
    std::vector<std::string_view> names;
    for (const auto* command : app.get_subcommands({}))
        names.push_back(command->get_name());
    return {"there is no command \"" + word + '"', hint_at(word, names)};
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

// A command line is seen by every user of the machine. Nothing of it is quoted.
void check_database(const std::optional<std::string>& url)
{
    if (!url)
        return;
    if (const auto fault = fault_in_database_url(*url))
        throw UsageError(
            "--database " + fault->what,
            fault->holds_a_secret
                ? "PGPASSFILE names a file with passwords, as for psql; without it that is ~/.pgpass"
                : fault->hint);
}

void check_log_level(const std::optional<std::string>& level)
{
    if (level && std::ranges::find(log_levels, *level) == log_levels.end())
        throw UsageError("--log-level knows no \"" + *level + '"', hint_at(*level, log_levels));
}

void check_verb(const std::string& command, const std::string& verb)
{
    std::vector<std::string_view> verbs(removal_verbs.begin(), removal_verbs.end());
    if (command == "sim")
        verbs = sim_verbs();
    if (command == "account")
        verbs = {account_verbs.begin(), account_verbs.end()};
    if (!verb.empty() && std::ranges::find(verbs, verb) == verbs.end())
        throw UsageError("simsync " + command + " cannot \"" + verb + '"', hint_at(verb, verbs));
}

void check_operands(const Arguments& arguments)
{
    if (arguments.verb.empty())
        throw UsageError(
            "simsync sim needs to know what to do", "simsync sim list, simsync sim get ID, or an action");
    const auto* operation = operation_named(arguments.verb);
    const bool get = arguments.verb == "get";
    const auto usage = "simsync sim " + (operation != nullptr ? usage_of(*operation)
                                         : get                ? "get ID"
                                                              : "list");
    const std::size_t wanted = operation != nullptr ? 1 + operation->parameters.size() : get ? 1 : 0;
    if (arguments.operands.empty() && wanted > 0)
        throw UsageError("simsync sim " + arguments.verb + " needs the id of a SIM", usage);
    if (arguments.operands.size() < wanted)
        throw UsageError("simsync sim " + arguments.verb + " needs more than the id of a SIM", usage);
    if (arguments.operands.size() > wanted)
        throw UsageError(
            "simsync sim " + arguments.verb + " takes no \"" + arguments.operands[wanted] + '"', usage);
    if (operation != nullptr && operation->moves_money && !arguments.yes)
        throw UsageError(
            "simsync sim " + arguments.verb + " moves money and was not told --yes",
            "look at the amount again, then add --yes");
    if (arguments.json && arguments.csv)
        throw UsageError("--json and --csv exclude each other", "leave one of them out");
}

void check_account(const Arguments& arguments)
{
    const std::string usage = "simsync account retire NAME";
    if (arguments.operands.empty())
        throw UsageError("simsync account needs to know what to do with which account", usage);
    if (arguments.operands.size() > 1)
        throw UsageError("simsync account retire takes no \"" + arguments.operands[1] + '"', usage);
}

void check_history(const std::vector<std::string>& sims)
{
    if (sims.empty())
        throw UsageError("simsync history needs the id of a SIM", "simsync history SIM");
    if (sims.size() > 1)
        throw UsageError("simsync history takes no \"" + sims[1] + '"', "simsync history SIM");
}

void check_consumer(const Arguments& arguments)
{
    if (arguments.consumer && arguments.consumer->empty())
        throw UsageError("--consumer needs a name", "for example --consumer pager");
    if (arguments.consumer && arguments.after)
        throw UsageError(
            "--consumer and --after exclude each other",
            "a consumer goes on where it was; to look again, leave --consumer out");
}

void check_kinds(const std::vector<std::string>& kinds)
{
    std::vector<std::string_view> names;
    for (const auto kind : all_kinds())
        names.push_back(to_text(kind));
    for (const auto& kind : kinds)
        if (!kind_named(kind))
        {
            const auto meant = nearest(kind, names);
            throw UsageError(
                "\"" + kind + "\" is no kind of event",
                meant ? "did you mean \"" + std::string(*meant) + "\"?"
                      : "simsync events --help lists the kinds, for example balance.low");
        }
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

} // namespace

Arguments parse_arguments(int argc, const char* const* argv)
{
    Arguments arguments;
    CLI::App app{"Keeps a PostgreSQL mirror of every SIM card of a telecom partner account", "simsync"};
    app.require_subcommand(1);
    app.allow_extras(); // refuse_leftovers has better words
    app.fallthrough();  // --config behind the command
    app.get_formatter()->label("SUBCOMMAND", "COMMAND");
    add_common_options(app, arguments);
    add_commands(app, arguments);
    try
    {
        parse(app, argc, argv);
    }
    catch (const CLI::CallForHelp&)
    {
        arguments.command = "help";
        arguments.help = app.help(); // the command's, where one was given
        return arguments;
    }
    catch (const CLI::CallForVersion&)
    {
        arguments.command = "version";
        return arguments;
    }
    check_log_level(arguments.log_level);
    check_database(arguments.database);
    arguments.command = app.get_subcommands().front()->get_name();
    check_verb(arguments.command, arguments.verb);
    if (arguments.command == "sim")
        check_operands(arguments);
    if (arguments.command == "account")
        check_account(arguments);
    if (arguments.command == "history")
        check_history(arguments.operands);
    check_kinds(arguments.kinds);
    check_consumer(arguments);
    if (arguments.config.empty())
        arguments.config = default_config;
    return arguments;
}

} // namespace simsync::cli
