// What an operator does to a SIM: alone, and beside a running daemon.
#include "e2e/daemon.hpp"

#include <gmock/gmock.h>
#include <libpq-fe.h>

#include <fstream>
#include <memory>

namespace simsync::test
{
namespace
{

using simulator::Fault;
using testing::AllOf;
using testing::HasSubstr;

// The mutations among the simulator's requests meet this fault.
simulator::ServerOptions spoiling(std::string mutation, Fault fault)
{
    simulator::ServerOptions options;
    options.service.on_request = [mutation = std::move(mutation), fault](std::string_view operation, auto&)
    { return operation == mutation ? fault : Fault::none; };
    return options;
}

std::size_t served(Testbed& testbed, const std::string& operation)
{
    return testbed.api().requests_served()[operation];
}

const std::string states =
    "select string_agg(operation || ' ' || state, ', ' order by id) from simsync.action";
const std::string emitted =
    "select string_agg(kind || ' ' || cause || ' ' || coalesce(action_id::text, '-'), ', ' "
    "order by seq) from simsync.change_event where sim = '10000003'";

TEST(Act, BlocksASimReadsItBackAndTellsWhatChanged)
{
    Testbed testbed{10};
    testbed.change(
        2,
        [](simulator::Simcard& sim)
        {
            sim.is_blocked = false;
            sim.balance = simulator::Decimal::whole(9);
        });
    ASSERT_EQ(testbed.run({"sync"}).code, 0);
    const auto result = testbed.run({"sim", "block", "10000003"});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("SIM 10000003: block is confirmed"));
    EXPECT_EQ(testbed.sql(states), "block confirmed");
    EXPECT_THAT(testbed.sql(emitted), HasSubstr("sim.blocked action 1, action.confirmed action 1"));
    EXPECT_EQ(testbed.sql("select is_blocked from simsync.sim where id = '10000003'"), "t");
    ASSERT_EQ(testbed.run({"sync"}).code, 0);
    EXPECT_EQ(testbed.sql("select count(*) from simsync.change_event where kind = 'sim.blocked'"), "1")
        << "a sweep has nothing to add";
    EXPECT_THAT(
        testbed.run({"sim", "unblock", "10000003", "--json"}).out,
        AllOf(HasSubstr("\"operation\":\"unblock\""), HasSubstr("\"state\":\"confirmed\"")));
}

TEST(Act, EveryOperationIsUnderstoodAndItsMoneyIsExact)
{
    Testbed testbed{10};
    testbed.change(
        2,
        [](simulator::Simcard& sim)
        {
            sim.balance = simulator::Decimal::cents(1010);
            sim.data_balance = simulator::Decimal{};
            sim.is_archived = false;
            sim.caller_ids.clear();
        });
    ASSERT_EQ(testbed.run({"sync"}).code, 0);
    for (const Strings& words :
         {Strings{"attach-caller-id", "10000003", "+37255501234"},
          Strings{"charge", "10000003", "0.10", "a fee", "--yes"},
          Strings{"recharge", "10000003", "0.3", "back", "--yes"},
          Strings{"recharge-data", "10000003", "0.7", "data", "--yes"},
          Strings{"charge-data", "10000003", "0.1", "data", "--yes"},
          Strings{"change-tariff", "10000003", "42"}, Strings{"set-description", "10000003", "it's \"mine\""},
          Strings{"set-remaining-days", "10000003", "30"}, Strings{"archive", "10000003"}})
    {
        auto arguments = words;
        arguments.insert(arguments.begin(), "sim");
        const auto result = testbed.run(arguments);
        EXPECT_EQ(result.code, 0) << words.front() << ": " << result.err;
    }
    EXPECT_EQ(
        testbed.sql("select concat_ws('|', balance, data_balance, description, is_archived, caller_ids, "
                    "tariff_name, tariff_expires_at > now() + interval '29 days') from simsync.sim "
                    "where id = '10000003'"),
        "10.3|0.6|it's \"mine\"|t|{+37255501234}|Tariff 42|t");
    EXPECT_EQ(testbed.run({"sim", "detach-caller-id", "10000003"}).code, 0);
    EXPECT_EQ(testbed.run({"sim", "unarchive", "10000003"}).code, 0);
}

TEST(Act, MoneyIsNotMovedWithoutYes)
{
    Testbed testbed{10};
    const auto result = testbed.run({"sim", "charge", "10000003", "5", "why"});
    EXPECT_EQ(result.code, 64);
    EXPECT_THAT(result.err, AllOf(HasSubstr("--yes"), HasSubstr("HINT: ")));
    EXPECT_EQ(testbed.run({"sim", "charge", "10000003", "-5", "why", "--yes"}).code, 64);
    EXPECT_EQ(testbed.run({"sim", "attach-caller-id", "10000003"}).code, 64);
    EXPECT_EQ(testbed.sql("select count(*) from simsync.action"), "0");
}

const std::string blocked_by_us =
    "select count(*) || ' ' || count(distinct sim) from simsync.change_event where kind = 'sim.blocked' and "
    "cause = 'action'";

// Of 60 SIMs none is blocked: ids, then an ICCID, then a number, and a line that names nobody.
std::string list_of(Testbed& testbed)
{
    testbed.change(59, [](simulator::Simcard& sim) { sim.caller_ids = {"37255501234"}; });
    testbed.sync();
    std::string list;
    for (int i = 1; i <= 58; ++i)
        list += std::to_string(10'000'000 + i) + '\n';
    list += testbed.sql("select iccid_plastic from simsync.sim where id = '10000059'") + "\n+372 5550 1234\n";
    return list;
}

std::string bulk_file(const Testbed& testbed, const std::string& text)
{
    const std::string file = testbed.folder() / "sims.txt";
    std::ofstream(file) << text;
    return file;
}

void unblock_all(Testbed& testbed, std::size_t sims)
{
    for (std::size_t i = 0; i < sims; ++i)
        testbed.change(i, [](simulator::Simcard& sim) { sim.is_blocked = false; });
}

TEST(ActOnMany, IsToldBeforeAndCarriedOutHereWhereNobodyLeads)
{
    Testbed testbed{60};
    unblock_all(testbed, 60);
    const auto file = bulk_file(testbed, list_of(testbed) + "nobody\n");
    const auto dry = testbed.run({"sim", "block", "--from", file, "--dry-run"});
    EXPECT_EQ(dry.code, 65);
    EXPECT_THAT(
        dry.out, AllOf(HasSubstr("would block 10000060 of account main"), HasSubstr("nobody: no SIM")));
    EXPECT_EQ(testbed.sql("select count(*) from simsync.action"), "0");

    const std::string report = testbed.folder() / "report.csv";
    const auto result = testbed.run({"sim", "block", "--from", file, "--report", report});
    EXPECT_EQ(result.code, 65) << result.err;
    EXPECT_THAT(result.out, HasSubstr("block: 60 confirmed, 1 failed, 0 unknown"));
    EXPECT_EQ(testbed.sql(blocked_by_us), "60 60");
    EXPECT_EQ(served(testbed, "block"), 60U);

    const auto again = testbed.run({"sim", "block", "--from", file, "--report", report});
    EXPECT_THAT(again.out, HasSubstr("block: 60 confirmed, 1 failed, 0 unknown"));
    EXPECT_EQ(served(testbed, "block"), 60U) << "what is done is not done again";
    EXPECT_EQ(testbed.run({"sim", "unblock", "--from", file, "--report", report}).code, 64);
    const auto listed = testbed.run({"actions", "--sim", "10000060", "--json"});
    EXPECT_THAT(
        listed.out, AllOf(
                        HasSubstr("\"operation\":\"block\""), HasSubstr("\"state\":\"confirmed\""),
                        HasSubstr("requested_by")))
        << listed.err;
    EXPECT_THAT(testbed.run({"actions", "--last", "1"}).out, HasSubstr("confirmed"));
}

TEST(ActOnMany, IsCarriedOutByTheDaemonThatLeads)
{
    Testbed testbed{60};
    unblock_all(testbed, 60);
    const auto file = bulk_file(testbed, list_of(testbed));
    Daemon daemon{testbed};
    testbed.await_sql("select leader_pid is not null from simsync.ledger", "t");
    const auto result = testbed.run({"sim", "block", "--from", file, "--json"});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("\"confirmed\":60"));
    EXPECT_EQ(served(testbed, "block"), 60U);
}

