// Options of the commands that work with the database alone. Whoever runs them may have a login of their own,
// so each takes --database.
#include "cli/consumer_words.hpp"
#include "cli/events_words.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "simsync/model/event.hpp"

#include <array>
#include <chrono>

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
    R"(With --check: 0 all is well; 1 warning: fields that drift, values set aside, actions that ended unknown, events
that were lost (both of the last day), housekeeping, a consumer that sleeps; 2 critical: a stale mirror, refused credentials, a list without anybody,
held removals, a consumer that is down or cannot read on, a configured account that was never mirrored, or nothing
can be told, for example for want of the database.)";

} // namespace

Finish migrate_options(CLI::App& app, CommonArguments& common)
{
    const auto command = std::make_shared<MigrateCommand>();
    add_flag(app, "--status", command->status, "Only tell which migrations are applied");
    add_flag(
        app, "--moved", command->moved,
        "The database was moved while simsync was stopped (dump and restore, pg_upgrade): its events go "
        "on being numbered");
    add_flag(
        app, "--search", command->search,
        "Build the index by which a search finds any part of a number at once, for fleets beyond 250,000 "
        "SIMs; "
        "mirroring goes on meanwhile");
    add_flag(app, "--no-search", command->no_search, "Drop that index");
    add_flag(
        app, "--publisher", command->publisher,
        "Publish the mirror, for databases of other clusters that subscribe to it");
    add_flag(
        app, "--subscriber", command->subscriber,
        "The database subscribes to another one's mirror: it can be read, and nothing is mirrored into it");
    add_database(app, common);
    return [command]() -> Command
    {
        const GivenOption status{"--status", command->status};
        const GivenOption no_search{"--no-search", command->no_search};
        const GivenOption publisher{"--publisher", command->publisher};
        const GivenOption moved{"--moved", command->moved};
        require_one({"--search", command->search}, {no_search, status}, "leave one of them out");
        require_one(no_search, {status}, "--status only looks");
        require_one(publisher, {status}, "--status only looks");
        require_one(
            {"--subscriber", command->subscriber}, {status, publisher, moved},
            "say what the database is: the one that is mirrored into, or one that follows it");
        return *command;
    };
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
    const auto words = std::make_shared<EventsWords>();
    auto& command = words->command;
    add_account(app, command.account);
    add_list(
        app, "--kind", command.kinds, "Only this kind, or those of a pattern (tariff.*); may be repeated",
        "KIND");
    app.add_option("--sim", command.sim, "Only the SIM with this id")->type_name("ID");
    app.add_option(
           "--cause", words->cause, "Only what was seen by a sweep, an action, the clock, operator or daemon")
        ->type_name("CAUSE");
    app.add_option(
           "--match", command.match, "Only what fits: kind = sim.* and description ~ truck (see README)")
        ->type_name("MATCH");
    app.add_option(
           "--since", words->since, "Only what was seen at that time (RFC 3339) or later; 2h: two hours ago")
        ->type_name("TIME");
    app.add_option("--until", words->until, "Only what was seen before that time")->type_name("TIME");
    add_number(app, "--after", command.after, 0, "Only the account's events after this seq", "SEQ");
    add_number(app, "--last", command.last, 1, "Only the newest so many; with --follow, and then on", "N");
    add_number(
        app, "--limit", words->limit, 1,
        "At most so many: the first behind --after, --since, --consumer or with --follow, else the newest",
        "N");
    add_flag(
        app, "--follow", command.follow,
        "Go on with events as they are committed; without a place to begin at, only with new ones");
    app.add_option(
           "--consumer", command.consumer,
           "Read on behind what this consumer has had, and remember what is printed as had")
        ->type_name("NAME");
    app.add_option(
           "--from", words->from,
           "A consumer that is new begins with what happens from now on; oldest, unless given: with all "
           "that is kept")
        ->option_text("now|oldest");
    app.add_option(
           "--exec", command.exec,
           "Run this shell command for each event of the consumer, its JSON on stdin; 0 is had, else again")
        ->option_text("COMMAND");
    add_json(app, command.json, "One JSON object a line on stdout");
    add_database(app, common);
    app.footer(kinds_text() + "\n\n" + common_options);
    return [words]() -> Command
    {
        const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
        return events_command(*words, now);
    };
}

