// Fan-out by logical replication, between two clusters: what a subscriber gets, who reads there, and what
// does not break it.
#include "store/subscriber.hpp"

#include "simsync/store/consumer.hpp"
#include "simsync/store/reader.hpp"
#include "store/action_queue.hpp"
#include "store/database_checks.hpp"
#include "store/decisions.hpp"
#include "store/fleet_reader.hpp"
#include "store/mirror_test.hpp"
#include "store/retirement.hpp"
#include "store/schema.hpp"

#include <optional>
#include <thread>

namespace simsync::test
{
namespace
{

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::chrono::seconds patience{60};

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

std::string refusal(const std::string& url, const std::string& statement)
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

// Two clusters for all tests, two databases for each: here simsync mirrors, there somebody reads.
class SubscriberTest : public testing::Test
{
protected:
    static void SetUpTestSuite()
    {
        publishing = std::make_unique<Cluster>(std::vector<std::string>{"wal_level=logical"});
        // All tables are copied at once, and nobody rests for seconds in between.
        following = std::make_unique<Cluster>(std::vector<std::string>{
            "max_logical_replication_workers=12", "max_worker_processes=14",
            "max_sync_workers_per_subscription=9", "wal_retrieve_retry_interval=10ms"});
    }
    static void TearDownTestSuite()
    {
        following.reset();
        publishing.reset();
    }

    void SetUp() override
    {
        here = publishing->mirror_database();
        there = following->empty_database();
        mirror.emplace(here, "main");
        ASSERT_TRUE(mirror->try_lead("https://api.example"));
    }

    void TearDown() override
    {
        if (is_subscribed)
            run_sql(there, "drop subscription s" + here.substr(here.rfind('_')));
    }

    // Published and subscribed, copied and in step.
    void follow()
    {
        publish(here);
        migrate_subscriber(there);
        subscribe();
        await_copied();
    }

    void subscribe()
    {
        run_sql(
            there, "create subscription s" + here.substr(here.rfind('_')) + " connection '" + here +
                       "' publication simsync");
        is_subscribed = true;
    }

    void await_copied() const
    {
        await(
            there,
            "select count(*) filter (where srsubstate <> 'r') = 0 and count(*) > 0 from pg_subscription_rel",
            "t");
    }

    // Until what was committed here has been applied there.
    void await_applied() const
    {
        const auto written = run_sql(here, "select pg_current_wal_lsn()");
        await(
            here,
            "select coalesce(bool_and(confirmed_flush_lsn >= '" + written +
                "'), false) from pg_replication_slots where database = current_database() and active",
            "t");
    }

    static void await(const std::string& url, const std::string& question, const std::string& answer)
    {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (run_sql(url, question) != answer)
        {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << question;
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
    }

    void add(const std::string& id)
    {
        mirror->transact(
            [&](Transaction& transaction)
            {
                transaction.insert(rows_of({to_write(sim(id))}));
                transaction.append(std::vector{event(Kind::sim_added, id)});
            });
    }

    // An event as simsync writes it, of another time.
    void tell(const std::string& when) const
    {
        run_sql(
            here, "select simsync.ensure_partitions(" + when + R"(); with next as (
                update simsync.ledger set last_seq = last_seq + 1 where account = 'main' returning last_seq)
            insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, recorded_at, cause)
            select 'main', last_seq, 'sim.added', 'info', '1', )" +
                      when + ", " + when + ", 'sweep' from next");
    }

    static std::vector<std::int64_t> seqs(const std::vector<EventRecord>& events)
    {
        std::vector<std::int64_t> all;
        for (const auto& each : events)
            all.push_back(each.seq);
        return all;
    }

    // Every replicated row, in order, as one hash a table: the same here and there.
    static std::string rows(const std::string& url)
    {
        return run_sql(url, R"(
            select string_agg(w.relation || ' ' || md5(t.rows::text), E'\n' order by w.relation::text)
              from simsync.replicated_columns() w
             cross join lateral query_to_xml(format('select %s from %s order by 1, 2',
                 (select string_agg(quote_ident(c), ', ') from unnest(w.columns) c), w.relation), true, true, '') t (rows))");
    }

    static std::unique_ptr<Cluster> publishing;
    static std::unique_ptr<Cluster> following;
    std::string here;
    std::string there;
    std::optional<PostgresMirror> mirror;
    bool is_subscribed = false;
};

std::unique_ptr<Cluster> SubscriberTest::publishing;
std::unique_ptr<Cluster> SubscriberTest::following;

TEST_F(SubscriberTest, HasWhatWasThereBeforeAndWhatComes)
{
    add("1");
    follow();
    add("2");
    mirror->transact(
        [](Transaction& transaction)
        {
            SweepRecord sweep;
            sweep.id = 1;
            transaction.record(sweep);
            transaction.set_baselined("[]", noon);
            transaction.hold_removals(std::vector<std::string>{"1"}, 1);
        });
    auto low = to_write(sim("2"));
    low.conditions.balance_low = true;
    low.observed.sim.balance = Money::parse("1.50").value();
    mirror->transact([&](Transaction& transaction) { transaction.update(rows_of({low})); });
    await_applied();
    EXPECT_EQ(rows(there), rows(here));
    EXPECT_EQ(run_sql(there, "select id from simsync.balance_low"), "2");
}

