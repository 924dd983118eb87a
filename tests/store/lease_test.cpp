// The lease: one leader an account, given back at the end of it or lost with its connection.
#include "store/mirror_test.hpp"

#include <unistd.h>

namespace simsync::test
{
namespace
{

using testing::HasSubstr;
using LeaseTest = MirrorTest;

const std::string endpoint = "https://api.example";

void end_all_sessions(const std::string& url)
{
    run_sql(
        url, "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
             "where pid <> pg_backend_pid() and datname = current_database()");
}

TEST_F(LeaseTest, OnlyOneLeadsAnAccount)
{
    PostgresMirror standby(url, "main");
    EXPECT_FALSE(standby.try_lead(endpoint));
    EXPECT_TRUE(mirror.try_lead(endpoint)) << "who leads still leads";

    PostgresMirror other(url, "other");
    EXPECT_TRUE(other.try_lead(endpoint)) << "another account is another lease";
}

TEST_F(LeaseTest, TheLedgerNamesTheLeader)
{
    PostgresMirror standby(url, "main");
    EXPECT_THAT(standby.leader(), HasSubstr("(pid " + std::to_string(getpid()) + ")"));
    const auto account = mirror.account();
    EXPECT_EQ(account.endpoint, endpoint);
    EXPECT_EQ(account.scope, "[]");
    EXPECT_EQ(account.leader_pid, getpid());
    EXPECT_FALSE(account.baselined);
    EXPECT_EQ(PostgresMirror(url, "nowhere").leader(), "nobody");
}

TEST_F(LeaseTest, NothingIsWrittenWithoutIt)
{
    PostgresMirror standby(url, "main");
    EXPECT_THROW(standby.transact([](Transaction&) {}), StoreDefect);
}

TEST_F(LeaseTest, AStandbyTakesOverOnceTheLeaderHasGone)
{
    auto leader = std::make_unique<PostgresMirror>(url, "other");
    ASSERT_TRUE(leader->try_lead(endpoint));
    PostgresMirror standby(url, "other");
    ASSERT_FALSE(standby.try_lead(endpoint));
    leader.reset();
    EXPECT_TRUE(standby.try_lead(endpoint));
}

TEST_F(LeaseTest, ALeaderIsNamedOnlyWhileItLeads)
{
    auto leader = std::make_unique<PostgresMirror>(url, "named");
    ASSERT_TRUE(leader->try_lead(endpoint));
    PostgresMirror standby(url, "named");
    EXPECT_EQ(standby.account().leader_pid, getpid());
    leader.reset();
    EXPECT_EQ(standby.account().leader_pid, std::nullopt);
    EXPECT_EQ(standby.leader(), "nobody");
}

TEST_F(LeaseTest, ALeaderWhoseConnectionWasCutCanWriteNothingMore)
{
    insert({to_write(sim("1"))});
    end_all_sessions(url);
    PostgresMirror standby(url, "main");
    ASSERT_TRUE(standby.try_lead(endpoint));

    EXPECT_THROW(insert({to_write(sim("2"))}), DatabaseUnavailable);
    EXPECT_THROW(insert({to_write(sim("2"))}), DatabaseUnavailable) << "it must not reconnect";
    EXPECT_EQ(standby.load_fleet().size(), 1U);
}

TEST_F(LeaseTest, TheSweepThatADeadLeaderLeftIsClosedAsFailed)
{
    SweepRecord sweep;
    sweep.id = mirror.next_sweep_id();
    sweep.started_at = noon;
    mirror.transact([&](Transaction& transaction) { transaction.record(sweep); });
    end_all_sessions(url);

    PostgresMirror next(url, "main");
    ASSERT_TRUE(next.try_lead(endpoint));
    EXPECT_EQ(sql("select outcome from simsync.sweep"), "failed");
    EXPECT_EQ(sql("select finished_at is not null and error is not null from simsync.sweep"), "t");
    EXPECT_EQ(next.next_sweep_id(), 2);
}

TEST_F(LeaseTest, ARestoredLedgerBeginsANewStream)
{
    const auto stream = mirror.account().stream_id;
    end_all_sessions(url);
    {
        PostgresMirror next(url, "main");
        ASSERT_TRUE(next.try_lead(endpoint));
        EXPECT_EQ(next.account().stream_id, stream) << "a new leader is no restore";
    }
    sql("update simsync.ledger set origin = 'another cluster'");
    end_all_sessions(url);
    PostgresMirror restored(url, "main");
    ASSERT_TRUE(restored.try_lead(endpoint));
    EXPECT_NE(restored.account().stream_id, stream);
    EXPECT_EQ(sql("select origin = simsync.origin() from simsync.ledger"), "t");
}

TEST_F(LeaseTest, ABeatAsksTheServerToBoundTheSilence)
{
    mirror.beat();
    EXPECT_EQ(
        sql("select count(*) from pg_stat_activity where query like 'set idle_session_timeout%' and "
            "datname = "
            "current_database()"),
        "1");
    EXPECT_EQ(mirror.account().account, "main") << "and goes on";
    end_all_sessions(url);
    EXPECT_THROW(mirror.beat(), DatabaseUnavailable);
}

TEST_F(LeaseTest, SweepsAreNumberedAndReadBack)
{
    SweepRecord sweep;
    sweep.id = mirror.next_sweep_id();
    sweep.started_at = noon;
    EXPECT_EQ(sweep.id, 1);
    mirror.transact([&](Transaction& transaction) { transaction.record(sweep); });
    EXPECT_EQ(mirror.account().last_complete_sweep.has_value(), false);

    sweep.finished_at = noon + std::chrono::seconds{9};
    sweep.outcome = Outcome::complete;
    sweep.baseline = true;
    sweep.requests = 2;
    sweep.pages = 3;
    sweep.items = 4;
    sweep.added = 5;
    sweep.changed = 6;
    sweep.unchanged = 7;
    sweep.removed = 8;
    sweep.events = 9;
    sweep.error = "none, but it is text";
    mirror.transact([&](Transaction& transaction) { transaction.record(sweep); });

    const auto read = mirror.account().last_complete_sweep.value();
    EXPECT_EQ(read.id, 1);
    EXPECT_EQ(read.started_at, sweep.started_at);
    EXPECT_EQ(read.finished_at, sweep.finished_at);
    EXPECT_EQ(read.outcome, Outcome::complete);
    EXPECT_EQ(read.baseline, true);
    EXPECT_THAT(
        (std::vector{
            read.requests, read.pages, read.items, read.added, read.changed, read.unchanged, read.removed,
            read.events}),
        testing::ElementsAre(2, 3, 4, 5, 6, 7, 8, 9));
    EXPECT_EQ(read.error, sweep.error);
    EXPECT_EQ(mirror.next_sweep_id(), 2);
}

TEST_F(LeaseTest, TheLedgerKeepsWhatItIsTold)
{
    const std::vector<std::string> ids{"1", "2"};
    mirror.transact(
        [&](Transaction& transaction)
        {
            transaction.set_baselined(R"([{"field":"profile"}])", noon);
            transaction.set_degraded(true);
            transaction.hold_removals(std::vector<std::string>{"9"}, 6);
            transaction.hold_removals(ids, 7);
        });
    auto account = mirror.account();
    EXPECT_TRUE(account.baselined);
    EXPECT_TRUE(account.degraded);
    EXPECT_EQ(account.scope, R"([{"field":"profile"}])");
    EXPECT_EQ(account.held_removals, 2);
    EXPECT_EQ(
        sql("select array_agg(sim || ':' || sweep_id order by sim) from simsync.held_removal"), "{1:7,2:7}");

    mirror.transact(
        [](Transaction& transaction)
        {
            transaction.set_degraded(false);
            transaction.release_removals();
        });
    account = mirror.account();
    EXPECT_FALSE(account.degraded);
    EXPECT_EQ(account.held_removals, 0);
    EXPECT_EQ(sql("select count(*) from simsync.held_removal"), "0");
}

// Each sweep holds anew what is still missed; since when a person could have decided is what they ask.
TEST_F(LeaseTest, ARemovalIsHeldSinceItWasHeldFirst)
{
    const auto hold = [this](std::vector<std::string> ids, std::int64_t sweep)
    { mirror.transact([&](Transaction& transaction) { transaction.hold_removals(ids, sweep); }); };
    hold({"1"}, 6);
    sql("update simsync.held_removal set held_at = '2026-11-01'");
    hold({"1", "2"}, 7);
    EXPECT_EQ(
        sql("select string_agg(sim || ' ' || (held_at = '2026-11-01'), ', ' order by sim) from "
            "simsync.held_removal"),
        "1 true, 2 false");
}

} // namespace
} // namespace simsync::test
