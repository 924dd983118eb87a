// What an operator types, and what is said of a slip.
#include "cli/arguments.hpp"

#include "cli/option_values.hpp"

#include "cli/exit_code.hpp"
#include "simsync/model/event.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <set>

namespace simsync::cli
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Words = std::vector<const char*>;

class CommandLine : public testing::Test
{
protected:
    CommandLine() { unsetenv("SIMSYNC_CONFIG"); }
    ~CommandLine() override { unsetenv("SIMSYNC_CONFIG"); }

    static Arguments parse(Words words)
    {
        words.insert(words.begin(), "simsync");
        return parse_arguments(static_cast<int>(words.size()), words.data());
    }

    // Throws std::bad_variant_access where the words are another command.
    template<class Each>
    static Each command(const Words& words)
    {
        return std::get<Each>(parse(words).command);
    }

    // "sentence HINT: hint" of the usage error.
    static std::string mistake(const Words& words)
    {
        try
        {
            parse(words);
        }
        catch (const UsageError& error)
        {
            EXPECT_EQ(error.code(), ExitCode::usage);
            return std::string(error.what()) + " HINT: " + error.hint();
        }
        return "none";
    }
};

// A command that is in `Command` and not in the table of arguments.cpp could not be given.
TEST_F(CommandLine, EachCommandCanBeGiven)
{
    std::set<std::size_t> given;
    for (const Words& words :
         {Words{"--help"},
          Words{"version"},
          Words{"run"},
          Words{"reload"},
          Words{"sync"},
          Words{"migrate"},
          Words{"check"},
          Words{"status"},
          Words{"events"},
          Words{"consumer"},
          Words{"history", "7"},
          Words{"find", "7"},
          Words{"actions"},
          Words{"removals"},
          Words{"account", "retire", "old"},
          Words{"schema"},
          Words{"sim", "list"},
          Words{"sim", "get", "7"},
          Words{"sim", "block", "7"},
          Words{"sim", "block", "--from", "-"}})
        EXPECT_TRUE(given.insert(parse(words).command.index()).second) << words.front();
    EXPECT_EQ(given.size(), std::variant_size_v<Command>);
}

TEST_F(CommandLine, HelpTellsTheSameAsTheOption)
{
    const auto text = [](const Words& words) { return command<HelpCommand>(words).text; };
    EXPECT_EQ(text({"help"}), text({"--help"}));
    for (const char* name : {"events", "removals", "sim", "help"})
        EXPECT_EQ(text({"help", name}), text({name, "--help"}));
    EXPECT_THAT(text({"help", "removals"}), HasSubstr("Usage: simsync removals"));
    EXPECT_EQ(mistake({"help", "evnts"}), mistake({"evnts"}));
    EXPECT_THAT(mistake({"help", "sim", "block"}), HasSubstr("takes no \"block\" HINT: simsync help sim"));
}

TEST_F(CommandLine, StatusMayBeAskedToJudge)
{
    EXPECT_FALSE(command<StatusCommand>({"status"}).check);
    EXPECT_TRUE(command<StatusCommand>({"status", "--check", "--json"}).check);
}

TEST_F(CommandLine, OfConsumersNamesAStepAndWhatItTakes)
{
    EXPECT_EQ(command<ConsumerCommand>({"consumer"}).verb, ConsumerVerb::list);
    EXPECT_EQ(command<ConsumerCommand>({"consumer", "list", "pager"}).consumer, "pager");
    const auto skip =
        command<ConsumerCommand>({"consumer", "skip", "sink:pager", "--account", "main", "--yes"});
    EXPECT_EQ(skip.verb, ConsumerVerb::skip);
    EXPECT_EQ(skip.consumer, "sink:pager");
    EXPECT_EQ(skip.account, "main");
    EXPECT_EQ(skip.number, 1);
    EXPECT_TRUE(skip.yes);
    EXPECT_EQ(command<ConsumerCommand>({"consumer", "skip", "pager", "--count", "7"}).number, 7);
    EXPECT_EQ(command<ConsumerCommand>({"consumer", "seek", "pager", "--after", "0"}).number, 0);
    const auto from = [](const char* where) {
        return command<ConsumerCommand>({"consumer", "restart", "pager", "--from", where}).from;
    };
    EXPECT_FALSE(from("now").oldest || from("now").seq);
    EXPECT_TRUE(from("oldest").oldest);
    EXPECT_EQ(from("4711").seq, 4711);
    EXPECT_EQ(command<ConsumerCommand>({"consumer", "remove", "pager", "--json"}).verb, ConsumerVerb::remove);
}

