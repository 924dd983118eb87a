// A subscriber and the programs: who reads there, who is refused, what a publisher's owner is told.
#include "simsync/store/reader.hpp"
#include "store/action_queue.hpp"
#include "store/database_checks.hpp"
#include "store/decisions.hpp"
#include "store/fleet_reader.hpp"
#include "store/retirement.hpp"
#include "store/subscriber_test.hpp"

namespace simsync::test
{
namespace
{

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

template<class Error = DatabaseUnfit, class Act>
std::string complaint(Act act)
{
    try
    {
        act();
    }
    catch (const Error& error)
    {
        return std::string(error.what()) + " HINT: " + error.hint();
    }
    return "none";
}

class SubscriberReadersTest : public SubscriberTest
{
};

TEST_F(SubscriberReadersTest, IsReadByCommandsAndTheConsole)
{
    add("1");
    follow();
    const auto analyst = following->as_member_of("simsync_reader", there);
    Reader reader(analyst);
    EXPECT_EQ(reader.status().size(), 1U);
    EXPECT_EQ(reader.events({}, {}, 10).size(), 1U);
    FleetReader console(analyst);
    EXPECT_EQ(console.accounts().size(), 1U);
    EXPECT_EQ(console.sims({}).items.size(), 1U);
    EXPECT_EQ(run_sql(analyst, "select count(*) from simsync.sim_as_of(now())"), "1");
    const auto alerting = following->as_member_of("simsync_consumer", there);
    EXPECT_EQ(run_sql(alerting, "select count(*) from simsync.read_events('alerting', 10)"), "1");
}

TEST_F(SubscriberReadersTest, NamesWhoLeadsWhereItIsMirrored)
{
    follow();
    const auto analyst = following->as_member_of("simsync_reader", there);
    EXPECT_EQ(Reader(analyst).status().at(0).account.leader_pid, getpid());
    EXPECT_EQ(FleetReader(analyst).accounts().at(0).leader_pid, getpid());
}

TEST_F(SubscriberReadersTest, IsMirroredIntoByNobody)
{
    add("1");
    follow();
    const auto says = testing::AllOf(HasSubstr("is a subscriber"), HasSubstr("HINT: mirror into that one"));
    EXPECT_THAT(complaint([&] { PostgresMirror(there, "main"); }), says);
    EXPECT_THAT(complaint([&] { refuse_subscriber(there); }), says);
    EXPECT_THAT(complaint([&] { DatabaseChecks(there).require_no_subscriber(); }), says);
    EXPECT_THAT(complaint([&] { ActionQueue(there, "main"); }), says);
    EXPECT_THAT(complaint([&] { note_decision(there, "main", Decision::accepted, "me"); }), says);
    EXPECT_THAT(complaint([&] { retire_account(there, "main", noon); }), says);
    EXPECT_THAT(complaint([&] { publish(there); }), says);
    EXPECT_THAT(
        complaint([&] { migrate(there); }),
        testing::AllOf(HasSubstr("is a subscriber"), HasSubstr("migrate --subscriber")));
    for (const char* table :
         {"sim", "ledger", "condition", "sweep", "held_removal", "change_event", "numbering", "untold_change",
          "drift", "action"})
        EXPECT_THAT(
            refusal(there, std::string("delete from simsync.") + table),
            HasSubstr("this database is a subscriber"))
            << table;
}

TEST_F(SubscriberReadersTest, IsMadeOfAnEmptyDatabaseOnlyAndTwiceIsAsOnce)
{
    EXPECT_THAT(
        complaint([&] { migrate_subscriber(here); }),
        testing::AllOf(HasSubstr("is no subscriber"), HasSubstr("createdb")));
    EXPECT_EQ(run_sql(here, "select simsync.is_subscriber()"), "f");
    EXPECT_THAT(migrate_subscriber(there), Not(IsEmpty()));
    EXPECT_THAT(migrate_subscriber(there), IsEmpty());
    EXPECT_EQ(run_sql(there, "select simsync.is_subscriber()"), "t");
    EXPECT_THAT(subscription_command(there), HasSubstr("CREATE SUBSCRIPTION simsync_"));
    publish(here);
    subscribe();
    EXPECT_EQ(subscription_command(there), "");
    await_copied();
}

TEST_F(SubscriberReadersTest, IsDoubtedWhereItsWalCannotBeHad)
{
    Connection session(here);
    EXPECT_EQ(doubts_about_publication(session), std::nullopt) << "nothing is published";
    EXPECT_TRUE(publish(here));
    EXPECT_FALSE(publish(here)) << "it is already";
    auto doubts = doubts_about_publication(session).value();
    ASSERT_EQ(doubts.size(), 1U);
    EXPECT_THAT(doubts[0].what, HasSubstr("max_slot_wal_keep_size"));
    EXPECT_FALSE(doubts[0].fails);

    run_sql(
        here, "select pg_create_logical_replication_slot('gone', 'pgoutput'); alter publication simsync drop "
              "table simsync.drift");
    doubts = doubts_about_publication(session).value();
    ASSERT_EQ(doubts.size(), 3U);
    EXPECT_THAT(doubts[0].hint, HasSubstr("simsync migrate --publisher"));
    EXPECT_TRUE(doubts[0].fails);
    EXPECT_THAT(doubts[1].what, HasSubstr("away, and its WAL is kept on this server: gone"));
    run_sql(here, "select pg_drop_replication_slot('gone')");

    const auto other = following->mirror_database();
    Connection replica(other);
    publish(other);
    doubts = doubts_about_publication(replica).value();
    ASSERT_EQ(doubts.size(), 2U);
    EXPECT_THAT(doubts[0].what, HasSubstr("wal_level is replica"));
    EXPECT_TRUE(doubts[0].fails);
}

} // namespace
} // namespace simsync::test
