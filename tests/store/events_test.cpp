// The log: gapless, in commit order, one notification a commit, every value in its JSON form.
#include "store/mirror_test.hpp"

#include <libpq-fe.h>

#include <future>

namespace simsync::test
{
namespace
{

using EventsTest = MirrorTest;

TEST_F(EventsTest, NumbersAreGaplessFromOneInEachAccount)
{
    PostgresMirror other(url, "other");
    ASSERT_TRUE(other.try_lead("https://api.example"));
    const std::vector<Event> two{event(Kind::sim_added, "1"), event(Kind::sim_added, "2")};
    append(two);
    other.transact([&](Transaction& transaction) { EXPECT_EQ(transaction.append(two), 2); });
    append(two);

    EXPECT_EQ(
        sql("select array_agg(seq order by seq) from simsync.change_event where account = 'main'"),
        "{1,2,3,4}");
    EXPECT_EQ(
        sql("select array_agg(seq order by seq) from simsync.change_event where account = 'other'"), "{1,2}");
    EXPECT_EQ(sql("select last_seq from simsync.account where account = 'main'"), "4");
}

TEST_F(EventsTest, ATransactionThatFailsUsesNoNumber)
{
    append({event(Kind::sim_added, "1")});
    EXPECT_ANY_THROW(mirror.transact(
        [](Transaction& transaction)
        {
            transaction.append(std::vector{event(Kind::sim_added, "2")});
            throw std::runtime_error("no");
        }));
    append({event(Kind::sim_added, "3")});
    EXPECT_EQ(sql("select array_agg(seq || sim order by seq) from simsync.change_event"), "{11,23}");
}

TEST_F(EventsTest, EveryKindOfValueHasItsJson)
{
    auto emitted = event(Kind::attributes_changed, "1");
    emitted.before = {
        {"balance", Money::parse("5.50").value()},
        {"tariff_expires_at", noon},
        {"is_blocked", true},
        {"tariff_package_total_calls_max_duration", std::int64_t{9'007'199'254'740'993}},
        {"description", std::string("a \"b\"")},
        {"fmcs", std::vector<std::string>{"1", "2"}},
        {"imei", Value{}}};
    append({emitted});
    EXPECT_EQ(
        sql("select before = '{\"balance\": \"5.5\", \"tariff_expires_at\": \"2026-07-01T12:00:00Z\", "
            "\"is_blocked\": "
            "true, \"tariff_package_total_calls_max_duration\": 9007199254740993, \"description\": \"a "
            "\\\"b\\\"\", "
            "\"fmcs\": [\"1\", \"2\"], \"imei\": null}'::jsonb from simsync.change_event"),
        "t");
    EXPECT_EQ(sql("select after is null from simsync.change_event"), "t");
}

TEST_F(EventsTest, EveryColumnIsWritten)
{
    auto emitted = event(Kind::balance_low, "1");
    emitted.iccid_plastic = "8937";
    emitted.previous_observed_at = noon - std::chrono::minutes{1};
    emitted.cause = Cause::action;
    emitted.sweep_id = 7;
    emitted.action_id = 8;
    emitted.dedup_key = "main:1:balance.low";
    append({emitted});
    EXPECT_EQ(
        sql("select (account, seq, kind, severity, sim, iccid_plastic, simsync.rfc3339(observed_at), "
            "simsync.rfc3339(previous_observed_at), cause, sweep_id, action_id, dedup_key)::text "
            "from simsync.change_event where recorded_at between now() - interval '1 min' and now()"),
        "(main,1,balance.low,warning,1,8937,2026-07-01T12:00:00Z,2026-07-01T11:59:00Z,action,7,8,main:"
        "1:balance.low)");
}

// Two sessions cannot lead one account, but an action's hand-over may write beside the sweep one day: the row
// lock of the ledger alone must keep the order. Played here with plain SQL.
TEST_F(EventsTest, TheOrderOfNumbersIsThatOfCommits)
{
    std::promise<void> numbered;
    std::promise<void> go_on;
    auto second = std::async(
        std::launch::async,
        [&]
        {
            numbered.get_future().wait();
            go_on.set_value();
            return sql("update simsync.ledger set last_seq = last_seq + 1 returning last_seq");
        });
    mirror.transact(
        [&](Transaction& transaction)
        {
            transaction.append(std::vector{event(Kind::sim_added, "1")});
            numbered.set_value();
            go_on.get_future().wait();
        });
    EXPECT_EQ(second.get(), "2");
}

TEST_F(EventsTest, OneCommitIsOneNotification)
{
    const auto listener = connect(url);
    PQclear(PQexec(listener.get(), "listen simsync_events"));
    mirror.transact(
        [](Transaction& transaction)
        {
            transaction.append(std::vector{event(Kind::sim_added, "1")});
            transaction.append(std::vector{event(Kind::sim_added, "2"), event(Kind::sim_added, "3")});
        });
    mirror.transact([](Transaction& transaction) { transaction.insert(rows_of({to_write(sim("1"))})); });

    PQclear(PQexec(listener.get(), "select 1")); // what was committed before is delivered with the answer
    std::vector<std::string> heard;
    while (const std::unique_ptr<PGnotify, void (*)(void*)> each{PQnotifies(listener.get()), PQfreemem})
        heard.emplace_back(each->extra);
    EXPECT_THAT(heard, testing::ElementsAre("main:3"));
}

TEST_F(EventsTest, AnEventOfAMonthWithoutPartitionMakesIt)
{
    sql("do $$ declare p record; begin for p in select name from simsync.event_partition loop "
        "execute 'drop table simsync.' || p.name; end loop; end $$");
    PostgresMirror other(url, "other");
    ASSERT_TRUE(other.try_lead("https://api.example"));
    sql("do $$ declare p record; begin for p in select name from simsync.event_partition loop "
        "execute 'drop table simsync.' || p.name; end loop; end $$");

    // This connection believes that they are there; the failed one must not make it believe so for ever.
    EXPECT_THROW(
        other.transact([](Transaction& transaction)
                       { transaction.append(std::vector{event(Kind::sim_added, "1")}); }),
        StoreError);
    other.keep_partitions(std::chrono::seconds{0});
    other.transact([](Transaction& transaction)
                   { transaction.append(std::vector{event(Kind::sim_added, "1")}); });
    EXPECT_EQ(sql("select count(*) from simsync.change_event"), "1");
}

TEST_F(EventsTest, RetentionDropsWholeMonthsThatAreOver)
{
    sql("select simsync.ensure_partitions(now() - interval '400 days')");
    const auto before = std::stoi(sql("select count(*) from simsync.event_partition"));
    mirror.keep_partitions(std::chrono::seconds{0});
    EXPECT_EQ(std::stoi(sql("select count(*) from simsync.event_partition")), before) << "0 keeps all";

    mirror.keep_partitions(std::chrono::hours{24 * 100});
    EXPECT_EQ(
        sql("select count(*) from simsync.event_partition where until <= now() - interval '100 days'"), "0");
    EXPECT_EQ(
        sql("select count(*) from simsync.event_partition where since <= now() and now() < until"), "1");
}

TEST_F(EventsTest, RetentionForgetsOldSweepsButNotTheLastCompleteOne)
{
    const auto sweep = [](std::int64_t id, Timestamp started, Outcome outcome)
    {
        SweepRecord record;
        record.id = id;
        record.started_at = started;
        record.finished_at = started;
        record.outcome = outcome;
        return record;
    };
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto old = now - std::chrono::hours{24 * 200};
    mirror.transact(
        [&](Transaction& transaction)
        {
            transaction.record(sweep(1, old, Outcome::complete));
            transaction.record(sweep(2, old, Outcome::complete));
            transaction.record(sweep(3, old, Outcome::incomplete));
            transaction.record(sweep(4, now, Outcome::incomplete));
        });
    mirror.keep_partitions(std::chrono::hours{24 * 100});
    EXPECT_EQ(sql("select array_agg(id order by id) from simsync.sweep"), "{2,4}");
    EXPECT_EQ(sql("select last_complete_sweep_id from simsync.account"), "2");
}

} // namespace
} // namespace simsync::test