TEST_F(CommandLine, OfConsumersSaysWhatAStepLacksOrDoesNotTake)
{
    EXPECT_THAT(mistake({"consumer", "fire", "pager"}), HasSubstr("fire"));
    EXPECT_THAT(mistake({"consumer", "skip"}), HasSubstr("needs the name of a consumer"));
    EXPECT_THAT(mistake({"consumer", "list", "a", "b"}), HasSubstr("takes no \"b\""));
    EXPECT_THAT(mistake({"consumer", "seek", "pager"}), HasSubstr("--after SEQ"));
    EXPECT_THAT(mistake({"consumer", "restart", "pager"}), HasSubstr("--from now"));
    EXPECT_THAT(mistake({"consumer", "restart", "pager", "--from", "then"}), HasSubstr("--from oldest"));
    EXPECT_THAT(mistake({"consumer", "restart", "pager", "--from", "0"}), HasSubstr("whole number from 1"));
    EXPECT_THAT(mistake({"consumer", "skip", "pager", "--from", "now"}), HasSubstr("takes no --from"));
    EXPECT_THAT(mistake({"consumer", "seek", "pager", "--after", "1", "--count", "2"}), HasSubstr("--count"));
}

TEST_F(CommandLine, WithoutOptionsAsksForNothingSpecial)
{
    const auto [common, events] = parse({"events"});
    EXPECT_FALSE(common.log_level || common.database);
    const auto& command = std::get<EventsCommand>(events);
    EXPECT_THAT(command.kinds, IsEmpty());
    EXPECT_FALSE(command.json || command.follow);
    EXPECT_FALSE(command.account || command.sim || command.consumer || command.after || command.first);
    EXPECT_FALSE(command.since || command.until || command.last || command.exec);
    EXPECT_EQ(command.match, "");
}

TEST_F(CommandLine, ConfigurationIsTheOptionThenTheVariableThenTheDefault)
{
    EXPECT_EQ(parse({"run"}).common.config, "/etc/simsync/simsync.toml");
    setenv("SIMSYNC_CONFIG", "/variable.toml", 1);
    EXPECT_EQ(parse({"run"}).common.config, "/variable.toml");
    EXPECT_EQ(parse({"--config", "/option.toml", "run"}).common.config, "/option.toml");
}

TEST_F(CommandLine, AnEmptyVariableOrOptionIsNone)
{
    setenv("SIMSYNC_CONFIG", "", 1);
    EXPECT_EQ(parse({"run"}).common.config, "/etc/simsync/simsync.toml");
    EXPECT_EQ(parse({"--config", "", "run"}).common.config, "/etc/simsync/simsync.toml");
}

TEST_F(CommandLine, CommonOptionsStandBeforeOrBehindTheCommand)
{
    const auto before = parse({"--config", "/c", "--log-level", "debug", "sync"});
    const auto behind = parse({"sync", "--config=/c", "--log-level=debug"});
    for (const auto& arguments : {before, behind})
    {
        EXPECT_TRUE(std::holds_alternative<SyncCommand>(arguments.command));
        EXPECT_EQ(arguments.common.config, "/c");
        EXPECT_EQ(arguments.common.log_level, "debug");
    }
}

TEST_F(CommandLine, LogLevelsAreTheDocumentedOnes)
{
    for (const char* level : {"trace", "debug", "info", "warn", "error"})
        EXPECT_EQ(parse({"--log-level", level, "run"}).common.log_level, level);
    EXPECT_EQ(
        mistake({"--log-level", "warning", "run"}),
        "--log-level knows no \"warning\" HINT: one of trace, debug, info, warn, error");
    EXPECT_THAT(mistake({"--log-level", "tarce", "run"}), HasSubstr("HINT: did you mean \"trace\"?"));
}

