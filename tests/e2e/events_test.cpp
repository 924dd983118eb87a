// `simsync events`: the change log on a terminal and in a pipe.
#include "e2e/testbed.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <algorithm>

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
    const auto one = testbed.run({"events", "--limit", "1"}).out;
    EXPECT_EQ(std::ranges::count(one, '\n'), 1);
    EXPECT_THAT(one, HasSubstr("#1 "));
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