// The report of a run that was cut off: one action had ended unseen, one was noted and never requested, one
// is unknown.
TEST(ActOnMany, GoesOnWhereARunWasCutOffAndSendsNothingTwice)
{
    Testbed testbed{10};
    unblock_all(testbed, 10);
    testbed.sync();
    testbed.sql("insert into simsync.action (account, id, sim, operation, state) values "
                "('main', 900, '10000001', 'block', 'confirmed')");
    const auto file = bulk_file(testbed, "10000001\n10000002\n10000003\n10000004\n");
    const std::string report = testbed.folder() / "report.csv";
    std::ofstream(report) << "id,outcome,why,account,operation,action\n"
                             "10000001,requested,,main,block,900\n10000002,requested,,main,block,901\n"
                             "10000003,unknown,lost,main,block,902\n";
    const auto result = testbed.run({"sim", "block", "--from", file, "--report", report});
    EXPECT_EQ(result.code, 69) << result.err;
    EXPECT_THAT(result.out, HasSubstr("block: 3 confirmed, 0 failed, 1 unknown"));
    EXPECT_EQ(
        testbed.sql("select string_agg(sim, ' ' order by sim) from simsync.action where id <> 900"),
        "10000002 10000004");
    EXPECT_EQ(served(testbed, "block"), 2U);
}

