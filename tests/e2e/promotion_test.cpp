// Standbys that lack events and are promoted: `simsync run` finds out which, and says so.
#include "e2e/daemon_over_database.hpp"

#include <csignal>

namespace simsync::test
{
namespace
{

// A standby that follows asynchronously, until it is cut off and promoted without what came since.
class Promoted : public DaemonOverDatabase
{
protected:
    void begin()
    {
        DaemonOverDatabase::begin();
        ASSERT_EQ(testbed->run({"sync"}).code, 0);
        standby.emplace(Cluster::StandbyOf{*cluster});
        in_standby = standby->here(testbed->url());
        testbed->set(
            "database", "url",
            "\"host=" + cluster->folder().string() + ',' + standby->folder().string() +
                " user=postgres dbname=" + testbed->sql("select current_database()") +
                " target_session_attrs=read-write\"");
    }

    void lose_an_event()
    {
        const auto written = testbed->sql("select pg_current_wal_lsn()");
        await_sql(in_standby, "select pg_last_wal_replay_lsn() >= '" + written + '\'', "t");
        run_sql(in_standby, "alter system set primary_conninfo = ''");
        run_sql(in_standby, "select pg_reload_conf()");
        testbed->await_sql("select count(*) from pg_stat_replication", "0");
        kept = run_sql(in_standby, "select last_seq from simsync.account");
        testbed->change(7, [](simulator::Simcard& sim) { sim.description = "lost"; });
        testbed->await_sql(of_lost_change, "1");
        lost_id = testbed->sql("select simsync.event_id('main', last_seq) from simsync.account");
    }

    void fail_over()
    {
        cluster->stop_immediately();
        standby->promote();
    }

    void expect_that_the_loss_is_told_of() const
    {
        EXPECT_EQ(
            run_sql(
                in_standby, "select after_seq || ' ' || (lost_upto > after_seq)::text from simsync.numbering "
                            "where reason = 'lost'"),
            kept + " true");
        EXPECT_EQ(
            run_sql(
                in_standby,
                "select string_agg(concat_ws(' ', e.seq - 1, e.after -> 'last_lost' = "
                "to_jsonb(n.lost_upto)), ', ') from simsync.change_event e join simsync.numbering n "
                "using (account) where e.kind = 'account.events_lost' and n.reason = 'lost'"),
            kept + " t");
        EXPECT_EQ(
            run_sql(
                in_standby, "select count(*) from simsync.change_event e "
                            "where simsync.event_id(e.account, e.seq) = '" +
                                lost_id + '\''),
            "0");
    }

    const std::string of_lost_change =
        "select count(*) from simsync.change_event where after->>'description' = 'lost'";
    std::optional<Cluster> standby;
    std::string in_standby;
    std::string kept; // the last event that the standby has
    std::string lost_id;
};

TEST_F(Promoted, AStandbyThatLackedEventsGivesTheirIdsToNoOthers)
{
    begin();
    daemon.emplace(*testbed);
    daemon->await_sweep("complete");
    lose_an_event();
    run_sql(testbed->url(), "select simsync.read_events('own', 1)");
    fail_over();
    daemon->program().await_err("events were lost with the server that had them");
    await_sql(in_standby, of_lost_change, "1");
    expect_that_the_loss_is_told_of();
    EXPECT_EQ(metric("simsync_change_events_total{account=\"main\",kind=\"account.events_lost\"} "), "1");
    expect_that_it_goes_on(in_standby);
}

TEST_F(Promoted, AStandbyThatLackedEventsIsFoundOutByAnInstanceThatOnlyStoodBy)
{
    begin();
    Daemon leader{*testbed, {}, "leader"};
    leader.await_sweep("complete");
    daemon.emplace(*testbed, Strings{}, "second");
    daemon->program().await_err("stands by");
    lose_an_event();
    // All that both have open with the database has been of use since, so that each has looked.
    testbed->await_sql(
        "select min(a.state_change) > max(e.recorded_at) + interval '2500 ms' "
        "from pg_stat_activity a, simsync.change_event e where a.datname = current_database() "
        "and a.pid <> pg_backend_pid()",
        "t");
    leader.stop(SIGKILL);
    fail_over();
    daemon->program().await_err("events were lost with the server that had them");
    await_sql(in_standby, of_lost_change, "1");
    expect_that_the_loss_is_told_of();
    expect_that_it_goes_on(in_standby);
}

} // namespace
} // namespace simsync::test
