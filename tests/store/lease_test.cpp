// The lease: one leader an account, given back at the end of it or lost with its connection.
#include "store/mirror_test.hpp"
#include "store/writer_session.hpp"

#include <unistd.h>

namespace simsync::test
{
namespace
{

using testing::HasSubstr;
using LeaseTest = MirrorTest;

const std::string endpoint = "https://api.example";

std::int64_t next_sweep_id(PostgresMirror& mirror)
{
    std::int64_t id = 0;
    mirror.transact([&](Transaction& transaction) { id = transaction.next_sweep_id(); });
    return id;
}

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

TEST_F(LeaseTest, ALedgerThatNeverHadTheStreamThatWasSeenLacksItsEvents)
{
    const auto seen = std::make_shared<SeenEvents>();
    {
        PostgresMirror before(url, "other", seen);
        ASSERT_TRUE(before.try_lead(endpoint));
    }
    const std::string between = "6f7c1d3e-0000-4000-8000-000000000001";
    seen->committed("other", between, 4);
    PostgresMirror other(url, "other", seen);
    ASSERT_TRUE(other.try_lead(endpoint));
    EXPECT_EQ(
        sql("select concat_ws(' ', kind, before ->> 'stream_id', after -> 'first_lost', after -> "
            "'last_lost') "
            "from simsync.change_event where account = 'other'"),
        "account.events_lost " + between + " 1 4");
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
    sweep.id = next_sweep_id(mirror);
    sweep.started_at = noon;
    mirror.transact([&](Transaction& transaction) { transaction.record(sweep); });
    end_all_sessions(url);

    PostgresMirror next(url, "main");
    ASSERT_TRUE(next.try_lead(endpoint));
    EXPECT_EQ(sql("select outcome from simsync.sweep"), "failed");
    EXPECT_EQ(sql("select finished_at is not null and error is not null from simsync.sweep"), "t");
    EXPECT_EQ(next_sweep_id(next), 2);
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
    const auto session = std::make_shared<WriterSession>(url);
    PostgresMirror other(session, "other", std::make_shared<SeenEvents>(), {});
    session->beat();
    EXPECT_EQ(
        sql("select count(*) from pg_stat_activity where query like 'set idle_session_timeout%' and "
            "datname = "
            "current_database()"),
        "1");
    EXPECT_EQ(other.account().account, "other") << "and goes on";
    end_all_sessions(url);
    EXPECT_THROW(session->beat(), DatabaseUnavailable);
    EXPECT_FALSE(session->is_usable());
}

// Two accounts on one connection, and what each may do once it is gone.
class SharingTest : public MirrorTest
{
protected:
    std::unique_ptr<PostgresMirror> on(const std::shared_ptr<WriterSession>& session, const std::string& name)
    {
        auto made = std::make_unique<PostgresMirror>(
            session, name, std::make_shared<SeenEvents>(),
            [this](const std::string& account, std::int64_t seq)
            { rung.push_back(account + ':' + std::to_string(seq)); });
        EXPECT_TRUE(made->try_lead(endpoint));
        return made;
    }

    static void append(PostgresMirror& to, const std::string& id)
    {
        to.transact([&](Transaction& transaction)
                    { transaction.append(std::vector{event(Kind::sim_added, id)}); });
    }

    std::vector<std::string> rung;
};

TEST_F(SharingTest, AccountsOnOneConnectionHaveALeaseEach)
{
    const auto session = std::make_shared<WriterSession>(url);
    auto one = on(session, "one");
    const auto two = on(session, "two");
    append(*one, "1");
    append(*two, "2");
    EXPECT_FALSE(PostgresMirror(url, "one").try_lead(endpoint));
    EXPECT_FALSE(PostgresMirror(url, "two").try_lead(endpoint));
    EXPECT_EQ(
        sql("select count(distinct pid) from pg_locks where locktype = 'advisory' and database = "
            "(select oid from pg_database where datname = current_database())"),
        "2")
        << "the fixture's, and theirs";

    one.reset();
    EXPECT_TRUE(PostgresMirror(url, "one").try_lead(endpoint)) << "given back alone";
    EXPECT_FALSE(PostgresMirror(url, "two").try_lead(endpoint));
}

TEST_F(SharingTest, WithTheConnectionAllLoseTheLeadAndNoneWritesOnTheNext)
{
    const auto session = std::make_shared<WriterSession>(url);
    const auto one = on(session, "one");
    const auto two = on(session, "two");
    append(*one, "1");
    end_all_sessions(url);
    EXPECT_THROW(append(*one, "2"), DatabaseUnavailable);
    EXPECT_FALSE(session->is_usable());

    const auto next = std::make_shared<WriterSession>(url);
    const auto one_again = on(next, "one");
    append(*one_again, "3");
    EXPECT_THROW(append(*one, "4"), DatabaseUnavailable);
    EXPECT_THROW(append(*two, "5"), DatabaseUnavailable) << "it had not noticed before";
    EXPECT_EQ(sql("select string_agg(sim, ' ' order by seq) from simsync.change_event"), "1 3");
}

TEST_F(SharingTest, WhatWasCommittedIsHandedOnToBeRung)
{
    {
        const auto one = on(std::make_shared<WriterSession>(url), "one");
        EXPECT_TRUE(rung.empty()) << "there is no event yet";
        append(*one, "1");
        append(*one, "2");
        one->transact([](Transaction&) {});
        EXPECT_THROW(
            one->transact(
                [](Transaction& transaction)
                {
                    transaction.append(std::vector{event(Kind::sim_added, "3")});
                    throw StoreDefect("this", "that");
                }),
            StoreDefect);
        EXPECT_THAT(rung, testing::ElementsAre("one:1", "one:2"));
    }
    const auto next = on(std::make_shared<WriterSession>(url), "one");
    EXPECT_THAT(rung, testing::ElementsAre("one:1", "one:2", "one:2"))
        << "who led before may have died before it rang";
}

TEST_F(LeaseTest, SweepsAreNumberedAndReadBack)
{
    SweepRecord sweep;
    sweep.id = next_sweep_id(mirror);
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
    sweep.found_by_looks = 10;
    sweep.expected = 11;
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
            read.events, read.found_by_looks}),
        testing::ElementsAre(2, 3, 4, 5, 6, 7, 8, 9, 10));
    EXPECT_EQ(read.expected, 11);
    EXPECT_EQ(read.error, sweep.error);
    EXPECT_EQ(next_sweep_id(mirror), 2);
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
