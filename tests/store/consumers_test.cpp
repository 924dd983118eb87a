// read_events and ack_events: at least once, in order, and never silently past a gap.
#include "simsync/store/consumer.hpp"
#include "store/consumer_registry.hpp"
#include "store/mirror_test.hpp"
#include "store/watch.hpp"

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;
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

// Three accounts of three events each, recorded in turn: who has waited the longest is read on first.
TEST_F(ConsumersTest, OfManyAccountsReadsOnWhereAnEventHasWaitedTheLongest)
{
    for (const auto* const name : {"second", "third"})
    {
        PostgresMirror other(url, name);
        ASSERT_TRUE(other.try_lead("https://api.example"));
        other.transact(
            [](Transaction& transaction)
            {
                transaction.append(std::vector{
                    event(Kind::sim_added, "1"), event(Kind::sim_added, "2"), event(Kind::sim_added, "3")});
            });
    }
    sql("update simsync.change_event"
        "   set recorded_at = now() + seq * interval '1 minute'"
        "                     + case account when 'main' then 2 when 'second' then 1 else 0 end * interval "
        "'1 s'");
    EXPECT_EQ(read("alerting", 9), "third1 second1 main1 third2 second2 main2 third3 second3 main3");
    EXPECT_EQ(read("alerting", 2), "third1 third2");
    EXPECT_EQ(read("alerting", 4), "third1 second1 third2 third3") << "each a prefix of its account's";
    ack("alerting", "third", 1);
    EXPECT_EQ(read("alerting", 3), "second1 second2 second3");
    ack("alerting", "second", 3);
    ack("alerting", "main", 3);
    EXPECT_EQ(read("alerting", 3), "third2 third3");
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
        AllOf(
            HasSubstr("22023"), HasSubstr("the last one is 3"), HasSubstr("HINT:"),
            testing::Not(HasSubstr("took over"))));
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

// --- ahead of what is acknowledged

std::string names(const std::vector<EventRecord>& events)
{
    std::string all;
    for (const auto& event : events)
        all += (all.empty() ? "" : " ") + event.account + std::to_string(event.seq);
    return all;
}

TEST_F(ConsumersTest, OneThatReadsAheadIsToldWhatComesBehindThatAndTheRestBehindItsPosition)
{
    PostgresMirror second(url, "second");
    ASSERT_TRUE(second.try_lead("https://api.example"));
    second.transact(
        [](Transaction& transaction) {
            transaction.append(std::vector{event(Kind::sim_added, "1"), event(Kind::sim_added, "2")});
        });
    Consumer consumer(url, "alerting");
    EXPECT_EQ(names(consumer.read_ahead({}, 2, 100)), "main1 main2 second1 second2");
    EXPECT_EQ(names(consumer.read_ahead({}, 5, 4)), "main1 main2 main3 second1");
    const std::vector<ReadFrom> from{{"main", 2, 5}};
    EXPECT_EQ(names(consumer.read_ahead(from, 5, 100)), "main3 second1 second2");
    EXPECT_EQ(names(consumer.read_ahead(std::vector<ReadFrom>{{"main", 2, 0}}, 5, 100)), "second1 second2")
        << "no room for more of it";
    EXPECT_EQ(consumer.read_ahead({}, 1, 1).at(0).id, sql("select simsync.event_id('main', 1)"));
    EXPECT_THAT(consumer.moved(), testing::IsEmpty());
}

