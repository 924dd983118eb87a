// An event's public id is never another's: after a promotion that lost events, a restore, a move.
#include "simsync/store/consumer.hpp"
#include "store/mirror_test.hpp"
#include "store/schema.hpp"

#include <set>
#include <thread>

namespace simsync::test
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string endpoint = "https://api.example";

std::string id_of(const std::string& url, int seq)
{
    return run_sql(url, "select simsync.event_id('main', " + std::to_string(seq) + ")");
}

std::string complaint(const std::string& url, const std::string& statement)
{
    try
    {
        return "none: " + run_sql(url, statement);
    }
    catch (const std::runtime_error& error)
    {
        return error.what();
    }
}

void append(PostgresMirror& mirror, int first, int last)
{
    for (int i = first; i <= last; ++i)
        mirror.transact([i](Transaction& transaction)
                        { transaction.append(std::vector{event(Kind::sim_added, std::to_string(i))}); });
}

std::vector<std::string> ids_of(const std::vector<EventRecord>& events)
{
    std::vector<std::string> ids;
    for (const auto& each : events)
        ids.push_back(each.id);
    return ids;
}

// A primary and a standby that follows it asynchronously; three events that both have, read by a sink and by
// somebody's own consumer.
class PromotionTest : public testing::Test
{
protected:
    void SetUp() override
    {
        standby.emplace(Cluster::StandbyOf{primary});
        auto mirror = lead(url);
        append(*mirror, 1, 3);
        Consumer pager(url, "sink:pager");
        pager.begin_now();
        run_sql(url, "select simsync.read_events('own'); select simsync.ack_events('own', 'main', 3)");
        append(*mirror, 4, 5);
        await_replayed();
        before = ids_of(pager.next(100));
        ASSERT_EQ(before.size(), 2U);
    }

    std::unique_ptr<PostgresMirror> lead(const std::string& where, const std::string& account = "main")
    {
        auto mirror = std::make_unique<PostgresMirror>(where, account, seen);
        EXPECT_TRUE(mirror->try_lead(endpoint));
        return mirror;
    }

    void await_replayed() const
    {
        const auto written = run_sql(url, "select pg_current_wal_lsn()");
        while (run_sql(there(), "select pg_last_wal_replay_lsn() >= '" + written + "'") != "t")
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }

    // From here on the standby gets nothing.
    void cut_replication() const
    {
        run_sql(there(), "alter system set primary_conninfo = ''");
        run_sql(there(), "select pg_reload_conf()");
        while (run_sql(url, "select count(*) from pg_stat_replication") != "0")
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }

    void fail_over()
    {
        primary.stop_immediately();
        standby->promote();
    }

    std::string there() const { return standby->here(url); }

    Cluster primary;
    std::optional<Cluster> standby;
    std::string url = primary.mirror_database();
    std::shared_ptr<SeenEvents> seen = std::make_shared<SeenEvents>();
    std::vector<std::string> before; // the ids of events 4 and 5
};

TEST_F(PromotionTest, OfAStandbyThatLackedEventsGivesTheirIdsToNoOthers)
{
    cut_replication();
    auto mirror = lead(url);
    append(*mirror, 6, 8); // lost
    Consumer pager(url, "sink:pager");
    auto emitted = ids_of(pager.next(100));
    EXPECT_EQ(emitted.size(), 5U);
    const auto stream = mirror->account().stream_id;
    mirror.reset();
    fail_over();

    mirror = lead(there());
    const auto account = mirror->account();
    EXPECT_NE(account.stream_id, stream);
    ASSERT_TRUE(account.numbering.has_value());
    EXPECT_EQ(account.numbering->reason, "lost");
    EXPECT_EQ(account.numbering->after_seq, 5);
    EXPECT_EQ(account.numbering->lost_upto, 8);
    EXPECT_EQ(account.numbering->began_at, account.leader_since);
    EXPECT_EQ(
        run_sql(
            there(), "select concat_ws(' ', seq, kind, severity, before ->> 'stream_id' = '" + stream +
                         "', after ->> 'stream_id' = '" + account.stream_id +
                         "', after - 'stream_id') from simsync.change_event where seq > 5"),
        R"(6 account.events_lost critical t t {"last_lost": 8, "first_lost": 6})");
    append(*mirror, 9, 11); // under the numbers 7 to 9

    // A sink's receiver tells them by their ids, and misses none.
    Consumer successor(there(), "sink:pager");
    successor.begin_now();
    const auto emitted_now = ids_of(successor.next(100));
    EXPECT_EQ(std::vector(emitted_now.begin(), emitted_now.begin() + 2), before)
        << "what survived keeps its id";
    EXPECT_EQ(emitted_now.size(), 6U);
    for (std::size_t i = 2; i < emitted_now.size(); ++i)
        EXPECT_THAT(emitted, Not(testing::Contains(emitted_now[i])));

    // Whoever tells them by their numbers is told which are others now, and goes on where it was.
    EXPECT_THAT(
        complaint(there(), "select simsync.read_events('own')"),
        AllOf(
            HasSubstr("55000"), HasSubstr("events 6 to 8 of account \"main\""),
            HasSubstr("simsync.resume_consumer('own')")));
    run_sql(there(), "select simsync.resume_consumer('own')");
    EXPECT_EQ(
        run_sql(
            there(),
            "select string_agg(seq || '=' || coalesce(sim, kind), ' ') from simsync.read_events('own')"),
        "4=4 5=5 6=account.events_lost 7=9 8=10 9=11");
}