TEST_F(CommandLine, SyncTakesSeveralAccountsOneForEachOption)
{
    const auto sync = command<SyncCommand>({"sync", "--account", "main", "--account", "spare", "--json"});
    EXPECT_THAT(sync.accounts, ElementsAre("main", "spare"));
    EXPECT_TRUE(sync.json);
    EXPECT_THAT(
        mistake({"sync", "--account", "main", "spare"}),
        HasSubstr("simsync sync takes no \"spare\" HINT: simsync sync --help"));
}

TEST_F(CommandLine, EventsAreChosenByAccountKindSimSeqAndNumber)
{
    const auto events = command<EventsCommand>(
        {"events", "--account", "main", "--kind", "sim.blocked", "--kind", "balance.low", "--sim", "100001",
         "--after", "0", "--limit", "1", "--follow", "--json"});
    EXPECT_EQ(events.account, "main");
    EXPECT_THAT(events.kinds, ElementsAre("sim.blocked", "balance.low"));
    EXPECT_EQ(events.sim, "100001");
    EXPECT_EQ(events.after, 0);
    EXPECT_EQ(events.first, 1);
    EXPECT_TRUE(events.follow && events.json);
}

TEST_F(CommandLine, AConsumerHasANameAndAPositionOfItsOwn)
{
    EXPECT_EQ(command<EventsCommand>({"events", "--consumer", "pager"}).consumer, "pager");
    EXPECT_THAT(mistake({"events", "--consumer", ""}), HasSubstr("--consumer needs a name"));
    EXPECT_THAT(mistake({"events", "--consumer", "pager", "--after", "5"}), HasSubstr("exclude each other"));
}

TEST_F(CommandLine, ANewConsumerBeginsWithTheOldestEventOrWithNow)
{
    EXPECT_FALSE(command<EventsCommand>({"events", "--consumer", "pager"}).from_now);
    EXPECT_FALSE(command<EventsCommand>({"events", "--consumer", "pager", "--from", "oldest"}).from_now);
    EXPECT_TRUE(command<EventsCommand>({"events", "--consumer", "pager", "--from", "now"}).from_now);
    EXPECT_THAT(
        mistake({"events", "--consumer", "pager", "--from", "5"}),
        HasSubstr("--from cannot be \"5\" HINT: --from now or --from oldest"));
    EXPECT_THAT(mistake({"events", "--from", "now"}), HasSubstr("--from needs a --consumer"));
}

TEST_F(CommandLine, EventsAreChosenByPatternCauseAndMatch)
{
    EXPECT_THAT(
        command<EventsCommand>(
            {"events", "--kind", "sim.a*", "--kind", "sim.added", "--kind", "imei.changed"})
            .kinds,
        ElementsAre("sim.added", "sim.archived", "imei.changed"));
    const auto events =
        command<EventsCommand>({"events", "--cause", "clock", "--match", "sim = 1 or sim = 2"});
    EXPECT_EQ(events.match, "(cause = \"clock\") and (sim = 1 or sim = 2)");
    EXPECT_EQ(
        mistake({"events", "--match", "description = two words"}),
        "--match, character 19: \"and\" or \"or\" is expected, not \"words\" HINT: text with blanks or "
        "punctuation "
        "stands in quotes: description = \"a b\"");
    EXPECT_THAT(mistake({"events", "--cause", "sweeep"}), HasSubstr("HINT: did you mean \"sweep\"?"));
    EXPECT_THAT(mistake({"events", "--cause", "timer"}), HasSubstr("--cause: no event has the cause"));
}

TEST_F(CommandLine, EventsAreChosenByTime)
{
    EXPECT_EQ(
        command<EventsCommand>({"events", "--since", "2026-11-29T08:00:00+02:00"}).since,
        parse_date("2026-11-29T06:00:00Z"));
    EXPECT_EQ(
        command<EventsCommand>({"events", "--until", "2026-11-29"}).until,
        parse_date("2026-11-29T00:00:00Z"));
    EXPECT_THAT(
        mistake({"events", "--since", "yesterday"}),
        HasSubstr("--since is neither a time nor a duration: \"yesterday\" HINT: for example"));
    const auto now = parse_date("2026-11-29T08:00:00Z").value();
    EXPECT_EQ(point_in_time("--since", "2h", now), parse_date("2026-11-29T06:00:00Z"));
    EXPECT_EQ(point_in_time("--since", "0", now), now);
    for (const auto* const text : {"2026-11-29 08:00", "2026-11-29T08:00Z", "2026-11-29 10:00+02:00"})
        EXPECT_EQ(point_in_time("--since", text, now), now) << text;
    EXPECT_THAT(mistake({"events", "--since", ""}), HasSubstr("neither a time nor a duration"));
}