namespace
{

constexpr const char* consumer_usage = R"(  simsync consumer list
  simsync consumer skip NAME
  simsync consumer seek NAME --after SEQ
  simsync consumer restart NAME --from now
  simsync consumer remove NAME

A sink of the configuration is the consumer sink:NAME. What a step would deliver, and what it leaves out, is said
before it is done: list NAME shows it for each, and does nothing.

)";

} // namespace

Finish consumer_options(CLI::App& app, CommonArguments& common)
{
    const auto words = std::make_shared<ConsumerWords>();
    app.add_option(
           "VERB", words->verb,
           "list (unless another is given); skip: leaves out what stands in the way; seek: to another place; "
           "restart: also one that cannot read on; remove")
        ->type_name("");
    app.add_option("NAME", words->names, "The consumer")->type_name("");
    add_account(app, words->command.account);
    add_number(app, "--count", words->count, 1, "skip: so many events instead of one", "N");
    add_number(app, "--after", words->after, 0, "seek: the next event that it gets is the one after", "SEQ");
    app.add_option(
           "--from", words->from,
           "restart: with what happens from now on, with the oldest event that is kept, or with that one")
        ->option_text("now|oldest|SEQ");
    add_flag(app, "--yes", words->command.yes, "Does it without asking");
    add_json(app, words->command.json);
    add_database(app, common);
    app.footer(consumer_usage + std::string(common_options));
    return [words]() -> Command { return consumer_command(*words); };
}

Finish history_options(CLI::App& app, CommonArguments& common)
{
    const auto command = std::make_shared<HistoryCommand>();
    const auto sims = std::make_shared<std::vector<std::string>>();
    app.add_option("SIM", *sims, "The SIM's id, or what simsync find takes where it fits one SIM")
        ->type_name("");
    add_account(app, command->account);
    add_json(app, command->json);
    add_database(app, common);
    return [command, sims]() -> Command
    {
        if (sims->empty() || sims->front().empty())
            throw UsageError("simsync history needs the id of a SIM", "simsync history SIM");
        if (sims->size() > 1)
            throw UsageError("simsync history takes no \"" + (*sims)[1] + '"', "simsync history SIM");
        command->sim = sims->front();
        return *command;
    };
}

Finish find_options(CLI::App& app, CommonArguments& common)
{
    const auto command = std::make_shared<FindCommand>();
    const auto words = std::make_shared<std::vector<std::string>>();
    const auto limit = std::make_shared<std::optional<std::int64_t>>();
    app.add_option(
           "TERM", *words,
           "An id, the end of an ICCID, an IMEI, a phone number or its end (with or without + and blanks), "
           "or "
           "a part of the description; several words are one term")
        ->type_name("");
    app.add_option("--account", command->account, "Only this account's; else those of all")
        ->type_name("NAME");
    add_number(app, "--limit", *limit, 1, "At most so many; 20 where it is not given", "N");
    add_json(app, command->json);
    add_database(app, common);
    return [command, words, limit]() -> Command
    {
        for (const auto& word : *words)
            command->term.append(command->term.empty() ? "" : " ").append(word);
        if (command->term.find_first_not_of(' ') == std::string::npos)
            throw UsageError("simsync find needs something to look for", "simsync find TERM");
        command->limit = limit->value_or(command->limit);
        return *command;
    };
}

Finish actions_options(CLI::App& app, CommonArguments& common)
{
    const auto command = std::make_shared<ActionsCommand>();
    const auto last = std::make_shared<std::optional<std::int64_t>>();
    app.add_option("--account", command->account, "Only this account's; else those of all")
        ->type_name("NAME");
    app.add_option("--sim", command->sim, "Only of this SIM: its id, or what simsync find takes")
        ->type_name("ID");
    add_number(app, "--last", *last, 1, "The newest N; 20 where it is not given", "N");
    add_json(app, command->json);
    add_database(app, common);
    return [command, last]() -> Command
    {
        command->last = last->value_or(command->last);
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
