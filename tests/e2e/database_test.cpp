// `simsync run` over a PostgreSQL that fails: it lives, says so once, and goes on by itself.
#include "e2e/daemon_over_database.hpp"
#include "harness/small_disk.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace simsync::test
{
namespace
{

using testing::HasSubstr;

std::string random_text(std::size_t length)
{
    static std::minstd_rand generator{1};
    std::string text;
    while (text.size() < length)
        text += static_cast<char>('a' + generator() % 26);
    return text;
}

using Database = DaemonOverDatabase;

TEST_F(Database, ThatIsAwayIsWaitedFor)
{
    begin();
    daemon.emplace(*testbed);
    daemon->await_sweep("complete");
    cluster->stop_immediately();
    expect_that_it_is_logged_once("check that PostgreSQL runs");
    cluster->start();
    expect_that_it_goes_on(testbed->url());
}

TEST_F(Database, WhoseDiskIsFullIsWrittenAgainWhenThereIsRoom)
{
    if (geteuid() != 0)
        GTEST_SKIP() << "only root can mount a small disk";
    const SmallDisk disk{32};
    begin();
    const auto name = testbed->sql("select current_database()");
    const auto elsewhere = testbed->url() + " dbname=template1";
    run_sql(elsewhere, "create tablespace small location '" + disk.folder().string() + '\'');
    run_sql(elsewhere, "alter database " + name + " set tablespace small");
    daemon.emplace(*testbed);
    daemon->await_sweep("complete");

    disk.fill();
    for (std::size_t i = 0; i < sims; ++i)
        testbed->change(i, [](simulator::Simcard& sim) { sim.description = random_text(1'500); });
    expect_that_it_is_logged_once("the server's disk is full");
    disk.relieve();
    testbed->await_sql(
        "select count(distinct sim) from simsync.change_event where kind = 'attributes.changed'",
        std::to_string(sims));
    expect_that_it_goes_on(testbed->url());
}

TEST_F(Database, WithoutAFreeConnectionIsWaitedForAtTheStartAndLater)
{
    // Seven are for superusers: sessions that are ending still hold theirs for a moment.
    begin({"max_connections=12", "superuser_reserved_connections=7"});
    std::vector<Session> others;
    const auto occupy = [&]
    {
        while (others.size() < 5)
            if (auto session = connect(as_daemon()); PQstatus(session.get()) == CONNECTION_OK)
                others.push_back(std::move(session));
            else
                testbed->sql("select pg_terminate_backend(pid, 10000) from pg_stat_activity where "
                             "application_name = 'simsync'");
    };
    occupy();
    daemon.emplace(*testbed);
    daemon->program().await_err("out of connections");
    others.clear();
    daemon->await_sweep("complete");

    occupy();
    await_answer("/readyz", "503");
    EXPECT_THAT(daemon->get("/healthz").status, HasSubstr("200"));
    others.clear();
    expect_that_it_goes_on(testbed->url());
}

TEST_F(Database, WhoseTableIsLockedForLongerThanWeWaitIsAskedAgain)
{
    begin();
    daemon.emplace(*testbed);
    daemon->await_sweep("complete");
    const auto locker = connect(testbed->url());
    PQclear(PQexec(locker.get(), "begin; lock table simsync.sim in access exclusive mode"));
    testbed->change(7, [](simulator::Simcard& sim) { sim.description = "behind a lock"; });

    const std::string waiting = "select coalesce(max(xact_start::text), '') from pg_stat_activity where "
                                "application_name = 'simsync' and wait_event_type = 'Lock'";
    const auto await_waiting = [&](const std::string& not_since)
    {
        std::string since;
        while ((since = testbed->sql(waiting)).empty() || since == not_since)
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        return since;
    };
    await_waiting(await_waiting("")); // a second transaction: the first one gave up
    PQclear(PQexec(locker.get(), "rollback"));
    expect_that_it_goes_on(testbed->url());
    EXPECT_EQ(occurrences(daemon->program().err(), "leads the account"), 2U)
        << "it never lost the lease, but at its end";
}

TEST_F(Database, ThatIsAStandbyIsWrittenWhenItIsPromoted)
{
    begin();
    ASSERT_EQ(testbed->run({"sync"}).code, 0);
    const auto in_primary = as_daemon();
    Cluster standby{Cluster::StandbyOf{*cluster}};
    testbed->set("database", "url", '"' + standby.here(in_primary) + '"');
    daemon.emplace(*testbed);
    expect_that_it_is_logged_once("there is no primary among");
    cluster->stop_immediately();
    standby.promote();
    expect_that_it_goes_on(standby.here(testbed->url()));
}

// Each reconnection would begin its patience anew, were it not the same instance that waits.
TEST_F(Database, ThatBlocksTheSweepsIsToldAsDegradedWhileItDoes)
{
    begin();
    daemon.emplace(*testbed);
    daemon->await_sweep("complete");
    const auto locker = connect(testbed->url());
    // Nobody may even read the SIMs: no new lead gets as far as a sweep.
    PQclear(PQexec(locker.get(), "begin; lock table simsync.sim in access exclusive mode"));
    testbed->change(7, [](simulator::Simcard& sim) { sim.description = "behind a lock"; });
    testbed->await_sql("select count(*) from simsync.change_event where kind = 'account.degraded'", "1");
    await_answer("/readyz", "503");
    await_answer("/metrics", "simsync_last_complete_sweep_timestamp_seconds{account=\"main\"} 1");
    EXPECT_EQ(testbed->sql("select degraded_since is not null from simsync.account"), "t");
    PQclear(PQexec(locker.get(), "rollback"));
    testbed->await_sql("select count(*) from simsync.change_event where kind = 'account.recovered'", "1");
    expect_that_it_goes_on(testbed->url());
}

TEST_F(Database, WhoseTriggerRefusesTheRowsIsToldAsDegradedAndIsNoDefect)
{
    begin();
    daemon.emplace(*testbed);
    daemon->await_sweep("complete");
    testbed->sql(
        "create function public.audit() returns trigger language plpgsql as $$ begin raise 'the audit is "
        "closed'; end $$;"
        "create trigger audit before update on simsync.sim for each row execute function public.audit()");
    testbed->change(7, [](simulator::Simcard& sim) { sim.description = "refused"; });
    testbed->await_sql("select count(*) from simsync.change_event where kind = 'account.degraded'", "1");
    EXPECT_THAT(
        testbed->sql("select after->>'error' from simsync.change_event where kind = 'account.degraded'"),
        HasSubstr("the audit is closed"));
    expect_that_it_is_logged_once("let its owner except the schema simsync");
    testbed->sql("drop trigger audit on simsync.sim");
    testbed->await_sql("select count(*) from simsync.change_event where kind = 'account.recovered'", "1");
    expect_that_it_goes_on(testbed->url());
}

// A view on a month that is over; a name that is taken two months ahead.
TEST_F(Database, WhoseMonthsOthersHoldUpIsMirroredOnAndSaysWhatDoes)
{
    begin();
    testbed->set("events", "retention", "\"30d\"");
    testbed->sql(
        "select simsync.ensure_partitions(now() - interval '200 days'); create schema analyst;"
        "do $$ declare p text := (select name from simsync.event_partition order by since limit 1); begin "
        "execute 'create view analyst.of_a_month as select * from simsync.' || p; end $$");
    daemon.emplace(*testbed);
    daemon->await_sweep("complete");
    const auto logged = daemon->program().await_err("cannot keep house; the work goes on");
    EXPECT_THAT(logged, HasSubstr("analyst.of_a_month"));
    EXPECT_THAT(daemon->program().err(), testing::Not(HasSubstr("CASCADE")));
    EXPECT_EQ(metric("simsync_housekeeping_troubles{account=\"main\"} "), "1");
    testbed->await_sql("select jsonb_array_length(housekeeping_troubles) from simsync.ledger", "1");
    EXPECT_THAT(testbed->run({"status"}).out, HasSubstr("housekeeping: "));
    EXPECT_THAT(daemon->get("/readyz").status, HasSubstr("200"));
    testbed->sql("drop view analyst.of_a_month");
    // Its notices are read meanwhile: a socket that is full would hold it up.
    while (daemon->program().err().find("keeps house again") == std::string::npos)
        daemon->await_sweep("complete");
    expect_that_it_goes_on(testbed->url());
}

std::string dump(const std::string& url, const Folder& folder)
{
    run({"/usr/lib/postgresql/15/bin/pg_dump", "--format=custom", "--file", folder / "moved.dump", "--dbname",
         url},
        folder / "dump.log");
    return folder / "moved.dump";
}

// What README says of moving a database that is stopped.
TEST_F(Database, ThatWasMovedWhileSimsyncWasStoppedGoesOnWithItsNumbers)
{
    begin();
    ASSERT_EQ(testbed->run({"sync"}).code, 0);
    testbed->sql("select simsync.read_events('own')");
    const auto stream = testbed->sql("select stream_id from simsync.account");
    const auto file = dump(testbed->url(), testbed->folder());
    Cluster elsewhere;
    const auto moved = elsewhere.empty_database();
    for (const auto* role : {"simsync_writer", "simsync_reader", "simsync_consumer"})
        run_sql(moved, std::string("create role ") + role + " nologin");
    run({"/usr/lib/postgresql/15/bin/pg_restore", "--dbname", moved, file},
        testbed->folder() / "restore.log");
    testbed->set("database", "url", '"' + moved + '"');

    const auto output = testbed->run({"migrate", "--moved"});
    EXPECT_EQ(output.code, 0) << output.err;
    EXPECT_THAT(output.out, HasSubstr("account main: its events go on being numbered"));
    EXPECT_THAT(testbed->run({"migrate", "--moved"}).out, HasSubstr("nothing was moved"));
    daemon.emplace(*testbed);
    daemon->await_sweep("complete");
    EXPECT_EQ(run_sql(moved, "select stream_id from simsync.account"), stream);
    run_sql(moved, "select simsync.read_events('own')");
    EXPECT_THAT(testbed->run({"migrate", "--moved"}).err, HasSubstr("Stop simsync")) << "it runs";
    expect_that_it_goes_on(moved);
}

TEST_F(Database, ThatKeepsNoUtf8IsRefusedByMigrateCheckAndRun)
{
    begin();
    testbed->sql("create database narrow template template0 encoding 'LATIN1' locale 'C'");
    testbed->set("database", "url", '"' + testbed->url() + " dbname=narrow\"");
    for (const auto* command : {"migrate", "check", "run"})
    {
        const auto result = testbed->run({command});
        EXPECT_EQ(result.code, 78) << command;
        EXPECT_THAT(result.out + result.err, HasSubstr("createdb --encoding=UTF8")) << command;
    }
}

} // namespace
} // namespace simsync::test