TEST_F(CommandLine, ALimitCountsFromWhereReadingBeginsElseBackFromTheEnd)
{
    const auto limited = [&](Words words)
    {
        words.insert(words.begin(), "events");
        words.insert(words.end(), {"--limit", "3"});
        const auto events = command<EventsCommand>(words);
        EXPECT_NE(events.first.has_value(), events.last.has_value());
        return events.first ? "first" : "last";
    };
    EXPECT_STREQ(limited({}), "last");
    EXPECT_STREQ(limited({"--until", "2h"}), "last");
    EXPECT_STREQ(limited({"--after", "0"}), "first");
    EXPECT_STREQ(limited({"--since", "2h"}), "first");
    EXPECT_STREQ(limited({"--follow"}), "first");
    EXPECT_STREQ(limited({"--consumer", "pager"}), "first");
    const auto tail = command<EventsCommand>({"events", "--last", "3", "--follow"});
    EXPECT_EQ(tail.last, 3);
    EXPECT_EQ(tail.first, std::nullopt);
}

TEST_F(CommandLine, WhatContradictsItselfIsRefused)
{
    for (const Words& words :
         {Words{"--consumer", "pager", "--since", "2h"}, Words{"--consumer", "pager", "--until", "2h"},
          Words{"--consumer", "pager", "--last", "2"}, Words{"--last", "2", "--limit", "2"},
          Words{"--last", "2", "--after", "2"}, Words{"--follow", "--until", "2h"}})
    {
        auto all = words;
        all.insert(all.begin(), "events");
        EXPECT_THAT(mistake(all), HasSubstr("exclude each other")) << words.front() << ' ' << words.back();
    }
}

TEST_F(CommandLine, ACommandIsRunForAConsumer)
{
    EXPECT_EQ(command<EventsCommand>({"events", "--consumer", "pager", "--exec", "true"}).exec, "true");
    EXPECT_THAT(mistake({"events", "--exec", "true"}), HasSubstr("--exec needs a --consumer"));
    EXPECT_THAT(
        mistake({"events", "--consumer", "pager", "--exec", ""}), HasSubstr("--exec needs a command"));
}

TEST_F(CommandLine, EventsKnowEveryKindAndNoOther)
{
    for (const auto kind : all_kinds())
        EXPECT_THAT(
            command<EventsCommand>({"events", "--kind", std::string(to_text(kind)).c_str()}).kinds,
            ElementsAre(to_text(kind)));
    EXPECT_EQ(
        mistake({"events", "--kind", "sim.remvoed"}),
        "\"sim.remvoed\" is no kind of event HINT: did you mean \"sim.removed\"?");
    EXPECT_THAT(
        mistake({"events", "--kind", "everything"}),
        HasSubstr("HINT: simsync events --help lists the kinds"));
}

TEST_F(CommandLine, NumbersAreWholeDecimalAndInRange)
{
    EXPECT_EQ(
        command<EventsCommand>({"events", "--after", "9223372036854775807"}).after,
        9'223'372'036'854'775'807);
    EXPECT_EQ(command<EventsCommand>({"events", "--limit", "010"}).last, 10);
    for (const char* wrong : {"none", "", "-1", "+1", "1.5", "0x10", "1e3", " 1", "9223372036854775808"})
    {
        EXPECT_THAT(mistake({"events", "--after", wrong}), HasSubstr("--after takes a whole number from 0 "));
        EXPECT_THAT(mistake({"events", "--limit", wrong}), HasSubstr("--limit takes a whole number from 1 "));
    }
    EXPECT_THAT(mistake({"events", "--limit", "0"}), HasSubstr(", not \"0\" HINT: "));
}