TEST(Act, AnUnknownSimFailsAndNothingIsSent)
{
    Testbed testbed{10};
    const auto result = testbed.run({"sim", "block", "7"});
    EXPECT_EQ(result.code, 65);
    EXPECT_THAT(result.err, AllOf(HasSubstr("holds no SIM \"7\""), HasSubstr("HINT: ")));
    EXPECT_EQ(testbed.sql(states), "block failed");
    EXPECT_EQ(served(testbed, "block"), 0U);
}

TEST(Act, ARefusalFailsAndIsTold)
{
    Testbed testbed{10, spoiling("block", Fault::errors)};
    const auto result = testbed.run({"sim", "block", "10000003"});
    EXPECT_EQ(result.code, 65);
    EXPECT_THAT(result.err, AllOf(HasSubstr("has failed: graphql_errors: "), HasSubstr("HINT: ")));
    EXPECT_EQ(testbed.sql(states), "block failed");
    EXPECT_EQ(testbed.sql(emitted), "action.failed action 1");
}

TEST(Act, AnApiThatIsAwayFailsBeforeAnythingIsSent)
{
    Testbed testbed{10};
    testbed.set("account", "endpoint", "\"http://127.0.0.1:1\"");
    const auto result = testbed.run({"sim", "block", "10000003"});
    EXPECT_EQ(result.code, 69);
    EXPECT_THAT(result.err, HasSubstr("nothing was sent"));
    EXPECT_EQ(testbed.sql(states), "block failed");
}

TEST(Act, ALostAnswerIsDecidedByTheReadBackAndNeverSentTwice)
{
    Testbed testbed{10, spoiling("block", Fault::cut)};
    EXPECT_EQ(testbed.run({"sim", "block", "10000003"}).code, 0);
    EXPECT_EQ(testbed.sql(states), "block confirmed");
    EXPECT_EQ(served(testbed, "block"), 1U);
}