TEST_F(PromotionTest, ThatLostNothingDisturbsNobody)
{
    auto mirror = lead(url);
    const auto stream = mirror->account().stream_id;
    append(*mirror, 6, 6);
    await_replayed();
    mirror.reset();
    fail_over();
    mirror = lead(there());
    EXPECT_EQ(mirror->account().stream_id, stream);
    EXPECT_EQ(mirror->account().numbering->reason, "promoted");
    EXPECT_EQ(run_sql(there(), "select count(*) from simsync.read_events('own')"), "3");
    append(*mirror, 7, 7);
    mirror.reset();
    EXPECT_EQ(run_sql(there(), "select count(*) from simsync.read_events('own')"), "4");
    lead(there());
    EXPECT_EQ(run_sql(there(), "select count(*) from simsync.numbering"), "2") << "once for each promotion";
}

// The leader died with its server, and whoever takes over knows only what the standby has.
TEST_F(PromotionTest, ThatNobodySawLeaksNoIdEither)
{
    cut_replication();
    {
        auto mirror = lead(url);
        append(*mirror, 6, 8);
    }
    std::set<std::string> emitted;
    for (int seq = 1; seq <= 8; ++seq)
        emitted.insert(id_of(url, seq));
    EXPECT_THAT(complaint(url, "select count(*) from simsync.read_events('own')"), HasSubstr("none"));
    fail_over();
    seen = std::make_shared<SeenEvents>();
    auto mirror = lead(there());
    append(*mirror, 9, 9);
    for (int seq = 1; seq <= 5; ++seq)
        EXPECT_TRUE(emitted.contains(id_of(there(), seq)));
    EXPECT_FALSE(emitted.contains(id_of(there(), 6)));
    EXPECT_THAT(
        complaint(there(), "select simsync.ack_events('own', 'main', 8)"),
        AllOf(HasSubstr("the last one is 6"), HasSubstr("events 7 to 8 were lost")));
}

TEST_F(PromotionTest, OfAStandbyThatLackedTheWholeAccountTellsThatAllItsEventsAreLost)
{
    cut_replication();
    auto mirror = lead(url, "late");
    append(*mirror, 1, 3);
    mirror.reset();
    fail_over();
    mirror = lead(there(), "late");
    append(*mirror, 4, 4);
    EXPECT_EQ(
        run_sql(
            there(), "select string_agg(concat_ws(' ', seq, kind, after -> 'first_lost', after -> "
                     "'last_lost'), ', ' order by seq) from simsync.change_event where account = 'late'"),
        "1 account.events_lost 1 3, 2 sim.added");
    EXPECT_EQ(mirror->account().numbering->lost_upto, 3);
}

// An instance that stood by saw how far the events went.
TEST_F(PromotionTest, ThatOnlyAStandbyInstanceSawIsToldOfToo)
{
    cut_replication();
    auto leader = std::make_unique<PostgresMirror>(url, "main");
    ASSERT_TRUE(leader->try_lead(endpoint));
    append(*leader, 6, 8);
    PostgresMirror standing_by(url, "main", seen);
    ASSERT_FALSE(standing_by.try_lead(endpoint));
    standing_by.leader();
    leader.reset();
    fail_over();
    EXPECT_EQ(lead(there())->account().numbering->lost_upto, 8);
}

