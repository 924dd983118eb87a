// read_events and ack_events: at least once, in order, and never silently past a gap.
#include "simsync/store/consumer.hpp"
#include "store/mirror_test.hpp"

namespace simsync::test
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;

class ConsumersTest : public MirrorTest
{
protected:
    void SetUp() override
    {
        MirrorTest::SetUp();
        append({event(Kind::sim_added, "1"), event(Kind::sim_added, "2"), event(Kind::sim_added, "3")});
    }

    std::string read(const std::string& consumer, int max = 100) const
    {
        return sql(
            "select coalesce(string_agg(account || seq, ' '), '') from simsync.read_events('" + consumer +
            "', " + std::to_string(max) + ")");
    }

    void ack(const std::string& consumer, const std::string& account, int upto) const
    {
        sql("select simsync.ack_events('" + consumer + "', '" + account + "', " + std::to_string(upto) + ")");
    }

    // SQLSTATE, message and hint of what `act` raises.
    template<class Act>
    std::string complaint(Act act) const
    {
        try
        {
            act();
        }
        catch (const std::runtime_error& error)
        {
            return error.what();
        }
        return "none";
    }
};

TEST_F(ConsumersTest, ReadsTheSameAgainUntilItAcknowledges)
{
    EXPECT_EQ(read("alerting", 2), "main1 main2");
    EXPECT_EQ(read("alerting", 2), "main1 main2");
    ack("alerting", "main", 2);
    EXPECT_EQ(read("alerting", 2), "main3");
    ack("alerting", "main", 3);
    EXPECT_EQ(read("alerting"), "");
    append({event(Kind::sim_added, "4")});
    EXPECT_EQ(read("alerting"), "main4");
    EXPECT_EQ(read("another"), "main1 main2 main3 main4");
}

TEST_F(ConsumersTest, ReadsAllAccountsInOrderAndNewOnesFromTheirFirstEvent)
{
    EXPECT_EQ(read("alerting"), "main1 main2 main3");
    PostgresMirror other(url, "other");
    ASSERT_TRUE(other.try_lead("https://api.example"));
    other.transact([](Transaction& transaction)
                   { transaction.append(std::vector{event(Kind::sim_added, "1")}); });
    append({event(Kind::sim_added, "4")});
    EXPECT_EQ(read("alerting"), "main1 main2 main3 other1 main4");
    ack("alerting", "main", 4);
    EXPECT_EQ(read("alerting"), "other1");
}

TEST_F(ConsumersTest, AClockThatWasSetBackSkipsNothing)
{
    sql("update simsync.change_event set recorded_at = recorded_at - interval '1 minute' where seq = 3");
    EXPECT_EQ(read("alerting", 1), "main1");
    EXPECT_EQ(read("alerting"), "main1 main2 main3");
}

TEST_F(ConsumersTest, AcknowledgingTwiceIsHarmlessGoingBackAndAheadAreRefused)
{
    read("alerting");
    ack("alerting", "main", 2);
    ack("alerting", "main", 2);
    EXPECT_THAT(
        complaint([&] { ack("alerting", "main", 1); }),
        AllOf(HasSubstr("22023"), HasSubstr("cannot go back to event 1"), HasSubstr("HINT:")));
    EXPECT_THAT(
        complaint([&] { ack("alerting", "main", 4); }),
        AllOf(HasSubstr("22023"), HasSubstr("the last one is 3"), HasSubstr("HINT:")));
    EXPECT_THAT(
        complaint([&] { sql("select simsync.ack_events('alerting', 'main', null)"); }), HasSubstr("22023"));
    EXPECT_EQ(read("alerting"), "main3");
}