TEST_F(SubscriberTest, KeepsWhatIsTheWritersAloneToItsWriter)
{
    add("1");
    follow();
    EXPECT_EQ(run_sql(there, "select fingerprint is null and wording is null from simsync.sim"), "t");
    EXPECT_EQ(run_sql(there, "select origin = simsync.origin() from simsync.ledger"), "t");
    EXPECT_EQ(run_sql(there, "select count(*) from simsync.action"), "0");
}

TEST_F(SubscriberTest, RingsOnceForEachTransactionWithEvents)
{
    follow();
    Consumer alerting(there, "alerting");
    ASSERT_TRUE(alerting.try_lock());
    ASSERT_THAT(alerting.next(10), IsEmpty());
    ASSERT_TRUE(alerting.wait(patience)) << "begins to listen";
    add("1");
    EXPECT_TRUE(alerting.wait(patience));
    EXPECT_THAT(seqs(alerting.next(10)), testing::ElementsAre(1));
    mirror->transact(
        [](Transaction& transaction)
        {
            SweepRecord sweep;
            sweep.id = 1;
            transaction.record(sweep);
        });
    await_applied();
    EXPECT_FALSE(alerting.wait(std::chrono::milliseconds{0})) << "a sweep that found nothing is no news";
}

TEST_F(SubscriberTest, KeepsPositionsOfItsOwn)
{
    add("1");
    add("2");
    follow();
    EXPECT_EQ(run_sql(there, "select count(*) from simsync.read_events('alerting', 10)"), "2");
    run_sql(there, "select simsync.ack_events('alerting', 'main', 1)");
    EXPECT_EQ(run_sql(there, "select seq from simsync.read_events('alerting', 10)"), "2");
    EXPECT_EQ(run_sql(here, "select count(*) from simsync.consumer"), "0");
    EXPECT_EQ(
        run_sql(there, "select simsync.event_id('main', 2)"),
        run_sql(here, "select simsync.event_id('main', 2)"));
    run_sql(
        there, "select simsync.seek_consumer('alerting', 'main', 0); select "
               "simsync.restart_consumer('alerting'); select simsync.remove_consumer('alerting')");
}

TEST_F(SubscriberTest, LetsNobodyBeginToReadBeforeAllIsCopied)
{
    add("1");
    publish(here);
    migrate_subscriber(there);
    // One table that is not let in.
    const auto holder = connect(there);
    PQclear(PQexec(holder.get(), "begin; lock table simsync.change_event in exclusive mode"));
    subscribe();
    await(there, "select count(*) from pg_subscription_rel where srsubstate <> 'r'", "1");
    EXPECT_THAT(
        refusal(there, "select simsync.read_events('alerting', 10)"),
        testing::AllOf(HasSubstr("first copy"), HasSubstr("simsync.change_event is not there")));
    PQclear(PQexec(holder.get(), "commit"));
    await_copied();
    EXPECT_EQ(run_sql(there, "select count(*) from simsync.read_events('alerting', 10)"), "1");
}

TEST_F(SubscriberTest, FollowsFromMonthToMonthAndKeepsWhatWasDroppedHere)
{
    tell("now() - interval '100 days'");
    follow();
    tell("now() + interval '40 days'");
    tell("now() + interval '70 days'");
    EXPECT_NE(run_sql(here, "select simsync.drop_partitions(now() - interval '40 days')"), "0");
    tell("now() + interval '71 days'");
    await_applied();
    EXPECT_EQ(
        run_sql(here, "select string_agg(seq::text, ' ' order by seq) from simsync.change_event"), "2 3 4");
    EXPECT_EQ(
        run_sql(there, "select string_agg(seq::text, ' ' order by seq) from simsync.change_event"),
        "1 2 3 4");
    EXPECT_EQ(run_sql(there, "select count(*) from simsync.read_events('alerting', 10)"), "4");
}

TEST_F(SubscriberTest, ForgetsWhatItIsToldToAndSaysFromWhenOnItKnows)
{
    tell("now() - interval '100 days'");
    tell("now() - interval '1 day'");
    follow();
    EXPECT_EQ(run_sql(there, "select simsync.known_since('main')"), "-infinity");
    EXPECT_EQ(run_sql(there, "select simsync.forget_events(now() - interval '40 days')"), "1");
    EXPECT_EQ(
        run_sql(there, "select simsync.known_since('main') = (select recorded_at from simsync.change_event)"),
        "t");
    EXPECT_THAT(
        refusal(there, "select simsync.sim_as_of(now() - interval '50 days')"),
        HasSubstr("not known any more"));
    EXPECT_THAT(refusal(there, "select simsync.forget_events(now())"), HasSubstr("twelve hours"));
    EXPECT_THAT(
        refusal(here, "select simsync.forget_events(now() - interval '40 days')"),
        HasSubstr("no subscriber"));
    add("1");
    await_applied();
    EXPECT_EQ(run_sql(there, "select count(*) from simsync.change_event"), "2") << "it goes on";
}