TEST(Act, ALostAnswerThatNothingDecidesLeavesItUnknown)
{
    Testbed testbed{10, spoiling("chargeBalance", Fault::cut)};
    const auto result = testbed.run({"sim", "charge", "10000003", "1", "why", "--yes"});
    EXPECT_EQ(result.code, 69);
    EXPECT_THAT(result.err, AllOf(HasSubstr("may have been done or not"), HasSubstr("before you repeat it")));
    EXPECT_EQ(testbed.sql(states), "charge unknown");
    EXPECT_EQ(served(testbed, "chargeBalance"), 1U);
}

TEST(Act, WhatADeadLeaderHadSentIsReadBackAtTheNextStartAndNotSentAgain)
{
    Testbed testbed{10};
    testbed.change(2, [](simulator::Simcard& sim) { sim.is_blocked = true; });
    testbed.sql("insert into simsync.action (account, sim, operation, state) values "
                "('main', '10000003', 'block', 'sent'), ('main', '10000004', 'charge', 'sent')");
    Daemon daemon{testbed};
    testbed.await_sql(states, "block confirmed, charge unknown");
    EXPECT_EQ(served(testbed, "block") + served(testbed, "chargeBalance"), 0U);
}

TEST(Act, ARequestThatNobodyTookUpForLongIsNotCarriedOut)
{
    Testbed testbed{10};
    testbed.sql("insert into simsync.action (account, sim, operation, requested_at) values "
                "('main', '10000003', 'block', now() - interval '2 minutes')");
    Daemon daemon{testbed};
    testbed.await_sql(states, "block failed");
    EXPECT_EQ(served(testbed, "block"), 0U);
}

TEST(Act, WorksBesideARunningDaemonWhichTellsEachChangeOnceAndAsTheActions)
{
    Testbed testbed{300};
    testbed.set("account", "sweep_interval", "\"100ms\"");
    testbed.change(2, [](simulator::Simcard& sim) { sim.is_blocked = false; });
    Program daemon(testbed.folder(), "daemon", {"--config", testbed.config_file(), "run"});
    const std::string complete =
        "select count(*) > 0 from simsync.sweep where outcome = 'complete' and id > ";
    testbed.await_sql(complete + "0", "t");
    for (int round = 0; round < 4; ++round)
        for (const auto* operation : {"block", "unblock"})
        {
            const auto result = testbed.run({"sim", operation, "10000003"});
            EXPECT_EQ(result.code, 0) << result.err;
        }
    testbed.await_sql(complete + testbed.sql("select max(id) from simsync.sweep"), "t");
    EXPECT_EQ(
        testbed.sql("select count(*) from simsync.change_event where kind in ('sim.blocked', "
                    "'sim.unblocked') and cause = 'action' and action_id is not null"),
        "8");
    EXPECT_EQ(
        testbed.sql("select count(*) from simsync.change_event where kind in ('sim.blocked', "
                    "'sim.unblocked') and cause <> 'action'"),
        "0");
    daemon.process().end(SIGTERM);
    EXPECT_EQ(daemon.process().wait(), 0);
}

// Somebody holds the lease and looks at nothing.
TEST(Act, ALeaderThatTakesNothingUpIsToldOfAndNothingIsSentLater)
{
    Testbed testbed{10};
    const auto leader = connect(testbed.url());
    PQclear(PQexec(leader.get(), "select pg_advisory_lock(hashtext('simsync'), hashtext('main'))"));
    const auto result = testbed.run({"sim", "block", "10000003"});
    EXPECT_EQ(result.code, 75);
    EXPECT_THAT(result.err, AllOf(HasSubstr("nothing was sent"), HasSubstr("HINT: ")));
    EXPECT_EQ(testbed.sql(states), "block failed");
}

} // namespace
} // namespace simsync::test