TEST_F(ConsumersTest, OneThatIsOvertakenNoticesAndItsLateAcknowledgementIsNoError)
{
    Consumer consumer(url, "alerting");
    ASSERT_EQ(consumer.next(2).size(), 2);
    EXPECT_FALSE(consumer.has_moved());
    ack("alerting", "main", 3);
    EXPECT_TRUE(consumer.has_moved());
    consumer.acknowledge({{"main", 2}});
    EXPECT_EQ(sql("select acked_seq from simsync.consumer where consumer = 'alerting'"), "3");
    EXPECT_TRUE(consumer.next(2).empty());
    EXPECT_FALSE(consumer.has_moved());
    EXPECT_THROW(consumer.acknowledge({{"main", 9}}), StoreDefect) << "nobody has";
}

TEST_F(ConsumersTest, OneThatHasLostItsTurnLearnsOfItWhenItAsksForItsPosition)
{
    Consumer consumer(url, "alerting");
    ASSERT_TRUE(consumer.try_lock());
    consumer.next(1);
    EXPECT_EQ(
        sql("select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory' and "
            "database = (select "
            "oid from pg_database where datname = current_database()) and classid::bigint = "
            "hashtext('simsync consumer')::bigint & 4294967295"),
        "1");
    EXPECT_THROW(consumer.has_moved(), DatabaseUnavailable);
}

TEST_F(ConsumersTest, UnknownNamesAreRefused)
{
    EXPECT_THAT(complaint([&] { ack("nobody", "main", 1); }), AllOf(HasSubstr("P0002"), HasSubstr("HINT:")));
    read("alerting");
    EXPECT_THAT(
        complaint([&] { ack("alerting", "nowhere", 1); }), AllOf(HasSubstr("P0002"), HasSubstr("HINT:")));
    EXPECT_THAT(complaint([&] { sql("select simsync.restart_consumer('nobody')"); }), HasSubstr("P0002"));
    EXPECT_THAT(complaint([&] { read(""); }), AllOf(HasSubstr("22023"), HasSubstr("HINT:")));
    EXPECT_THAT(complaint([&] { read("alerting", 0); }), HasSubstr("22023"));
}

TEST_F(ConsumersTest, OneThatIsBehindTheRetentionIsToldAndCanRestart)
{
    read("alerting");
    ack("alerting", "main", 1);
    sql("delete from simsync.change_event where seq <= 2"); // as dropping their month does
    EXPECT_THAT(
        complaint([&] { read("alerting"); }),
        AllOf(
            HasSubstr("55000"), HasSubstr("event 2 of account \"main\" has been dropped"),
            HasSubstr("simsync.restart_consumer('alerting')")));
    sql("select simsync.restart_consumer('alerting')");
    EXPECT_EQ(read("alerting"), "main3");
    EXPECT_EQ(read("newcomer"), "main3") << "a new one begins at the oldest that is kept";
}

TEST_F(ConsumersTest, OneThatWasDoneWithAllThatWasDroppedReadsOn)
{
    read("alerting");
    ack("alerting", "main", 3);
    sql("delete from simsync.change_event");
    EXPECT_EQ(read("alerting"), "");
    EXPECT_EQ(read("newcomer"), "");
    append({event(Kind::sim_added, "4")});
    EXPECT_EQ(read("alerting"), "main4");
    EXPECT_EQ(read("newcomer"), "main4");
}

TEST_F(ConsumersTest, OneOnAnotherStreamIsToldAndCanRestart)
{
    read("alerting");
    ack("alerting", "main", 2);
    sql("select simsync.begin_stream('main')");
    for (const auto& said :
         {complaint([&] { read("alerting"); }), complaint([&] { ack("alerting", "main", 3); })})
        EXPECT_THAT(said, AllOf(HasSubstr("55000"), HasSubstr("another stream"), HasSubstr("HINT:")));
    sql("select simsync.restart_consumer('alerting')");
    EXPECT_EQ(read("alerting"), "main1 main2 main3");
}

TEST_F(ConsumersTest, OneThatIsAheadOfTheLogIsToldToo)
{
    read("alerting");
    ack("alerting", "main", 3);
    sql("update simsync.ledger set last_seq = 1"); // as a recovery to an earlier point would
    EXPECT_THAT(complaint([&] { read("alerting"); }), HasSubstr("another stream"));
}