TEST_F(CommandLine, AnAccountIsRetiredByItsName)
{
    EXPECT_EQ(command<AccountRetireCommand>({"account", "retire", "old"}).name, "old");
    EXPECT_TRUE(command<AccountRetireCommand>({"account", "retire", "old", "--json"}).json);
    for (const Words& words : {Words{"account"}, Words{"account", "retire"}})
        EXPECT_THAT(mistake(words), HasSubstr("HINT: simsync account retire NAME"));
    EXPECT_THAT(mistake({"account", "retire", "old", "older"}), HasSubstr("takes no \"older\""));
    EXPECT_THAT(mistake({"account", "fire", "old"}), HasSubstr("cannot \"fire\""));
}

TEST_F(CommandLine, HistoryIsOneSims)
{
    EXPECT_EQ(command<HistoryCommand>({"history", "100001", "--json"}).sim, "100001");
    EXPECT_THAT(mistake({"history"}), HasSubstr("needs the id of a SIM"));
    EXPECT_THAT(mistake({"history", "100001", "100002"}), HasSubstr("takes no \"100002\""));
}

TEST_F(CommandLine, RemovalsAreListedUnlessADecisionIsGiven)
{
    EXPECT_EQ(command<RemovalsCommand>({"removals"}).decision, Decision::none);
    EXPECT_EQ(command<RemovalsCommand>({"removals", "list"}).decision, Decision::none);
    EXPECT_EQ(command<RemovalsCommand>({"removals", "accept"}).decision, Decision::accepted);
    EXPECT_EQ(command<RemovalsCommand>({"removals", "reject"}).decision, Decision::rejected);
    EXPECT_THAT(mistake({"removals", "acept"}), HasSubstr("cannot \"acept\" HINT: did you mean \"accept\"?"));
}

TEST_F(CommandLine, MigrateTakesWhatIsToBeDoneBeside)
{
    EXPECT_TRUE(command<MigrateCommand>({"migrate", "--status"}).status);
    EXPECT_TRUE(command<MigrateCommand>({"migrate", "--moved"}).moved);
    EXPECT_TRUE(command<MigrateCommand>({"migrate", "--search"}).search);
    EXPECT_TRUE(command<MigrateCommand>({"migrate", "--no-search"}).no_search);
    EXPECT_TRUE(command<MigrateCommand>({"migrate", "--publisher"}).publisher);
    EXPECT_TRUE(command<MigrateCommand>({"migrate", "--subscriber", "--search"}).subscriber);
    EXPECT_THAT(mistake({"migrate", "--subscriber", "--publisher"}), HasSubstr("exclude each other"));
    EXPECT_THAT(mistake({"migrate", "--subscriber", "--moved"}), HasSubstr("exclude each other"));
    EXPECT_THAT(mistake({"migrate", "--publisher", "--status"}), HasSubstr("exclude each other"));
    EXPECT_THAT(mistake({"migrate", "--search", "--no-search"}), HasSubstr("exclude each other"));
    EXPECT_THAT(mistake({"migrate", "--search", "--status"}), HasSubstr("exclude each other"));
}

TEST_F(CommandLine, ACommandThatIsMissingOrUnknownIsAUsageError)
{
    EXPECT_EQ(
        mistake({}), "a command is missing HINT: simsync --help lists the commands, simsync COMMAND --help "
                     "its options");
    EXPECT_THAT(mistake({"--config", "/c"}), HasSubstr("a command is missing"));
    for (const Words& words : {Words{"evnets"}, Words{"evnets", "--json"}, Words{"--config", "/c", "evnets"}})
        EXPECT_EQ(mistake(words), "there is no command \"evnets\" HINT: did you mean \"events\"?");
    EXPECT_THAT(
        mistake({"frobnicate"}),
        HasSubstr("HINT: one of run, reload, sync, migrate, check, status, "
                  "events, consumer, history, find, actions, removals, account, sim, "
                  "schema, help, version"));
    EXPECT_THAT(mistake({"run", "sync"}), HasSubstr("simsync run takes no \"sync\""));
}

TEST_F(CommandLine, FindTakesOneTermOfAnyWords)
{
    const auto find = command<FindCommand>({"find", "+372", "5550", "1234", "--limit", "5", "--json"});
    EXPECT_EQ(find.term, "+372 5550 1234");
    EXPECT_EQ(find.limit, 5);
    EXPECT_TRUE(find.json);
    EXPECT_EQ(command<FindCommand>({"find", "7"}).limit, 20);
    EXPECT_EQ(mistake({"find"}), "simsync find needs something to look for HINT: simsync find TERM");
    EXPECT_THAT(mistake({"find", " "}), HasSubstr("needs something to look for"));
    EXPECT_THAT(mistake({"history", ""}), HasSubstr("needs the id of a SIM"));
    EXPECT_THAT(mistake({"sim", "block", ""}), HasSubstr("needs the id of a SIM"));
}