TEST_F(SubscriberTest, ThatIsMigratedFirstMissesNothing)
{
    const std::string migration = "alter table simsync.sim add column tomorrow text";
    follow();
    add("1");
    run_sql(
        there,
        "set simsync.tends_subscriber = on; " + migration + "; update simsync.sim set tomorrow = 'new'");
    add("2");
    await_applied();
    EXPECT_EQ(run_sql(there, "select count(*) from simsync.sim"), "2");
    run_sql(here, migration);
    add("3");
    await_applied();
    EXPECT_EQ(run_sql(there, "select count(*) from simsync.sim"), "3");
    EXPECT_THAT(migrate(here), IsEmpty()); // publishes the column
    EXPECT_EQ(run_sql(here, "select simsync.is_published_as_wanted()"), "t");
    run_sql(here, "update simsync.sim set tomorrow = 'told' where id = '3'");
    await_applied();
    EXPECT_EQ(run_sql(there, "select tomorrow from simsync.sim where id = '3'"), "told");
}

TEST_F(SubscriberTest, ThatIsMigratedLastWaitsAndMissesNothing)
{
    const std::string migration = "alter table simsync.sim add column tomorrow text";
    follow();
    run_sql(here, migration);
    migrate(here);
    run_sql(here, "update simsync.sim set tomorrow = 'told'"); // of nobody
    add("1");
    add("2");
    run_sql(there, "set simsync.tends_subscriber = on; " + migration);
    await_applied();
    EXPECT_EQ(run_sql(there, "select count(*) from simsync.sim"), "2");
    EXPECT_EQ(rows(there), rows(here));
}

TEST_F(SubscriberTest, ThatWasDownCatchesUp)
{
    add("1");
    follow();
    // On its disk before the power fails: what replication commits itself is there a moment later.
    run_sql(there, "select simsync.read_events('alerting', 10)");
    following->stop_immediately();
    add("2");
    tell("now() + interval '40 days'");
    following->start();
    add("3");
    await_applied();
    await_copied();
    EXPECT_EQ(rows(there), rows(here));
    EXPECT_EQ(run_sql(there, "select count(*) from simsync.read_events('alerting', 10)"), "4");
}

TEST_F(SubscriberTest, IsCopiedOnceMoreAsTheReadmeSaysAndItsConsumersReadOn)
{
    add("1");
    follow();
    run_sql(there, "select simsync.read_events('alerting', 10)");
    run_sql(there, "select simsync.ack_events('alerting', 'main', 1)");
    run_sql(there, "drop subscription s" + here.substr(here.rfind('_')));
    add("2"); // of which its WAL tells nothing any more
    run_sql(
        there,
        "truncate simsync.ledger, simsync.sim, simsync.condition, simsync.sweep, simsync.held_removal, "
        "simsync.change_event, simsync.numbering, simsync.untold_change, simsync.drift");
    subscribe();
    await_copied();
    EXPECT_EQ(rows(there), rows(here));
    EXPECT_EQ(run_sql(there, "select seq from simsync.read_events('alerting', 10)"), "2");
}

TEST_F(SubscriberTest, TakesTheFirstCopyForNoLoss)
{
    add("1");
    run_sql(here, "select simsync.begin_numbering('main', 'promoted')");
    add("2");
    follow();
    EXPECT_EQ(run_sql(there, "select count(*) from simsync.change_event"), "2");
}

TEST_F(SubscriberTest, ForgetsWhatAPromotedPublisherHasLost)
{
    add("1");
    add("2");
    follow();
    // The server that took over lacks event 2, and gives its number to another.
    run_sql(here, "delete from simsync.change_event where seq = 2");
    run_sql(
        there, "set simsync.tends_subscriber = on; insert into simsync.change_event (account, seq, kind, "
               "severity, sim, observed_at, recorded_at, cause) values ('main', 2, 'sim.added', 'info', '2', "
               "now(), now(), 'sweep')");
    run_sql(
        here, "update simsync.ledger set last_seq = 1; select simsync.begin_numbering('main', 'lost', 2)");
    tell("now()");
    await_applied();
    EXPECT_EQ(
        run_sql(there, "select string_agg(seq || ' ' || sim, ', ' order by seq) from simsync.change_event"),
        "1 1, 2 1");
}

TEST_F(SubscriberTest, IsReadByCommandsAndTheConsole)
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

TEST_F(SubscriberTest, IsMirroredIntoByNobody)
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

TEST_F(SubscriberTest, IsMadeOfAnEmptyDatabaseOnlyAndTwiceIsAsOnce)
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

TEST_F(SubscriberTest, IsDoubtedWhereItsWalCannotBeHad)
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
