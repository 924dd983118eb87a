// Reading events as they come and accounts as they stand.
#include "simsync/store/reader.hpp"

#include "store/mirror_test.hpp"

#include <thread>

namespace simsync::test
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr std::chrono::minutes long_enough{5}; // a test that waits so long has failed

class ReaderTest : public MirrorTest
{
protected:
    std::vector<std::string> seen(
        const EventFilter& filter, const std::map<std::string, std::int64_t>& after = {},
        std::size_t limit = 100)
    {
        std::vector<std::string> texts;
        for (const auto& each : reader.events(filter, after, limit))
            texts.push_back(each.account + ' ' + std::to_string(each.seq));
        return texts;
    }

    std::vector<std::string> last(const EventFilter& filter, std::size_t limit)
    {
        std::vector<std::string> texts;
        for (const auto& each : reader.last_events(filter, limit))
            texts.push_back(each.account + ' ' + std::to_string(each.seq));
        return texts;
    }

    Reader reader{url};
};

TEST_F(ReaderTest, AnEventIsReadBackInEveryColumn)
{
    auto emitted = event(Kind::balance_low, "1");
    emitted.iccid_plastic = "8937";
    emitted.previous_observed_at = noon - std::chrono::milliseconds{1};
    emitted.before = {{"balance", Money::parse("7").value()}};
    emitted.after = {{"balance", Money::parse("3").value()}};
    emitted.sweep_id = 7;
    emitted.action_id = 8;
    emitted.dedup_key = "main:1:balance.low";
    emitted.standing = true;
    emitted.tariff_name = "M10";
    emitted.description = "Truck 12";
    emitted.profile = "S1";
    emitted.number = "37255500003";
    emitted.requested_by = "anna";
    append({emitted});

    const auto read = reader.events({}, {}, 10).at(0);
    EXPECT_EQ(read.account, "main");
    EXPECT_EQ(read.seq, 1);
    EXPECT_EQ(read.kind, "balance.low");
    EXPECT_EQ(read.severity, "warning");
    EXPECT_EQ(read.sim, "1");
    EXPECT_EQ(read.iccid_plastic, "8937");
    EXPECT_EQ(read.observed_at, "2026-07-01T12:00:00Z");
    EXPECT_EQ(read.previous_observed_at, "2026-07-01T11:59:59.999Z");
    EXPECT_FALSE(read.recorded_at.empty());
    EXPECT_EQ(read.before, R"({"balance": "7"})");
    EXPECT_EQ(read.after, R"({"balance": "3"})");
    EXPECT_EQ(read.cause, "sweep");
    EXPECT_EQ(read.sweep_id, 7);
    EXPECT_EQ(read.action_id, 8);
    EXPECT_EQ(read.dedup_key, "main:1:balance.low");
    EXPECT_TRUE(read.standing);
    EXPECT_EQ(read.tariff_name, "M10");
    EXPECT_EQ(read.description, "Truck 12");
    EXPECT_EQ(read.profile, "S1");
    EXPECT_EQ(read.number, "37255500003");
    EXPECT_EQ(read.requested_by, "anna");
}

TEST_F(ReaderTest, WhatAnEventLacksIsEmpty)
{
    Event emitted;
    emitted.kind = Kind::account_baselined;
    append({emitted});
    const auto read = reader.events({}, {}, 10).at(0);
    EXPECT_EQ(read.sim, std::nullopt);
    EXPECT_EQ(read.before, "");
    EXPECT_EQ(read.after, "");
    EXPECT_EQ(read.dedup_key, std::nullopt);
    EXPECT_EQ(read.tariff_name, std::nullopt);
    EXPECT_EQ(read.number, std::nullopt);
    EXPECT_EQ(read.requested_by, std::nullopt);
}