TEST_F(CommandLine, SimsAreListedByAnyNumberOfFiltersAndSorts)
{
    const auto list = command<SimListCommand>(
        {"sim", "list", "--filter", "profile:EQ:S1", "--filter", "balance:LT:5", "--any", "--sort",
         "balance:desc", "--sort", "id", "--offset", "5", "--limit", "10"});
    EXPECT_THAT(list.filters, ElementsAre("profile:EQ:S1", "balance:LT:5"));
    EXPECT_THAT(list.sorts, ElementsAre("balance:desc", "id"));
    EXPECT_TRUE(list.any);
    EXPECT_EQ(list.offset, 5);
    EXPECT_EQ(list.limit, 10);
    EXPECT_EQ(command<SimGetCommand>({"sim", "get", "1001", "--json"}).sim, "1001");
}

TEST_F(CommandLine, AnActionHasItsOperandsByTheNamesOfItsParameters)
{
    const auto charge = command<SimActionCommand>({"sim", "charge", "7", "12.5", "May", "--yes"});
    ASSERT_NE(charge.operation, nullptr);
    EXPECT_EQ(charge.operation->name, "charge");
    EXPECT_EQ(charge.sim, "7");
    EXPECT_EQ(charge.arguments, (ActionArguments{{"amount", "12.5"}, {"comment", "May"}}));
    EXPECT_THAT(
        mistake({"sim", "charge", "7", "12.5", "May"}), HasSubstr("moves money and was not told --yes"));
    EXPECT_THAT(
        mistake({"sim", "charge", "7"}),
        HasSubstr("needs more than the id of a SIM HINT: simsync sim charge ID AMOUNT COMMENT --yes"));
}

TEST_F(CommandLine, AnActionTakesItsSimsFromAFile)
{
    const auto bulk = command<SimBulkCommand>(
        {"sim", "attach-caller-id", "3725550", "--from", "-", "--report", "r.csv", "--dry-run"});
    EXPECT_EQ(bulk.operation->name, "attach-caller-id");
    EXPECT_EQ(bulk.arguments, (ActionArguments{{"msisdn", "3725550"}}));
    EXPECT_EQ(bulk.from, "-");
    EXPECT_EQ(bulk.report, "r.csv");
    EXPECT_TRUE(bulk.dry_run);
    EXPECT_THAT(mistake({"sim", "block", "7", "--from", "-"}), HasSubstr("and no id"));
    EXPECT_THAT(mistake({"sim", "block", "7", "--dry-run"}), HasSubstr("--dry-run belongs to --from"));
    EXPECT_THAT(mistake({"sim", "get", "7", "--from", "-"}), HasSubstr("takes no --from"));
    EXPECT_THAT(mistake({"sim", "charge", "1", "fee", "--from", "-"}), HasSubstr("was not told --yes"));
}

TEST_F(CommandLine, ActionsAreTheNewestOnes)
{
    const auto actions = command<ActionsCommand>({"actions", "--sim", "7", "--last", "3", "--json"});
    EXPECT_EQ(actions.sim, "7");
    EXPECT_EQ(actions.last, 3);
    EXPECT_EQ(command<ActionsCommand>({"actions"}).last, 20);
}

TEST_F(CommandLine, WhatSimCannotDoIsAUsageError)
{
    EXPECT_THAT(mistake({"sim"}), HasSubstr("needs to know what to do"));
    EXPECT_THAT(mistake({"sim", "lst"}), HasSubstr("did you mean \"list\"?"));
    EXPECT_THAT(mistake({"sim", "get"}), HasSubstr("needs the id of a SIM"));
    EXPECT_THAT(mistake({"sim", "get", "1", "2"}), HasSubstr("takes no \"2\""));
    EXPECT_THAT(mistake({"sim", "list", "--json", "--csv"}), HasSubstr("exclude each other"));
}