TEST_F(ConsumersTest, OneThatReadsAheadLearnsWhosePositionWasMoved)
{
    Consumer consumer(url, "alerting");
    EXPECT_THAT(consumer.read_ahead({}, 9, 9), testing::SizeIs(3));
    consumer.acknowledge({{"main", 1}});
    EXPECT_THAT(consumer.moved(), testing::IsEmpty()) << "by itself";
    ack("alerting", "main", 2);
    EXPECT_THAT(consumer.moved(), testing::ElementsAre(testing::Pair("main", 2)));
    EXPECT_THAT(consumer.moved(), testing::IsEmpty()) << "it knows";
    sql("delete from simsync.consumer");
    EXPECT_THAT(consumer.moved(), testing::ElementsAre(testing::Pair("main", -1)));
    EXPECT_EQ(names(consumer.read_ahead({}, 9, 9)), "main1 main2 main3");
    sql("select simsync.begin_stream('main')");
    EXPECT_THROW(consumer.read_ahead({}, 9, 9), ConsumerLost);
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

// --- one session at a time

// A session of a test's own, for who reads by SQL and stays.
class Reading
{
public:
    explicit Reading(const std::string& url) : session_(connect(url)) {}

    // What it answers, or the SQLSTATE and the message.
    std::string ask(const std::string& sql)
    {
        const std::unique_ptr<PGresult, decltype(&PQclear)> result{
            PQexec(session_.get(), sql.c_str()), &PQclear};
        if (PQresultStatus(result.get()) == PGRES_TUPLES_OK)
            return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
        const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
        return std::string(state ? state : "") + ' ' + PQresultErrorMessage(result.get());
    }
    std::string read(const std::string& consumer = "alerting")
    {
        return ask(
            "select coalesce(string_agg(account || seq, ' '), '') from simsync.read_events('" + consumer +
            "', 2)");
    }

private:
    Session session_;
};

TEST_F(ConsumersTest, ASecondSessionOfAConsumerIsToldAtOnceWhoReads)
{
    Reading first(url);
    Reading second(url);
    EXPECT_EQ(first.read(), "main1 main2");
    EXPECT_EQ(first.read(), "main1 main2") << "the same again, to the one that has it";
    EXPECT_THAT(
        second.read(),
        AllOf(
            testing::StartsWith("55006"), HasSubstr("process " + first.ask("select pg_backend_pid()")),
            HasSubstr("HINT:"), HasSubstr("release_consumer('alerting')")));
    EXPECT_EQ(second.read("another"), "main1 main2");
    EXPECT_EQ(second.ask("select simsync.ack_events('alerting', 'main', 1)"), "")
        << "from wherever one likes";
    EXPECT_EQ(first.read(), "main2 main3");
}

TEST_F(ConsumersTest, WhoComesAgainAfterItsSessionEndedReadsTheSame)
{
    auto first = std::make_unique<Reading>(url);
    EXPECT_EQ(first->read(), "main1 main2");
    first.reset(); // the server notices in its own time, for which read_events waits
    EXPECT_EQ(Reading(url).read(), "main1 main2");
}

TEST_F(ConsumersTest, WhoReadsOnAnotherConnectionEachTimeLetsGo)
{
    Reading first(url);
    Reading second(url);
    for (auto* session : {&first, &second})
    {
        session->ask("begin");
        EXPECT_EQ(session->read(), "main1 main2");
        EXPECT_EQ(session->read(), "main1 main2");
        session->ask("select simsync.release_consumer('alerting')");
        session->ask("commit");
    }
    EXPECT_EQ(first.ask("select simsync.release_consumer('alerting')"), "") << "it has nothing to let go of";
    EXPECT_EQ(first.read(), "main1 main2");
}

TEST_F(ConsumersTest, SqlAndOurOwnReadersExcludeEachOther)
{
    Reading by_sql(url);
    EXPECT_EQ(by_sql.read(), "main1 main2");
    EXPECT_FALSE(Consumer(url, "alerting").try_lock());
    Consumer ours(url, "pager");
    ASSERT_TRUE(ours.try_lock());
    EXPECT_EQ(ours.next(2).size(), 2U);
    EXPECT_THAT(by_sql.read("pager"), testing::StartsWith("55006"));
}

// --- the steps of a person

class RegistryTest : public ConsumersTest
{
protected:
    // "alerting main 1/3 2 reads", each position.
    std::string positions()
    {
        std::string text;
        for (const auto& each : registry.positions())
            text.append(text.empty() ? "" : ", ")
                .append(each.consumer + ' ' + each.account + ' ' + std::to_string(each.acked_seq) + '/')
                .append(std::to_string(each.last_seq) + ' ' + std::to_string(each.behind) + ' ')
                .append(to_text(each.state));
        return text;
    }
    ConsumerPosition position() { return registry.positions("alerting").at(0); }

    ConsumerRegistry registry{url};
};

TEST_F(RegistryTest, SaysWhereEachConsumerIs)
{
    EXPECT_EQ(positions(), "");
    read("alerting");
    ack("alerting", "main", 1);
    EXPECT_EQ(positions(), "alerting main 1/3 2 reads");
    EXPECT_EQ(
        to_text(*position().waiting_since),
        sql("select simsync.rfc3339(recorded_at) from simsync.change_event where seq = 2"));
    ack("alerting", "main", 3);
    EXPECT_EQ(positions(), "alerting main 3/3 0 reads");
    EXPECT_FALSE(position().waiting_since);
    EXPECT_THAT(registry.positions("nobody"), testing::IsEmpty());
    sql("update simsync.consumer set acked_seq = 0");
    sql("delete from simsync.change_event where seq = 1");
    EXPECT_EQ(positions(), "alerting main 0/3 0 dropped");
    sql("select simsync.begin_stream('main')");
    EXPECT_EQ(positions(), "alerting main 0/3 0 renumbered");
}

TEST_F(RegistryTest, CountsWhatLiesBetween)
{
    append({event(Kind::sim_blocked, "1"), event(Kind::sim_added, "4")});
    EXPECT_EQ(
        registry.tally("main", 1, 5),
        (std::vector<EventTally>{{"sim.added", false, 3}, {"sim.blocked", false, 1}}));
    EXPECT_THAT(registry.tally("main", 5, 5), testing::IsEmpty());
    EXPECT_EQ(registry.event("main", 4)->kind, "sim.blocked");
    EXPECT_FALSE(registry.event("main", 6));
    EXPECT_EQ(registry.oldest_kept("main"), 1);
    sql("delete from simsync.change_event where seq <= 2");
    EXPECT_EQ(registry.oldest_kept("main"), 3);
    sql("delete from simsync.change_event");
    EXPECT_EQ(registry.oldest_kept("main"), 6);
}

TEST_F(RegistryTest, MovesForwardAndBackAndOnceItCouldNotReadOn)
{
    read("alerting");
    registry.move({{position(), 2}});
    EXPECT_EQ(read("alerting"), "main3");
    registry.move({{position(), 0}});
    EXPECT_EQ(read("alerting"), "main1 main2 main3");
    sql("select simsync.begin_stream('main')");
    registry.move({{position(), 3}});
    append({event(Kind::sim_added, "4")});
    EXPECT_EQ(read("alerting"), "main4");
}

TEST_F(RegistryTest, MovesNobodyWhoHasMovedMeanwhile)
{
    read("alerting");
    const auto found = position();
    ack("alerting", "main", 1);
    EXPECT_THROW(registry.move({{found, 1}}), TransactionConflict);
    EXPECT_EQ(positions(), "alerting main 1/3 2 reads");
}

TEST_F(RegistryTest, StandsNowhereBeyondWhatIsKept)
{
    read("alerting");
    sql("delete from simsync.change_event where seq = 1");
    for (const char* after : {"0", "4", "null"})
        EXPECT_THAT(
            complaint(
                [&] { sql("select simsync.seek_consumer('alerting', 'main', " + std::string(after) + ")"); }),
            AllOf(HasSubstr("22023"), HasSubstr("events 2 to 3 are kept"), HasSubstr("HINT:")));
    sql("select simsync.seek_consumer('alerting', 'main', 1)");
    EXPECT_THAT(
        complaint([&] { sql("select simsync.seek_consumer('nobody', 'main', 1)"); }), HasSubstr("P0002"));
}

TEST_F(RegistryTest, ForgetsAConsumerUnlessSomebodyReadsAsIt)
{
    Reading reader(url);
    reader.read();
    EXPECT_FALSE(registry.remove("alerting", {}));
    EXPECT_THAT(complaint([&] { sql("select simsync.remove_consumer('alerting')"); }), HasSubstr("55006"));
    EXPECT_EQ(positions(), "alerting main 0/3 3 reads");
    reader.ask("select simsync.release_consumer('alerting')");
    EXPECT_TRUE(registry.remove("alerting", {}));
    EXPECT_EQ(positions(), "");
    EXPECT_EQ(reader.read(), "main1 main2") << "and nobody holds it";
}

// Whoever put it back wants to be told again: what was under way does not undo that.
TEST_F(RegistryTest, AnAcknowledgementOfWhatWasReadBeforeAPersonPutTheConsumerBackIsNone)
{
    Consumer consumer(url, "alerting");
    consumer.acknowledge({});
    ASSERT_EQ(consumer.next(2).size(), 2);
    consumer.acknowledge({{"main", 2}});
    ASSERT_EQ(consumer.next(2).size(), 1);
    registry.move({{position(), 0}});
    EXPECT_TRUE(consumer.has_moved());
    consumer.acknowledge({{"main", 3}});
    EXPECT_EQ(positions(), "alerting main 0/3 3 reads");
    EXPECT_EQ(consumer.next(5).size(), 3U);
    consumer.acknowledge({{"main", 3}});
    EXPECT_EQ(positions(), "alerting main 3/3 0 reads");
}

TEST_F(RegistryTest, ASinkNotesThatItIsDownUntilItIsNot)
{
    Consumer sink(url, "sink:pager");
    sink.begin_now();
    sink.note_down("the receiver answers 410", "set the sink's url");
    const auto down = registry.positions().at(0);
    EXPECT_EQ(down.down_error, "the receiver answers 410");
    EXPECT_EQ(down.down_hint, "set the sink's url");
    sink.note_down("the receiver answers 410 again", "set the sink's url");
    EXPECT_EQ(registry.positions().at(0).down_since, down.down_since) << "since then, whatever it says";
    EXPECT_EQ(Watch(url).consumers().at(0).consumer, "sink:pager");
    sink.note_up();
    EXPECT_FALSE(registry.positions().at(0).down_since);
}

TEST_F(RegistryTest, ASinkNotesWhereItIsStuckUntilItGetsOn)
{
    Consumer sink(url, "sink:pager");
    sink.begin_now();
    registry.move({{registry.positions().at(0), 0}});
    sink.note_stuck({{"main", {1, 90s, "the receiver answers 422"}}});
    const auto stuck = registry.positions().at(0);
    EXPECT_EQ(stuck.stuck_seq, 1);
    EXPECT_EQ(stuck.stuck_error, "the receiver answers 422");
    EXPECT_GE(stuck.acked_at - stuck.stuck_since.value(), 80s);
    sink.note_stuck({{"main", {1, 1s, "the receiver answers 503"}}});
    EXPECT_EQ(registry.positions().at(0).stuck_since, stuck.stuck_since) << "of another process that begins";
    EXPECT_EQ(registry.positions().at(0).stuck_error, "the receiver answers 503");
    sink.next(1);
    sink.acknowledge({{"main", 1}});
    EXPECT_FALSE(registry.positions().at(0).stuck_seq) << "it got past it, whoever notes that";
    sink.note_stuck({});
    EXPECT_FALSE(registry.positions().at(0).stuck_seq);
}

// --- what alerts say beyond their events

Event condition(Kind kind, const std::string& id, bool standing = false)
{
    auto made = event(kind, id);
    made.dedup_key = dedup_key(kind, "main", id);
    made.standing = standing;
    return made;
}

// "tariff.expiring before" of the last event.
std::string raised_before_the_last(Consumer& consumer)
{
    const auto contexts = consumer.alert_contexts(consumer.next(100));
    std::string text;
    for (const auto& each : contexts.back().raised)
        text.append(text.empty() ? "" : ", ").append(each.kind).append(each.standing ? " before" : "");
    return text;
}

TEST_F(ConsumersTest, KnowsByWhatAConditionWasRaised)
{
    Consumer pager(url, "pager");
    const auto after = [&](const Event& event)
    {
        append({event});
        return raised_before_the_last(pager);
    };
    EXPECT_EQ(after(condition(Kind::tariff_expiring, "1")), "");
    EXPECT_EQ(after(condition(Kind::tariff_expired, "1")), "tariff.expiring");
    EXPECT_EQ(after(condition(Kind::tariff_renewed, "1")), "tariff.expired");
    EXPECT_EQ(after(condition(Kind::tariff_expired, "1")), "") << "what was resolved is over";
    EXPECT_EQ(after(condition(Kind::balance_low, "1", true)), "");
    EXPECT_EQ(after(condition(Kind::balance_recovered, "1")), "balance.low before");
    EXPECT_EQ(after(condition(Kind::balance_low, "1")), "");
    EXPECT_EQ(after(condition(Kind::sim_blocked, "2")), "") << "another SIM";
    EXPECT_EQ(after(event(Kind::sim_removed, "1")), "balance.low, tariff.expired");
}

TEST_F(ConsumersTest, KnowsABlockThatNoEventToldOf)
{
    auto old = to_write(sim("9")); // of the baseline
    old.observed.sim.is_blocked = true;
    insert({old});
    Consumer pager(url, "pager");
    append({condition(Kind::sim_unblocked, "9")});
    EXPECT_EQ(raised_before_the_last(pager), "sim.blocked before");
    append({condition(Kind::sim_unblocked, "1")}); // which was added, blocked
    EXPECT_EQ(raised_before_the_last(pager), "sim.blocked");
    append({event(Kind::sim_removed, "9")});
    EXPECT_EQ(raised_before_the_last(pager), "") << "it was unblocked";
}

TEST_F(ConsumersTest, KnowsWhatAPersonWantsToKnowOfASim)
{
    auto known = to_write(sim("1"));
    known.observed.sim.description = "GPS tracker";
    known.observed.sim.balance = Money::parse("4.90");
    known.observed.sim.tariff_name = "Package 500";
    known.observed.sim.tariff_expires_at = noon;
    known.observed.sim.is_blocked = true;
    insert({known});
    append({condition(Kind::balance_low, "1")});
    Consumer pager(url, "pager");
    const SimFacts facts{"GPS tracker", "4.9", "Package 500", "2026-07-01T12:00:00Z"};
    EXPECT_EQ(pager.alert_contexts(pager.next(100)).back().sim, facts);
    EXPECT_EQ(pager.standing().at(0).facts, facts);
}

TEST_F(ConsumersTest, SeesSinceWhenASimHasBeenBlockedAndWhyAnAccountIsDegraded)
{
    auto blocked = to_write(sim("1"));
    insert({blocked});
    blocked.observed.sim.is_blocked = true;
    blocked.at = noon + std::chrono::hours{1};
    update({blocked});
    blocked.observed.sim.description = "moved";
    blocked.at = noon + std::chrono::hours{2};
    update({blocked});
    auto from_the_first = to_write(sim("2"));
    from_the_first.observed.sim.is_blocked = true;
    insert({from_the_first});
    mirror.transact([](Transaction& transaction) { transaction.set_degraded(true); });
    auto degraded = event(Kind::account_degraded, "");
    degraded.sim.reset();
    degraded.after = {{"error", std::string("the API answers 500")}};
    append({degraded});
    const auto standing = Consumer(url, "pager").standing();
    ASSERT_EQ(standing.size(), 3U);
    EXPECT_EQ(standing[0].since, "2026-07-01T13:00:00Z");
    EXPECT_EQ(standing[1].since, "2026-07-01T12:00:00Z");
    EXPECT_EQ(standing[2].error, "the API answers 500");
    EXPECT_EQ(sql("select blocked_since = '2026-07-01T13:00Z' from simsync.sim_blocked where id = '1'"), "t");
    blocked.observed.sim.is_blocked.reset(); // a blink
    blocked.conditions.last_known.is_blocked = true;
    blocked.at = noon + std::chrono::hours{3};
    update({blocked});
    EXPECT_EQ(Consumer(url, "pager").standing().at(0).since, "2026-07-01T13:00:00Z");
    blocked.observed.sim.is_blocked = true;
    blocked.conditions.last_known.is_blocked.reset();
    update({blocked});
    EXPECT_EQ(Consumer(url, "pager").standing().at(0).since, "2026-07-01T13:00:00Z");
    blocked.observed.sim.is_blocked = false;
    update({blocked});
    EXPECT_EQ(sql("select count(*) from simsync.sim where id = '1' and blocked_since is not null"), "0");
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