TEST_F(ReaderTest, EventsAreFilteredAndLimited)
{
    append(
        {event(Kind::sim_added, "1"), event(Kind::sim_blocked, "1"), event(Kind::sim_added, "2"),
         event(Kind::sim_removed, "2")});
    EXPECT_THAT(seen({}), SizeIs(4));
    EXPECT_THAT(seen({}, {}, 2), ElementsAre("main 1", "main 2"));
    EXPECT_THAT(seen({}, {{"main", 2}}), ElementsAre("main 3", "main 4"));
    EXPECT_THAT(
        seen({.account = {}, .kinds = {"sim.added", "sim.removed"}, .sim = {}}),
        ElementsAre("main 1", "main 3", "main 4"));
    EXPECT_THAT(seen({.account = {}, .kinds = {}, .sim = "1"}), ElementsAre("main 1", "main 2"));
    EXPECT_THAT(
        seen({.account = "main", .kinds = {"sim.added"}, .sim = "2"}, {{"main", 1}}), ElementsAre("main 3"));
    EXPECT_THAT(seen({.account = "other", .kinds = {}, .sim = {}}), IsEmpty());
}

TEST_F(ReaderTest, TheLastEventsComeInTheirOrder)
{
    PostgresMirror other(url, "another");
    ASSERT_TRUE(other.try_lead("https://api.example"));
    append({event(Kind::sim_added, "1"), event(Kind::sim_blocked, "1")});
    other.transact([](Transaction& transaction)
                   { transaction.append(std::vector{event(Kind::sim_added, "1")}); });
    append({event(Kind::sim_added, "2")});
    EXPECT_THAT(last({}, 2), ElementsAre("another 1", "main 3"));
    EXPECT_THAT(last({}, 9), ElementsAre("main 1", "main 2", "another 1", "main 3"));
    EXPECT_THAT(last({.account = "main"}, 2), ElementsAre("main 2", "main 3"));
    EXPECT_THAT(
        last({.account = {}, .kinds = {"sim.added"}, .sim = {}}, 3),
        ElementsAre("main 1", "another 1", "main 3"));
    EXPECT_THAT(last({.match = "kind = sim.blocked"}, 3), ElementsAre("main 2"));
}

class SpanTest : public ReaderTest
{
protected:
    // An event of each day of that month, told right away, and of the last day of the month before.
    void SetUp() override
    {
        ReaderTest::SetUp();
        std::vector<Event> days(31, event(Kind::balance_changed, "1"));
        for (std::size_t i = 0; i < days.size(); ++i)
            days[i].observed_at = noon + std::chrono::days{static_cast<int>(i) - 1};
        append(days);
        sql("select simsync.ensure_partitions('2026-07-01'), simsync.ensure_partitions('2026-06-30')");
        sql("update simsync.change_event set recorded_at = observed_at + interval '1 second'");
    }
};

TEST_F(SpanTest, ReachesFromItsBeginningUpToBeforeItsEnd)
{
    EXPECT_THAT(
        seen({.since = noon + std::chrono::days{3}, .until = noon + std::chrono::days{5}}),
        ElementsAre("main 5", "main 6"));
    EXPECT_THAT(seen({.since = noon + std::chrono::days{29}}), ElementsAre("main 31"));
    EXPECT_THAT(seen({.until = noon}), ElementsAre("main 1"));
    EXPECT_THAT(seen({.since = noon + std::chrono::days{30}}), IsEmpty());
    EXPECT_THAT(seen({.until = noon - std::chrono::days{9}}), IsEmpty());
    EXPECT_THAT(last({.until = noon + std::chrono::days{1}}, 1), ElementsAre("main 2"));
    EXPECT_THAT(seen({.since = noon + std::chrono::days{3}}, {{"main", 30}}), ElementsAre("main 31"));
}

// Of a year, a day must not read the rest.
TEST_F(SpanTest, IsFoundByNumberWithoutReadingTheRest)
{
    const auto before = [&](const std::string& at)
    { return sql("select simsync.seq_before('main', '" + at + "')"); };
    EXPECT_EQ(before("2026-07-04T12:00:01Z"), "4");
    EXPECT_EQ(before("2026-07-04T12:00:01.000001Z"), "5");
    EXPECT_EQ(before("2026-01-01"), "0");
    EXPECT_EQ(before("2027-01-01"), "31");
    sql("delete from simsync.change_event where seq < 10 or seq between 15 and 20");
    EXPECT_EQ(before("2026-01-01"), "9");
    EXPECT_EQ(before("2026-07-15"), "14") << "numbers may be missing after a restore";
    EXPECT_EQ(sql("select simsync.seq_before('nobody', now())"), "0");
    EXPECT_EQ(sql("select simsync.seq_before('main', null) is null"), "t");
}

