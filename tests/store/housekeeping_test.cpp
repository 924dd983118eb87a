// The months of the log, in a database where others make, move, hold and forbid things too.
#include "simsync/store/reader.hpp"
#include "store/mirror_test.hpp"
#include "store/schema.hpp"

namespace simsync::test
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::chrono::hours hundred_days{24 * 100};

class HousekeepingTest : public MirrorTest
{
protected:
    // As an operator who kept events for so long finds them.
    void make_months(int count) const
    {
        sql("select simsync.ensure_partitions(now() - make_interval(months => i)) from generate_series(0, " +
            std::to_string(count) + ") i");
    }

    // The name of the month that is so many ahead of this one.
    std::string month(int ahead) const
    {
        return sql(
            "select 'change_event_' || to_char(now() at time zone 'UTC' + make_interval(months => " +
            std::to_string(ahead) + "), 'YYYY_MM')");
    }

    std::vector<HousekeepingTrouble> keep_house(std::chrono::seconds retention = hundred_days)
    {
        return mirror.keep_partitions(retention);
    }

    // Told with what holds it up and what to do, and never what PostgreSQL would do about it.
    void expect_one_trouble(
        const std::string& error, const std::string& hint, std::chrono::seconds retention = hundred_days)
    {
        const auto troubles = keep_house(retention);
        ASSERT_THAT(troubles, SizeIs(1)) << (troubles.empty() ? "" : troubles.back().error);
        EXPECT_THAT(troubles.front().error, HasSubstr(error));
        EXPECT_THAT(troubles.front().hint, AllOf(HasSubstr(hint), Not(HasSubstr("CASCADE"))));
        const auto status = Reader(url).status().front();
        EXPECT_EQ(status.housekeeping, troubles);
        EXPECT_TRUE(status.housekeeping_since.has_value());
    }

    void expect_that_events_are_written()
    {
        append({event(Kind::sim_added, std::to_string(++written))});
        EXPECT_EQ(
            sql("select last_seq from simsync.account where account = 'main'"), std::to_string(written));
    }

    int old_months() const
    {
        return std::stoi(
            sql("select count(*) from simsync.event_partition where until <= now() - interval '100 days'"));
    }

    int written = 0;
};

TEST_F(HousekeepingTest, KeepsAnyNumberOfMonthsWithDefaultPlannerSettingsAndAnalyzedCatalogs)
{
    for (const int months : {15, 24, 40})
    {
        make_months(months);
        sql("analyze");
        EXPECT_EQ(
            sql("select count(*) from simsync.event_partition where since <= now() and until > now()"), "1");
        // A session of an operator's: the daemon's steers the planner away from some plans.
        const auto before = sql("select count(*) from simsync.event_partition");
        EXPECT_EQ(
            sql("select simsync.drop_partitions(now() - make_interval(months => " +
                std::to_string(months - 3) + ")) > 0"),
            "t")
            << before;
        EXPECT_THAT(keep_house(std::chrono::seconds{0}), IsEmpty());
        PostgresMirror other(url, "other" + std::to_string(months));
        EXPECT_TRUE(other.try_lead("https://api.example"));
        expect_that_events_are_written();
    }
    EXPECT_THAT(keep_house(), IsEmpty());
    EXPECT_EQ(old_months(), 0);
}

TEST_F(HousekeepingTest, NeverDropsWhatSomebodyMadeOfAMonth)
{
    make_months(8);
    const auto oldest = sql("select name from simsync.event_partition order by since limit 1");
    sql("create schema analyst; create view analyst.of_a_month as select * from simsync." + oldest);
    expect_one_trouble(oldest + " is older than the retention and cannot be dropped", "depends on it");
    EXPECT_THAT(keep_house().front().error, HasSubstr("view analyst.of_a_month"));
    EXPECT_EQ(old_months(), 1) << "the others are gone";
    EXPECT_EQ(sql("select count(*) from analyst.of_a_month"), "0");
    expect_that_events_are_written();

    sql("drop view analyst.of_a_month");
    EXPECT_THAT(keep_house(), IsEmpty());
    EXPECT_EQ(old_months(), 0);
    EXPECT_THAT(Reader(url).status().front().housekeeping, IsEmpty());
}

TEST_F(HousekeepingTest, GoesOnBesideADefaultPartition)
{
    sql("create table simsync.rest partition of simsync.change_event default");
    make_months(8);
    EXPECT_THAT(keep_house(), IsEmpty());
    EXPECT_EQ(old_months(), 0);
    expect_that_events_are_written();
    EXPECT_EQ(sql("select count(*) from simsync.rest"), "0");
}