// As pg_dump and pg_restore, or pg_upgrade, leave it.
void move(const std::string& url)
{
    run_sql(url, "update simsync.ledger set origin = 'another cluster'");
}

class MoveTest : public testing::Test
{
protected:
    void SetUp() override
    {
        PostgresMirror mirror(url, "main");
        ASSERT_TRUE(mirror.try_lead(endpoint));
        append(mirror, 1, 3);
        stream = mirror.account().stream_id;
        run_sql(url, "select simsync.read_events('own'); select simsync.ack_events('own', 'main', 2)");
    }

    const std::string url = Cluster::shared().mirror_database();
    std::string stream;
};

TEST_F(MoveTest, ThatIsDeclaredKeepsTheNumbering)
{
    move(url);
    const auto moved = adopt_moved(url);
    ASSERT_EQ(moved.size(), 1U);
    EXPECT_EQ(moved.front().account, "main");
    EXPECT_TRUE(moved.front().adopted);
    PostgresMirror mirror(url, "main");
    ASSERT_TRUE(mirror.try_lead(endpoint));
    EXPECT_EQ(mirror.account().stream_id, stream);
    append(mirror, 4, 4);
    EXPECT_EQ(run_sql(url, "select count(*) from simsync.read_events('own')"), "2");
    EXPECT_EQ(id_of(url, 4), stream + ":4");
}

TEST_F(MoveTest, CanBeDeclaredAfterAStartThatToldNothing)
{
    move(url);
    {
        PostgresMirror early(url, "main");
        ASSERT_TRUE(early.try_lead(endpoint));
        EXPECT_NE(early.account().stream_id, stream);
        EXPECT_THROW(adopt_moved(url), StoreError) << "while it is led nothing is changed";
    }
    EXPECT_TRUE(adopt_moved(url).at(0).adopted);
    PostgresMirror mirror(url, "main");
    ASSERT_TRUE(mirror.try_lead(endpoint));
    EXPECT_EQ(mirror.account().stream_id, stream);
}

TEST_F(MoveTest, IsNotUndoneOnceEventsWereTold)
{
    move(url);
    {
        PostgresMirror early(url, "main");
        ASSERT_TRUE(early.try_lead(endpoint));
        append(early, 4, 4);
    }
    const auto moved = adopt_moved(url);
    ASSERT_EQ(moved.size(), 1U);
    EXPECT_FALSE(moved.front().adopted);

    // What is offered first tells nothing again.
    EXPECT_THAT(
        complaint(url, "select simsync.read_events('own')"),
        AllOf(
            HasSubstr("another stream"), HasSubstr("To go on with what happens from now on"),
            HasSubstr("resume_consumer('own')")));
    run_sql(url, "select simsync.resume_consumer('own')");
    EXPECT_EQ(run_sql(url, "select count(*) from simsync.read_events('own')"), "0");
}

TEST_F(MoveTest, ThatWasNoneChangesNothing)
{
    EXPECT_TRUE(adopt_moved(url).empty());
    EXPECT_EQ(run_sql(url, "select stream_id from simsync.ledger"), stream);
}

TEST_F(MoveTest, IsForTheOwnerToDeclare)
{
    EXPECT_THROW(adopt_moved(Cluster::shared().as_member_of("simsync_writer", url)), DatabaseRefused);
}

// Conditions that stand are read whatever became of the numbering: Alertmanager goes on being told of them.
TEST_F(MoveTest, LeavesStandingConditionsToBeRead)
{
    move(url);
    PostgresMirror mirror(url, "main");
    ASSERT_TRUE(mirror.try_lead(endpoint));
    mirror.transact([](Transaction& transaction) { transaction.set_degraded(true); });
    Consumer own(url, "own");
    EXPECT_THROW(own.next(10), ConsumerLost);
    EXPECT_EQ(own.standing().size(), 1U);
}

TEST_F(MoveTest, AStreamThatAPersonDeclaresHasIdsOfItsOwn)
{
    run_sql(url, "select simsync.begin_stream('main')");
    PostgresMirror mirror(url, "main");
    ASSERT_TRUE(mirror.try_lead(endpoint));
    append(mirror, 4, 4);
    EXPECT_EQ(id_of(url, 3), stream + ":3");
    EXPECT_EQ(id_of(url, 4), mirror.account().stream_id + ":4");
}

} // namespace
} // namespace simsync::test
