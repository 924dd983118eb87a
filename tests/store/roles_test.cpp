// What each group may do, and what it may not.
#include "simsync/store/consumer.hpp"
#include "simsync/store/reader.hpp"
#include "store/consumer_registry.hpp"
#include "store/mirror_test.hpp"
#include "store/schema.hpp"

namespace simsync::test
{
namespace
{

class RolesTest : public testing::Test
{
protected:
    void SetUp() override
    {
        PostgresMirror mirror(writer, "main");
        ASSERT_TRUE(mirror.try_lead("https://api.example"));
        mirror.transact(
            [](Transaction& transaction)
            {
                transaction.insert(rows_of({to_write(sim("1"))}));
                transaction.append(std::vector{event(Kind::sim_added, "1")});
            });
    }

    static bool may(const std::string& role, const std::string& statement)
    {
        try
        {
            run_sql(role, "begin; " + statement + "; rollback");
            return true;
        }
        catch (const std::runtime_error& error)
        {
            EXPECT_THAT(error.what(), testing::HasSubstr("42501")) << statement;
            return false;
        }
    }

    Cluster& cluster = Cluster::shared();
    const std::string owner = cluster.mirror_database();
    const std::string writer = cluster.as_member_of("simsync_writer", owner);
    const std::string reader = cluster.as_member_of("simsync_reader", owner);
    const std::string consumer = cluster.as_member_of("simsync_consumer", owner);
};

TEST_F(RolesTest, TheWriterDoesAllThatTheDaemonDoes)
{
    PostgresMirror mirror(writer, "daemon");
    ASSERT_TRUE(mirror.try_lead("https://api.example"));
    auto low = to_write(sim("1"));
    low.conditions.balance_low = true;
    low.observed.sim.tariff_expires_at = noon;
    const std::vector<std::string> ids{"1"};
    mirror.transact(
        [&](Transaction& transaction)
        {
            transaction.insert(rows_of({low}));
            transaction.update(rows_of({low}));
            EXPECT_EQ(total(transaction.raise_due(noon, {})), 1);
            low.observed.sim.tariff_expires_at = noon - std::chrono::hours{1};
            transaction.update(rows_of({low}));
            EXPECT_EQ(total(transaction.raise_due(noon, {})), 1);
            transaction.hold_removals(ids, 1);
            transaction.release_removals();
            transaction.remove(ids, noon);
            transaction.append(std::vector{event(Kind::sim_removed, "1")});
            EXPECT_EQ(transaction.next_due(noon, {}), std::nullopt);
            SweepRecord sweep;
            sweep.id = transaction.next_sweep_id();
            transaction.record(sweep);
            transaction.set_baselined("[]", noon);
            transaction.set_degraded(true);
        });
    mirror.keep_partitions(std::chrono::hours{24});
    EXPECT_EQ(mirror.load_fleet().size(), 0U);
    EXPECT_TRUE(
        may(writer, "insert into simsync.action (account, sim, operation) values ('main', '1', 'block')"));
    EXPECT_EQ(Reader(writer).status().size(), 2U);
    Consumer sink(writer, "sink:pager");
    EXPECT_TRUE(sink.try_lock());
    sink.begin_now();
    EXPECT_TRUE(sink.next(10).empty());
    sink.acknowledge({{"daemon", 3}});
    EXPECT_EQ(sink.standing().size(), 1U); // the account is degraded, and the SIM is gone
}

TEST_F(RolesTest, TheWriterCannotRewriteEventsNorChangeTheSchema)
{
    EXPECT_FALSE(may(writer, "update simsync.change_event set kind = 'sim.removed'"));
    EXPECT_FALSE(may(writer, "delete from simsync.change_event"));
    EXPECT_FALSE(may(writer, "truncate simsync.change_event"));
    EXPECT_FALSE(may(writer, "delete from simsync.sim"));
    EXPECT_FALSE(may(writer, "delete from simsync.ledger"));
    EXPECT_FALSE(may(writer, "create table simsync.mine ()"));
    EXPECT_FALSE(may(writer, "alter table simsync.sim add column mine text"));
    EXPECT_FALSE(may(writer, "drop table simsync.sim"));
    EXPECT_FALSE(may(writer, "update simsync.migration set checksum = checksum"));
    EXPECT_FALSE(may(writer, "update simsync.consumer set acked_seq = 0"));
}

TEST_F(RolesTest, TheReaderReadsEverythingAndWritesNothing)
{
    EXPECT_EQ(
        run_sql(owner, R"(
        select coalesce(string_agg(relname, ', '), '') from pg_class
         where relnamespace = 'simsync'::regnamespace and relkind in ('r', 'p', 'v') and not relispartition
           and not has_table_privilege('simsync_reader', oid, 'select'))"),
        "");
    EXPECT_TRUE(may(reader, "select * from simsync.sim_current, simsync.sim_as_of(now())"));
    EXPECT_EQ(Reader(reader).status().size(), 1U);

    EXPECT_FALSE(may(reader, "update simsync.sim set balance = 0"));
    EXPECT_FALSE(
        may(reader, "insert into simsync.action (account, sim, operation) values ('main', '1', 'block')"));
    EXPECT_FALSE(may(reader, "select simsync.read_events('a')"));
    EXPECT_FALSE(may(reader, "select simsync.drop_partitions(now())"));
    EXPECT_FALSE(may(reader, "select simsync.ensure_partitions(now())"));
    EXPECT_THROW(PostgresMirror(reader, "main").try_lead("https://api.example"), DatabaseRefused);
}

TEST_F(RolesTest, TheConsumerReadsEventsAndAcknowledgesThem)
{
    EXPECT_EQ(run_sql(consumer, "select kind from simsync.read_events('alerting')"), "sim.added");
    EXPECT_TRUE(may(consumer, "select simsync.ack_events('alerting', 'main', 1)"));
    for (const auto& role : {consumer, writer})
        for (const char* step :
             {"simsync.restart_consumer('alerting')", "simsync.seek_consumer('alerting', 'main', 0)",
              "simsync.release_consumer('alerting')", "simsync.remove_consumer('alerting')"})
            EXPECT_TRUE(may(role, std::string("select ") + step)) << step;
    EXPECT_FALSE(may(reader, "select simsync.seek_consumer('alerting', 'main', 0)"));
    ConsumerRegistry registry(consumer);
    EXPECT_EQ(registry.positions().size(), 1U);
    EXPECT_EQ(registry.oldest_kept("main"), 1);
    EXPECT_EQ(registry.tally("main", 0, 1).size(), 1U);
    EXPECT_TRUE(may(consumer, "select * from simsync.change_event, simsync.account, simsync.consumer"));
    Reader events(consumer);
    EXPECT_EQ(events.events({}, {}, 10).size(), 1U);
    EXPECT_EQ(events.positions().size(), 1U);

    EXPECT_FALSE(may(consumer, "select * from simsync.sim"));
    EXPECT_FALSE(may(consumer, "select * from simsync.sim_current"));
    EXPECT_FALSE(may(consumer, "update simsync.consumer set acked_seq = 0"));
    EXPECT_FALSE(may(consumer, "delete from simsync.change_event"));
    EXPECT_FALSE(may(consumer, "select simsync.begin_stream('main')"));
}

TEST_F(RolesTest, AStrangerGetsNothing)
{
    run_sql(
        owner, "do $$ begin create role stranger login; exception when duplicate_object then null; end $$");
    const auto stranger = owner + " user=stranger";
    EXPECT_FALSE(may(stranger, "select * from simsync.sim"));
    EXPECT_FALSE(may(stranger, "select * from simsync.read_events('a')"));
    try
    {
        Reader reader_of_stranger(stranger);
        FAIL() << "nothing was thrown";
    }
    catch (const DatabaseRefused& error)
    {
        EXPECT_THAT(error.hint(), testing::HasSubstr("GRANT simsync_writer"));
    }
}

// An ordinary role that owns its database and nothing else.
TEST_F(RolesTest, WhoMayNotMakeRolesIsToldWhatToAskFor)
{
    const auto database = cluster.empty_database();
    run_sql(
        database, "do $$ begin create role modest login; exception when duplicate_object then null; end $$");
    run_sql(
        database,
        "do $$ begin execute format('grant create on database %I to modest', current_database()); end $$");
    // The roles are there: other tests made them. So it goes through, without any right to make one.
    EXPECT_EQ(migrate(database + " user=modest").empty(), false);
}

} // namespace
} // namespace simsync::test