TEST_F(HousekeepingTest, WritesToADefaultPartitionThatHoldsTheMonthAlready)
{
    const auto this_month = month(0);
    sql("create table public.rest (like simsync.change_event including constraints);"
        "drop table simsync." +
        this_month + "; alter table simsync.change_event attach partition public.rest default");
    sql("insert into simsync.change_event (account, seq, kind, severity, observed_at, recorded_at, cause) "
        "values ('guest', 1, 'sim.added', 'info', now(), now(), 'sweep')");
    PostgresMirror other(url, "other");
    ASSERT_TRUE(other.try_lead("https://api.example"));
    other.transact([](Transaction& transaction)
                   { transaction.append(std::vector{event(Kind::sim_added, "1")}); });
    EXPECT_EQ(sql("select count(*) from public.rest"), "2");
    expect_one_trouble("cannot be made", "default partition");
    expect_that_events_are_written();
}

TEST_F(HousekeepingTest, LeavesPartitionsOfOthersAloneAndTellsOfOldOnes)
{
    sql("create schema archive; create table archive.of_2019 partition of simsync.change_event "
        "for values from ('2019-01-01 00:00+02') to ('2020-01-01 00:00+02')");
    expect_one_trouble(
        "archive.of_2019 is older than the retention, but is none of the tables that simsync makes",
        "DETACH PARTITION archive.of_2019");
    EXPECT_EQ(
        sql("select simsync.rfc3339(since) from simsync.event_partition where name = 'archive.of_2019'"),
        "2018-12-31T22:00:00Z");
    expect_that_events_are_written();
    sql("drop table archive.of_2019");

    make_months(8);
    const auto oldest = sql("select name from simsync.event_partition order by since limit 1");
    sql("alter table simsync." + oldest + " set schema archive");
    expect_one_trouble("archive." + oldest, "DETACH PARTITION");
    EXPECT_EQ(old_months(), 1);
}

TEST_F(HousekeepingTest, TakesAPartitionOfOthersForTheMonthsThatItCovers)
{
    sql("create schema archive; do $$ declare p record; begin for p in select name from "
        "simsync.event_partition loop "
        "execute 'drop table simsync.' || p.name; end loop; end $$; "
        "create table archive.years partition of simsync.change_event for values from (minvalue) to "
        "(maxvalue)");
    EXPECT_THAT(keep_house(), IsEmpty());
    PostgresMirror other(url, "other");
    ASSERT_TRUE(other.try_lead("https://api.example"));
    other.transact([](Transaction& transaction)
                   { transaction.append(std::vector{event(Kind::sim_added, "1")}); });
    EXPECT_EQ(sql("select count(*) from archive.years"), "1");
}

TEST_F(HousekeepingTest, NeedsNoMonthThatIsToComeToWriteToThisOne)
{
    const auto next = month(1);
    sql("drop table simsync." + next + "; create view simsync." + next + " as select 1 as one");
    expect_one_trouble(
        "the partition for " + sql("select replace(right('" + next + "', 7), '_', '-')") +
            " cannot be made: relation \"" + next + "\" already exists",
        "rename it");
    PostgresMirror other(url, "other");
    ASSERT_TRUE(other.try_lead("https://api.example"));
    other.transact([](Transaction& transaction)
                   { transaction.append(std::vector{event(Kind::sim_added, "1")}); });
    expect_that_events_are_written();

    sql("drop view simsync." + next);
    EXPECT_THAT(keep_house(), IsEmpty());
    EXPECT_EQ(sql("select relispartition from pg_class where relname = '" + next + "'"), "t");
}

TEST_F(HousekeepingTest, SaysWhatKeepsEventsFromBeingWrittenAndGoesOnOnceItIsGone)
{
    const auto now = month(0);
    sql("drop table simsync." + now + "; create table simsync." + now + " (mine int)");
    PostgresMirror other(url, "other");
    ASSERT_TRUE(other.try_lead("https://api.example")) << "what changes nothing can be mirrored all the same";
    const auto write = [&]
    {
        other.transact([](Transaction& transaction)
                       { transaction.append(std::vector{event(Kind::sim_added, "1")}); });
    };
    try
    {
        write();
        FAIL() << "nothing was thrown";
    }
    catch (const DatabaseUnavailable& error)
    {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("events cannot be written"), HasSubstr(now)));
        EXPECT_THAT(error.hint(), HasSubstr("rename it"));
    }
    expect_one_trouble("cannot be made", "rename it");
    sql("drop table simsync." + now);
    write();
    EXPECT_EQ(sql("select count(*) from simsync.change_event"), "1");
}

// DETACH … CONCURRENTLY that was broken off: the table is still there and takes nothing.
TEST_F(HousekeepingTest, SaysThatAMonthIsHalfDetached)
{
    const auto now = month(0);
    const auto reader = connect(url);
    PQclear(PQexec(reader.get(), "begin; select count(*) from simsync.change_event"));
    EXPECT_THROW(
        run_sql(
            url + " options='-c statement_timeout=500'",
            "alter table simsync.change_event detach partition simsync." + now + " concurrently"),
        std::runtime_error);
    PQclear(PQexec(reader.get(), "rollback"));
    PostgresMirror other(url, "other");
    ASSERT_TRUE(other.try_lead("https://api.example"));
    expect_one_trouble("cannot be made", "tries again");
    try
    {
        other.transact([](Transaction& transaction)
                       { transaction.append(std::vector{event(Kind::sim_added, "1")}); });
        FAIL() << "nothing was thrown";
    }
    catch (const DatabaseUnavailable& error)
    {
        EXPECT_THAT(error.what(), HasSubstr("events cannot be written"));
    }
    sql("alter table simsync.change_event detach partition simsync." + now + " finalize");
    sql("alter table simsync." + now + " rename to set_aside");
    EXPECT_THAT(keep_house(), IsEmpty());
    expect_that_events_are_written();
}