TEST_F(ReaderTest, AccountsAreInterleavedByTimeEachAfterItsPosition)
{
    PostgresMirror other(url, "another");
    ASSERT_TRUE(other.try_lead("https://api.example"));
    const auto append_other = [&]
    {
        other.transact([](Transaction& transaction)
                       { transaction.append(std::vector{event(Kind::sim_added, "1")}); });
    };
    append({event(Kind::sim_added, "1")});
    append_other();
    append({event(Kind::sim_added, "2")});
    append_other();

    EXPECT_THAT(seen({}), ElementsAre("main 1", "another 1", "main 2", "another 2"));
    EXPECT_THAT(seen({}, {{"main", 1}}), ElementsAre("another 1", "main 2", "another 2"));
    EXPECT_THAT(seen({}, {{"main", 2}, {"another", 1}}), ElementsAre("another 2"));
    EXPECT_THAT(reader.positions(), ElementsAre(Pair("another", 2), Pair("main", 2)));
}

TEST_F(ReaderTest, AClockThatWasSetBackDoesNotReorderAnAccount)
{
    append({event(Kind::sim_added, "1")});
    append({event(Kind::sim_added, "2")});
    sql("update simsync.change_event set recorded_at = recorded_at - interval '1 minute' where seq = 2");
    EXPECT_THAT(seen({}, {}, 1), ElementsAre("main 1"));
    EXPECT_THAT(seen({}), ElementsAre("main 1", "main 2"));
}

TEST_F(ReaderTest, StatusTellsOfEveryAccount)
{
    auto blocked = to_write(sim("2"));
    blocked.observed.sim.is_blocked = true;
    insert({to_write(sim("1")), blocked, to_write(sim("3"))});
    const std::vector<std::string> gone{"3"};
    mirror.transact(
        [&](Transaction& transaction)
        {
            transaction.remove(gone, noon);
            transaction.append(std::vector{event(Kind::sim_removed, "3")});
            for (std::int64_t id = 1; id <= 7; ++id)
            {
                SweepRecord sweep;
                sweep.id = id;
                sweep.started_at = noon;
                sweep.finished_at = noon;
                sweep.outcome = id < 3 ? Outcome::complete : Outcome::incomplete;
                transaction.record(sweep);
            }
        });
    PostgresMirror other(url, "another");
    ASSERT_TRUE(other.try_lead("https://api.example"));

    const auto status = reader.status();
    ASSERT_THAT(status, SizeIs(2));
    EXPECT_EQ(status[0].account.account, "another");
    EXPECT_EQ(status[0].sims, 0);
    const auto& main = status[1];
    EXPECT_EQ(main.sims, 2);
    EXPECT_EQ(main.blocked, 1);
    EXPECT_EQ(main.events_last_hour, 1);
    EXPECT_EQ(main.account.last_seq, 1);
    EXPECT_EQ(main.account.last_complete_sweep.value().id, 2);
    ASSERT_THAT(main.last_sweeps, SizeIs(5));
    EXPECT_EQ(main.last_sweeps.front().id, 7);
}

TEST_F(ReaderTest, ACommitWakesWhoWaits)
{
    reader.wait(long_enough); // begins to listen; what came before was not notified
    std::thread writer([this] { append({event(Kind::sim_added, "1")}); });
    reader.wait(long_enough);
    writer.join();
    EXPECT_THAT(seen({}), ElementsAre("main 1"));
}

TEST_F(ReaderTest, ACommitBetweenTwoWaitsIsNotMissed)
{
    reader.wait(long_enough);
    append({event(Kind::sim_added, "1")});
    EXPECT_THAT(seen({}), SizeIs(1));
    reader.wait(long_enough);
}

TEST_F(ReaderTest, ALostConnectionIsToldEverywhere)
{
    reader.ping();
    reader.wait(long_enough);
    sql("select pg_terminate_backend(pid, 10000) from pg_stat_activity "
        "where pid <> pg_backend_pid() and datname = current_database()");
    EXPECT_THROW(reader.wait(long_enough), DatabaseUnavailable);
    EXPECT_THROW(reader.wait(long_enough), DatabaseUnavailable);
    EXPECT_THROW(reader.ping(), DatabaseUnavailable);
    EXPECT_THROW(reader.events({}, {}, 1), DatabaseUnavailable);
}

} // namespace
} // namespace simsync::test
