// Options of the commands that work with the database alone. Whoever runs them may have a login of their own,
// so each takes --database.
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "simsync/model/event.hpp"

namespace simsync::cli
{
namespace
{

void add_database(CLI::App& app, CommonArguments& common)
{
    app.add_option(
           "--database", common.database,
           "Logs in there instead of [database] url: a libpq URI or conninfo string without a password")
        ->option_text("URL");
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

const std::string check_codes =
    R"(With --check: 0 all is well; 1 warning: fields that drift, values set aside, actions that ended unknown,
housekeeping, a consumer that sleeps; 2 critical: a stale mirror, refused credentials, a list without anybody,
held removals, a consumer whose numbering is over, a configured account that was never mirrored, or nothing
can be told, for example for want of the database.)";

void require_consistent_position(const EventsCommand& command)
{
    if (command.consumer && command.consumer->empty())
        throw UsageError("--consumer needs a name", "for example --consumer pager");
    if (command.consumer && command.after)
        throw UsageError(
            "--consumer and --after exclude each other",
            "a consumer goes on where it was; to look again, leave --consumer out");
}

} // namespace

Finish migrate_options(CLI::App& app, CommonArguments& common)
{
    const auto command = std::make_shared<MigrateCommand>();
    add_flag(app, "--status", command->status, "Only tell which migrations are applied");
    add_flag(
        app, "--moved", command->moved,
        "The database was moved while simsync was stopped (dump and restore, pg_upgrade): its events go "
        "on being numbered");
    add_database(app, common);
    return as_given(command);
}

Finish status_options(CLI::App& app, CommonArguments& common)
{
    const auto command = std::make_shared<StatusCommand>();
    add_flag(
        app, "--check", command->check,
        "Judge, for cron and Nagios: one line first, and the exit code says how it stands");
    add_json(app, command->json);
    add_database(app, common);
    app.footer(check_codes + "\n\n" + common_options);
    return as_given(command);
}

Finish events_options(CLI::App& app, CommonArguments& common)
{
    const auto command = std::make_shared<EventsCommand>();
    add_account(app, command->account);
    add_list(app, "--kind", command->kinds, "Only this kind (balance.low, …); may be repeated", "KIND");
    app.add_option("--sim", command->sim, "Only the SIM with this id")->type_name("ID");
    add_number(app, "--after", command->after, 0, "Only the account's events after this seq", "SEQ");
    add_number(app, "--limit", command->limit, 1, "At most so many", "N");
    add_flag(
        app, "--follow", command->follow,
        "Go on with events as they are committed; without --after or --consumer, only with new ones");
    app.add_option(
           "--consumer", command->consumer,
           "Read on behind what this consumer has had, and remember what is printed as had")
        ->type_name("NAME");
    add_json(app, command->json, "One JSON object a line on stdout");
    add_database(app, common);
    app.footer(kinds_text() + "\n\n" + common_options);
    return [command]() -> Command
    {
        require_kinds(command->kinds);
        require_consistent_position(*command);
        return *command;
    };
}

Finish history_options(CLI::App& app, CommonArguments& common)
{
    const auto command = std::make_shared<HistoryCommand>();
    const auto sims = std::make_shared<std::vector<std::string>>();
    app.add_option("SIM", *sims, "The SIM's id, as the API has it")->type_name("");
    add_account(app, command->account);
    add_json(app, command->json);
    add_database(app, common);
    return [command, sims]() -> Command
    {
        if (sims->empty())
            throw UsageError("simsync history needs the id of a SIM", "simsync history SIM");
        if (sims->size() > 1)
            throw UsageError("simsync history takes no \"" + (*sims)[1] + '"', "simsync history SIM");
        command->sim = sims->front();
        return *command;
    };
}

Finish removals_options(CLI::App& app, CommonArguments& common)
{
    static constexpr std::array<std::string_view, 3> verbs{"list", "accept", "reject"};
    const auto command = std::make_shared<RemovalsCommand>();
    const auto verb = std::make_shared<std::string>();
    app.add_option(
           "VERB", *verb,
           "list (unless another is given); accept: they are gone; reject: they are not, keep their rows")
        ->type_name("");
    add_account(app, command->account);
    add_json(app, command->json);
    add_database(app, common);
    std::string usage;
    for (const auto each : verbs)
        usage += "  simsync removals " + std::string(each) + '\n';
    app.footer(usage + '\n' + common_options);
    return [command, verb]() -> Command
    {
        if (!verb->empty())
            require_verb("simsync removals", *verb, verbs);
        if (*verb == "accept")
            command->decision = Decision::accepted;
        if (*verb == "reject")
            command->decision = Decision::rejected;
        return *command;
    };
}

Finish account_options(CLI::App& app, CommonArguments& common)
{
    static constexpr std::array<std::string_view, 1> verbs{"retire"};
    const auto command = std::make_shared<AccountRetireCommand>();
    const auto verb = std::make_shared<std::string>();
    const auto names = std::make_shared<std::vector<std::string>>();
    app.add_option(
           "VERB", *verb, "retire: its conditions end and views leave it out; its rows and events stay")
        ->type_name("");
    app.add_option("NAME", *names, "The account's name")->type_name("");
    add_json(app, command->json);
    add_database(app, common);
    app.footer("  simsync account retire NAME\n\n" + std::string(common_options));
    return [command, verb, names]() -> Command
    {
        const std::string usage = "simsync account retire NAME";
        if (!verb->empty())
            require_verb("simsync account", *verb, verbs);
        if (names->empty())
            throw UsageError("simsync account needs to know what to do with which account", usage);
        if (names->size() > 1)
            throw UsageError("simsync account retire takes no \"" + (*names)[1] + '"', usage);
        command->name = names->front();
        return *command;
    };
}

Finish schema_options(CLI::App& app, CommonArguments& common)
{
    add_database(app, common);
    return as_given(std::make_shared<SchemaCommand>());
}

} // namespace simsync::cli
