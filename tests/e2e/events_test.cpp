// `simsync events`: the change log on a terminal and in a pipe.
#include "e2e/testbed.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>

namespace simsync::test
{
namespace
{

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

class Events : public testing::Test
{
protected:
    // A baseline, then one SIM that is blocked and poorer, and one that is new.
    Events()
    {
        testbed.change(
            3,
            [this](simulator::Simcard& sim)
            {
                sim.is_blocked = false;
                sim.balance = simulator::Decimal::parse("12.50");
                id = sim.id;
            });
        testbed.sync();
        baseline = testbed.sql("select last_seq from simsync.account");
        testbed.change(
            3,
            [](simulator::Simcard& sim)
            {
                sim.is_blocked = true;
                sim.balance = simulator::Decimal::parse("11.90");
            });
        testbed.sync();
    }

    Testbed testbed{50};
    std::string id;
    std::string baseline;
};

TEST_F(Events, AreToldOldestFirstAfterASeq)
{
    const auto out = testbed.run({"events", "--after", baseline}).out;
    EXPECT_THAT(out, HasSubstr("sim.blocked"));
    EXPECT_THAT(out, HasSubstr("balance 12.5 → 11.9"));
    EXPECT_LT(out.find("sim.blocked"), out.find("balance.changed"));
    EXPECT_EQ(std::ranges::count(out, '\n'), 2);
}

TEST_F(Events, AreChosenByKindSimAndNumber)
{
    EXPECT_THAT(testbed.run({"events", "--kind", "sim.blocked"}).out, Not(HasSubstr("balance")));
    EXPECT_THAT(testbed.run({"events", "--sim", id, "--kind", "balance.changed"}).out, HasSubstr(id));
    const auto one = testbed.run({"events", "--after", "0", "--limit", "1"}).out;
    EXPECT_EQ(std::ranges::count(one, '\n'), 1);
    EXPECT_THAT(one, HasSubstr("#1 "));
    EXPECT_THAT(testbed.run({"events", "--kind", "bal*.changed"}).out, HasSubstr("balance.changed"));
}

TEST_F(Events, AreTheLastOnesWhereSoManyAreAskedFor)
{
    for (const auto* const option : {"--last", "--limit"})
    {
        const auto out = testbed.run({"events", option, "1"}).out;
        EXPECT_EQ(std::ranges::count(out, '\n'), 1) << option;
        EXPECT_THAT(out, HasSubstr("balance.changed")) << option;
    }
    Program follower(
        testbed.folder(), "follower",
        {"--config", testbed.config_file(), "events", "--follow", "--last", "2", "--json"});
    follower.await_out("balance.changed");
    testbed.change(5, [](simulator::Simcard& sim) { sim.description = "moved to the spare shelf"; });
    testbed.sync();
    follower.await_out("moved to the spare shelf");
    EXPECT_EQ(std::ranges::count(follower.out(), '\n'), 3);
}

TEST_F(Events, AreChosenByWhatTheyBear)
{
    // Of a SIM without a description there is none; the simulator gives each a tariff.
    const auto sim = json::parse(testbed.sql(
        "select jsonb_build_object('tariff_name', tariff_name, 'description', description) from simsync.sim "
        "where id = '" +
        id + "'"));
    const auto out =
        testbed.run({"events", "--json", "--match", "kind = balance.changed and sim = " + id}).out;
    EXPECT_TRUE(sim.at("tariff_name").is_string());
    EXPECT_EQ(json::parse(out).at("tariff_name"), sim.at("tariff_name"));
    EXPECT_EQ(json::parse(out).at("description"), sim.at("description"));
    EXPECT_EQ(
        testbed.run({"events", "--after", baseline, "--match", "severity >= warning and not kind = sim.*"})
            .out,
        "");
    EXPECT_EQ(testbed.run({"events", "--after", baseline, "--cause", "clock", "--kind", "sim.*"}).out, "");
    const auto wrong = testbed.run({"events", "--match", "kind = sim.blokked"});
    EXPECT_EQ(wrong.code, 64);
    EXPECT_THAT(wrong.err, HasSubstr("--match, character 8: no event has the kind"));
}

TEST_F(Events, AreChosenByTime)
{
    EXPECT_THAT(testbed.run({"events", "--since", "1h"}).out, HasSubstr("sim.blocked"));
    EXPECT_EQ(testbed.run({"events", "--until", "1h"}).out, "");
    EXPECT_EQ(testbed.run({"events", "--since", "2100-01-01"}).out, "");
}

// --- a command for each

class EventsExec : public Events
{
protected:
    // Whatever follows comes from a new database with these three events and more.
    std::vector<std::string> as_pager(const std::string& command, std::vector<std::string> more = {}) const
    {
        std::vector<std::string> words{
            "--config", testbed.config_file(), "events", "--consumer", "pager", "--exec", command};
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    std::string note(const char* name) const { return (testbed.folder() / name).string(); }
    std::string acked() const
    {
        return testbed.sql("select acked_seq from simsync.consumer where consumer = 'pager'");
    }
    void begin_at_the_baseline() const
    {
        testbed.run({"events", "--consumer", "pager", "--limit", baseline.c_str()});
    }
};

TEST_F(EventsExec, RunsForEachInOrderWithItsJsonAndWhatItBears)
{
    begin_at_the_baseline();
    const auto notes = note("notes");
    Program pager(
        testbed.folder(), "pager",
        as_pager("{ echo \"$SIMSYNC_SEQ $SIMSYNC_KIND $SIMSYNC_SIM\"; cat; } >> " + notes));
    EXPECT_EQ(pager.process().wait(), 0);
    std::ifstream file{notes};
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    ASSERT_EQ(lines.size(), 4);
    const auto first = std::stoi(baseline) + 1;
    EXPECT_EQ(lines[0], std::to_string(first) + " sim.blocked " + id);
    EXPECT_EQ(json::parse(lines[1]).at("kind").as_string(), "sim.blocked");
    EXPECT_EQ(lines[2], std::to_string(first + 1) + " balance.changed " + id);
    EXPECT_EQ(json::parse(lines[3]).at("seq").as_int64(), first + 1);
    EXPECT_EQ(acked(), std::to_string(first + 1));
}

TEST_F(EventsExec, TriesAgainAndLetsNothingPass)
{
    begin_at_the_baseline();
    const auto notes = note("notes");
    const auto gate = note("gate");
    Program pager(
        testbed.folder(), "pager",
        as_pager("echo $SIMSYNC_SEQ >> " + notes + "; test -e " + gate, {"--follow"}));
    pager.await_err("is not done with: the command ended with 1");
    EXPECT_EQ(acked(), baseline);
    std::ofstream{gate};
    const auto first = std::stoi(baseline) + 1;
    testbed.await_sql(
        "select acked_seq from simsync.consumer where consumer = 'pager'", std::to_string(first + 1));
    std::ifstream file{notes};
    std::vector<int> seqs{std::istream_iterator<int>{file}, {}};
    EXPECT_TRUE(std::ranges::is_sorted(seqs));
    EXPECT_GE(std::ranges::count(seqs, first), 2);
    EXPECT_EQ(std::ranges::count(seqs, first + 1), 1);
}

TEST_F(EventsExec, LetsTheCommandFinishWhenItIsToEnd)
{
    begin_at_the_baseline();
    const auto gate = note("gate");
    Program pager(
        testbed.folder(), "pager",
        as_pager("echo begun; while ! test -e " + gate + "; do sleep 0.1; done", {"--follow"}));
    pager.await_out("begun");
    kill(pager.process().id(), SIGTERM);
    std::ofstream{gate};
    EXPECT_EQ(pager.process().wait(), 0);
    EXPECT_EQ(acked(), std::to_string(std::stoi(baseline) + 1))
        << "what was done is noted, and no more is begun";
}

TEST_F(EventsExec, PassesTheSecondSignalOn)
{
    begin_at_the_baseline();
    Program pager(testbed.folder(), "pager", as_pager("echo begun; sleep 600", {"--follow"}));
    pager.await_out("begun");
    kill(pager.process().id(), SIGINT);
    kill(pager.process().id(), SIGTERM);
    EXPECT_EQ(pager.process().wait(), 0);
    EXPECT_EQ(acked(), baseline);
}

TEST_F(EventsExec, MovesPastWhatDoesNotMatch)
{
    begin_at_the_baseline();
    const auto notes = note("notes");
    Program pager(
        testbed.folder(), "pager",
        as_pager("echo $SIMSYNC_KIND >> " + notes, {"--kind", "sim.*", "--account", "main", "--sim", id}));
    EXPECT_EQ(pager.process().wait(), 0);
    std::ifstream file{notes};
    std::string kind;
    file >> kind;
    EXPECT_EQ(kind, "sim.blocked");
    EXPECT_FALSE(file >> kind);
    EXPECT_EQ(acked(), testbed.sql("select last_seq from simsync.account"));
}

TEST_F(Events, AreOneJsonObjectALine)
{
    const auto out = testbed.run({"events", "--after", baseline, "--kind", "balance.changed", "--json"}).out;
    const auto event = json::parse(out);
    EXPECT_EQ(event.at("sim").as_string(), id.c_str());
    EXPECT_EQ(event.at("before").at("balance").as_string(), "12.5");
    EXPECT_EQ(event.at("after").at("balance").as_string(), "11.9");
    EXPECT_EQ(event.at("cause").as_string(), "sweep");
}

TEST_F(Events, AreFollowedAsTheyAreCommitted)
{
    Program follower(
        testbed.folder(), "follower",
        {"--config", testbed.config_file(), "events", "--follow", "--after", baseline});
    follower.await_out("balance.changed"); // the past first
    testbed.change(5, [](simulator::Simcard& sim) { sim.description = "moved to the spare shelf"; });
    testbed.sync();
    EXPECT_THAT(follower.await_out("attributes.changed"), HasSubstr("moved to the spare shelf"));
}

TEST_F(Events, AreFollowedThroughARestartOfTheDatabase)
{
    Program follower(
        testbed.folder(), "follower",
        {"--config", testbed.config_file(), "events", "--follow", "--after", baseline});
    follower.await_out("balance.changed");
    Cluster::shared().restart();
    testbed.change(5, [](simulator::Simcard& sim) { sim.description = "still here"; });
    testbed.sync();
    follower.await_out("still here");
    EXPECT_THAT(follower.err(), HasSubstr("HINT: it goes on by itself"));
}

TEST_F(Events, EndWithTheLimitEvenWhenFollowed)
{
    Program follower(
        testbed.folder(), "follower",
        {"--config", testbed.config_file(), "events", "--follow", "--after", "0", "--limit", "2"});
    EXPECT_EQ(follower.process().wait(), 0);
    EXPECT_EQ(std::ranges::count(follower.out(), '\n'), 2);
}

TEST_F(Events, AreToldToAConsumerOnceAsLongAsItTakesThem)
{
    const auto first = testbed.run({"events", "--consumer", "pager", "--limit", "2"}).out;
    EXPECT_THAT(first, HasSubstr("#2 "));
    const auto rest = testbed.run({"events", "--consumer", "pager", "--kind", "sim.blocked"}).out;
    EXPECT_THAT(rest, HasSubstr("sim.blocked"));
    EXPECT_THAT(rest, Not(HasSubstr("#2 ")));
    EXPECT_EQ(testbed.run({"events", "--consumer", "pager"}).out, "");
    EXPECT_EQ(
        testbed.sql("select acked_seq = last_seq from simsync.consumer join simsync.account using (account)"),
        "t");
    EXPECT_THAT(testbed.run({"events", "--consumer", "another", "--limit", "1"}).out, HasSubstr("#1 "));
}

// So that a year does not page anybody at once. It may stand in a unit's file: whoever is known goes on.
TEST_F(Events, OfTheTimeBeforeAreNotToldToANewConsumerThatBeginsNow)
{
    const Strings now{"events", "--consumer", "pager", "--from", "now"};
    EXPECT_EQ(testbed.run(now).out, "");
    testbed.sql("update simsync.consumer set acked_seq = acked_seq - 1");
    const auto missed = testbed.run(now).out;
    EXPECT_EQ(std::ranges::count(missed, '\n'), 1);
    EXPECT_EQ(testbed.run(now).out, "");
}

TEST_F(Events, ThatAReaderDidNotTakeAreToldToTheConsumerAgain)
{
    EXPECT_NE(
        std::system(("\"" SIMSYNC_PROGRAM "\" --config " + testbed.config_file() +
                     " events --consumer pager >/dev/full 2>/dev/null")
                        .c_str()),
        0);
    EXPECT_THAT(testbed.run({"events", "--consumer", "pager", "--limit", "1"}).out, HasSubstr("#1 "));
}

TEST_F(Events, AreFollowedByOneProcessOfAConsumerAtATime)
{
    Program follower(
        testbed.folder(), "follower",
        {"--config", testbed.config_file(), "events", "--follow", "--consumer", "pager"});
    follower.await_out("balance.changed");
    const auto second = testbed.run({"events", "--consumer", "pager"});
    EXPECT_EQ(second.code, 75);
    EXPECT_THAT(second.err, HasSubstr("another process reads as consumer \"pager\""));
    testbed.change(5, [](simulator::Simcard& sim) { sim.description = "moved to the spare shelf"; });
    testbed.sync();
    follower.await_out("moved to the spare shelf");
    testbed.await_sql(
        "select acked_seq = last_seq from simsync.consumer join simsync.account using (account)", "t");
}

TEST_F(Events, AreFollowedByAConsumerThroughARestartOfTheDatabase)
{
    Program follower(
        testbed.folder(), "follower",
        {"--config", testbed.config_file(), "events", "--follow", "--consumer", "pager"});
    follower.await_out("balance.changed");
    Cluster::shared().restart();
    testbed.change(5, [](simulator::Simcard& sim) { sim.description = "still here"; });
    testbed.sync();
    follower.await_out("still here");
    EXPECT_EQ(occurrences(follower.out(), "#1 "), 1);
}

TEST_F(Events, ThatStdoutTookAreNotToldAgainWhenTheDatabaseGoesBeforeItNotesSo)
{
    const std::string all_noted =
        "select acked_seq = last_seq from simsync.consumer join simsync.account using (account)";
    Program follower(
        testbed.folder(), "follower",
        {"--config", testbed.config_file(), "events", "--follow", "--consumer", "pager"});
    follower.await_out("balance.changed");
    testbed.await_sql(all_noted, "t");
    const auto locker = connect(testbed.url());
    PQclear(PQexec(locker.get(), "begin; select from simsync.consumer for update"));
    testbed.change(5, [](simulator::Simcard& sim) { sim.description = "told behind a lock"; });
    testbed.sync();
    follower.await_out("told behind a lock");
    Cluster::shared().restart();
    testbed.await_sql(all_noted, "t");
    EXPECT_EQ(occurrences(follower.out(), "told behind a lock"), 1);
}

TEST_F(Events, OfAnotherStreamAreNoSilentGapForAConsumer)
{
    testbed.run({"events", "--consumer", "pager"});
    testbed.sql("select simsync.begin_stream('main')");
    const auto refused = testbed.run({"events", "--consumer", "pager"});
    EXPECT_EQ(refused.code, 78);
    EXPECT_THAT(refused.err, HasSubstr("of another stream"));
    EXPECT_THAT(refused.err, HasSubstr("HINT: A backup was restored, or the database was moved"));
}

} // namespace
} // namespace simsync::test
