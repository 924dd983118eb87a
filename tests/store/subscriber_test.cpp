// Fan-out by logical replication, between two clusters: what a subscriber gets, and what does not break it.
#include "store/subscriber_test.hpp"

#include "simsync/store/consumer.hpp"

namespace simsync::test
{
namespace
{

using testing::HasSubstr;
using testing::IsEmpty;

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

} // namespace
} // namespace simsync::test