TEST_F(CommandLine, AnOptionThatIsUnknownIsNamedWithTheNearestKnownOne)
{
    EXPECT_EQ(
        mistake({"events", "--acount", "main"}),
        "simsync events has no option --acount HINT: did you mean --account?");
    EXPECT_EQ(
        mistake({"events", "--colour=always"}),
        "simsync events has no option --colour HINT: simsync events --help lists its options");
    EXPECT_THAT(mistake({"status", "--follow"}), HasSubstr("simsync status has no option --follow"));
    EXPECT_THAT(mistake({"status", "-x"}), HasSubstr("simsync status has no option -x"));
}

TEST_F(CommandLine, AnOptionOfTheCommandBelongsBehindIt)
{
    EXPECT_EQ(mistake({"--json", "status"}), "--json belongs behind the command HINT: simsync status --json");
}

TEST_F(CommandLine, AnOptionHasAValueWhereItTakesOneAndOnlyThere)
{
    EXPECT_THAT(mistake({"--config"}), HasSubstr("--config needs a value HINT: "));
    EXPECT_THAT(mistake({"events", "--sim"}), HasSubstr("--sim needs a value HINT: simsync events --help"));
    EXPECT_THAT(
        mistake({"events", "--json=no"}), HasSubstr("--json takes no value HINT: simsync events --help"));
}

TEST_F(CommandLine, AnOptionThatTakesOneValueIsGivenOnce)
{
    EXPECT_THAT(
        mistake({"events", "--account", "a", "--account", "b"}),
        HasSubstr("--account can be given only once HINT: "));
    EXPECT_THAT(
        mistake({"--config", "/a", "run", "--config", "/b"}), HasSubstr("--config can be given only once"));
}

// A command line is seen by every user of the machine.
TEST_F(CommandLine, AnotherDatabaseIsNamedWithoutAPassword)
{
    EXPECT_EQ(parse({"status"}).common.database, std::nullopt);
    for (const char* command : {"migrate", "status", "events", "schema", "removals"})
        EXPECT_EQ(parse({command, "--database", "host=db user=anna"}).common.database, "host=db user=anna")
            << command;
    EXPECT_EQ(parse({"history", "7", "--database", "host=db"}).common.database, "host=db");
    EXPECT_THAT(mistake({"run", "--database", "host=db"}), HasSubstr("simsync run has no option --database"));

    const auto said = mistake({"status", "--database", "postgresql://anna:hunter2@db/simsync"});
    EXPECT_THAT(
        said,
        testing::AllOf(
            HasSubstr("--database holds a password"), HasSubstr("PGPASSFILE"), Not(HasSubstr("hunter2"))));
    EXPECT_THAT(
        mistake({"status", "--database", "mysql://hunter2"}),
        testing::AllOf(HasSubstr("--database is no libpq connection string"), Not(HasSubstr("hunter2"))));
}

TEST_F(CommandLine, HelpIsPrintedForTheProgramOrTheCommand)
{
    const auto all = command<HelpCommand>({"--help"});
    EXPECT_THAT(all.text, HasSubstr("Usage: simsync [OPTIONS] COMMAND\n"));
    for (const char* word :
         {"run", "sync", "migrate", "status", "events", "version", "--config", "--log-level",
          "/etc/simsync/simsync.toml", "$SIMSYNC_CONFIG", "78 bad configuration"})
        EXPECT_THAT(all.text, HasSubstr(word));

    const auto one = command<HelpCommand>({"events", "--help"});
    EXPECT_THAT(one.text, HasSubstr("Usage: simsync events [OPTIONS]\n"));
    EXPECT_THAT(one.text, HasSubstr("--follow"));
    for (const auto kind : all_kinds())
        EXPECT_THAT(one.text, HasSubstr(' ' + std::string(to_text(kind))));
}

TEST_F(CommandLine, HelpDoesNotDependOnTheEnvironment)
{
    setenv("SIMSYNC_CONFIG", "/variable.toml", 1);
    EXPECT_THAT(command<HelpCommand>({"--help"}).text, Not(HasSubstr("/variable.toml")));
}

TEST_F(CommandLine, TheVersionMayBeAskedForAsAnOption)
{
    EXPECT_TRUE(std::holds_alternative<VersionCommand>(parse({"--version"}).command));
}

} // namespace
} // namespace simsync::cli