// --- Consumer, which reads by those functions

std::vector<std::int64_t> seqs(const std::vector<EventRecord>& events)
{
    std::vector<std::int64_t> all;
    for (const auto& event : events)
        all.push_back(event.seq);
    return all;
}

TEST_F(ConsumersTest, OneProcessOfAConsumerHasTheTurnUntilItEnds)
{
    Consumer second(url, "pager");
    {
        Consumer first(url, "pager");
        EXPECT_TRUE(first.try_lock());
        EXPECT_FALSE(second.try_lock());
        EXPECT_TRUE(Consumer(url, "another").try_lock());
    }
    EXPECT_TRUE(second.try_lock()) << "at once";
}

TEST_F(ConsumersTest, MayBeginNowInsteadOfBeforeTheFirstEvent)
{
    Consumer pager(url, "pager");
    pager.begin_now();
    EXPECT_THAT(pager.next(10), testing::IsEmpty());
    append({event(Kind::sim_added, "4")});
    EXPECT_THAT(seqs(pager.next(10)), testing::ElementsAre(4));
    pager.begin_now(); // it has a position: that one holds
    EXPECT_THAT(seqs(pager.next(10)), testing::ElementsAre(4));
    EXPECT_THAT(seqs(Consumer(url, "another").next(10)), testing::ElementsAre(1, 2, 3, 4));
}

TEST_F(ConsumersTest, GoesOnWhereItWasAfterItsConnectionEnded)
{
    {
        Consumer pager(url, "pager");
        EXPECT_THAT(seqs(pager.next(2)), testing::ElementsAre(1, 2));
        pager.acknowledge({{"main", 1}});
    }
    Consumer again(url, "pager");
    EXPECT_THAT(seqs(again.next(10)), testing::ElementsAre(2, 3));
}

TEST_F(ConsumersTest, IsLostWhereItCannotReadOn)
{
    Consumer pager(url, "pager");
    pager.next(10);
    sql("select simsync.begin_stream('main')");
    EXPECT_THROW(pager.next(10), ConsumerLost);
}

TEST_F(ConsumersTest, SeesWhatStands)
{
    auto low = to_write(sim("1"));
    low.conditions.balance_low = true;
    auto blocked = to_write(sim("2"));
    blocked.observed.sim.is_blocked = true;
    mirror.transact(
        [&](Transaction& transaction)
        {
            transaction.insert(rows_of({low, blocked, to_write(sim("3"))}));
            transaction.set_degraded(true);
        });
    std::vector<std::string> standing;
    for (const auto& each : Consumer(url, "pager").standing())
        standing.push_back(each.dedup_key + ' ' + each.severity);
    EXPECT_THAT(
        standing,
        testing::ElementsAre(
            "main:1:balance.low warning", "main:2:sim.blocked warning", "main:account.degraded critical"));
}

// The row remembers that a deadline was told, also of a SIM that is gone or whose deadline has moved.
TEST_F(ConsumersTest, SeesAnEndingTariffOnlyAsLongAsItIsTheSims)
{
    auto ending = to_write(sim("1"));
    ending.observed.sim.tariff_expires_at = noon;
    mirror.transact(
        [&](Transaction& transaction)
        {
            transaction.insert(rows_of({ending}));
            transaction.raise_due(noon, {});
        });
    Consumer pager(url, "pager");
    ASSERT_EQ(pager.standing().size(), 1U);
    EXPECT_EQ(pager.standing().front().kind, "tariff.expired");
    sql("update simsync.sim set tariff_expires_at = tariff_expires_at + interval '1 day'");
    EXPECT_THAT(pager.standing(), testing::IsEmpty());
    sql("update simsync.sim set tariff_expires_at = tariff_expires_at - interval '1 day', removed_at = "
        "now()");
    EXPECT_THAT(pager.standing(), testing::IsEmpty());
}

} // namespace
} // namespace simsync::test