TEST_F(HousekeepingTest, SurvivesAnEventTriggerThatVetoes)
{
    make_months(8);
    sql("drop table simsync." + month(2));
    sql("insert into simsync.sim (account, id, fingerprint, first_seen_at, changed_at) "
        "values ('main', '1', gen_random_uuid(), now(), now())");
    sql("create function public.veto() returns event_trigger language plpgsql as $$ begin "
        "raise 'not on a Friday' using hint = 'Use DROP ... CASCADE'; end $$;"
        "create event trigger veto on ddl_command_start when tag in ('CREATE TABLE', 'DROP TABLE', 'CREATE "
        "INDEX') "
        "execute function public.veto()");
    const auto troubles = keep_house();
    EXPECT_THAT(troubles, SizeIs(testing::Ge(3U))) << "a month to make, months to drop, an index";
    for (const auto& trouble : troubles)
    {
        EXPECT_THAT(trouble.error, HasSubstr("not on a Friday"));
        EXPECT_THAT(trouble.hint, AllOf(HasSubstr("\\dy"), Not(HasSubstr("CASCADE"))));
    }
    expect_that_events_are_written();
    mirror.transact([](Transaction& transaction) { transaction.raise_due(noon, {}); });
    sql("drop event trigger veto");
    EXPECT_THAT(keep_house(), IsEmpty());
    EXPECT_EQ(old_months(), 0);
}

TEST(Housekeeping, OfALogThatBelongsToSomebodyElseSaysSo)
{
    auto& cluster = Cluster::shared();
    const auto superuser = cluster.empty_database();
    run_sql(
        superuser,
        "do $$ begin create role plain_owner login; exception when duplicate_object then null; end $$; "
        "do $$ begin execute format('alter database %I owner to plain_owner', current_database()); end $$");
    migrate(superuser + " user=plain_owner");
    PostgresMirror mirror(cluster.as_member_of("simsync_writer", superuser), "main");
    ASSERT_TRUE(mirror.try_lead("https://api.example"));
    ASSERT_THAT(mirror.keep_partitions(hundred_days), IsEmpty());
    run_sql(
        superuser, "alter table simsync.change_event owner to postgres; grant select on "
                   "simsync.change_event to plain_owner; "
                   "do $$ begin execute (select 'drop table simsync.' || max(name) from "
                   "simsync.event_partition); end $$");
    const auto troubles = mirror.keep_partitions(hundred_days);
    ASSERT_THAT(troubles, SizeIs(1));
    EXPECT_THAT(troubles.front().error, HasSubstr("must be owner of table change_event"));
    EXPECT_THAT(troubles.front().hint, HasSubstr("OWNER TO"));
    mirror.transact([](Transaction& transaction)
                    { transaction.append(std::vector{event(Kind::sim_added, "1")}); });
}

TEST_F(HousekeepingTest, WaitsForNobodyWhoReadsTheLogForLong)
{
    make_months(8);
    const auto reader = connect(url);
    PQclear(PQexec(reader.get(), "begin; select count(*) from simsync.change_event"));
    expect_one_trouble("is older than the retention", "pg_stat_activity");
    expect_that_events_are_written();
    PQclear(PQexec(reader.get(), "rollback"));
    EXPECT_THAT(keep_house(), IsEmpty());
    EXPECT_EQ(old_months(), 0);
}

TEST_F(HousekeepingTest, IsNotStoppedByTheDaemonsLackOfARight)
{
    const auto writer = Cluster::shared().as_member_of("simsync_writer", url);
    PostgresMirror daemon(writer, "daemon");
    sql("revoke execute on function simsync.drop_months(timestamptz) from simsync_writer");
    ASSERT_TRUE(daemon.try_lead("https://api.example"));
    const auto troubles = daemon.keep_partitions(hundred_days);
    ASSERT_THAT(troubles, SizeIs(1));
    EXPECT_THAT(troubles.front().error, HasSubstr("permission denied for function drop_months"));
    EXPECT_THAT(troubles.front().hint, HasSubstr("GRANT"));
}

TEST_F(HousekeepingTest, KeepsSinceWhenItIsHeldUp)
{
    make_months(8);
    const auto oldest = sql("select name from simsync.event_partition order by since limit 1");
    sql("create view public.one as select * from simsync." + oldest);
    keep_house();
    sql("update simsync.ledger set housekeeping_since = '2026-01-01'");
    keep_house();
    EXPECT_EQ(to_text(Reader(url).status().front().housekeeping_since.value()), "2026-01-01T00:00:00Z");
}

} // namespace
} // namespace simsync::test
