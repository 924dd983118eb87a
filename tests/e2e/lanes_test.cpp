// Many accounts on few connections: what a lost one costs, and what is refused before it fails.
#include "e2e/daemon.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace simsync::test
{
namespace
{

using testing::HasSubstr;

const std::string lane_of_main =
    "from pg_locks where locktype = 'advisory' and objsubid = 2 and "
    "database = (select oid from pg_database where datname = current_database()) and "
    "objid::bigint = hashtext('main')::bigint & 4294967295";

class OnTwoLanes : public testing::Test
{
protected:
    OnTwoLanes()
    {
        testbed.set("database", "lanes", "2");
        for (int i = 1; i < accounts; ++i)
            testbed.add_account("a" + std::to_string(i), testbed.api().url());
    }

    void await_all_swept()
    {
        testbed.await_sql(
            "select count(*) from simsync.account where last_complete_sweep_id is not null",
            std::to_string(accounts));
    }

    // Each account mirrors the same list.
    void tell_all(const std::string& text)
    {
        testbed.change(7, [&text](simulator::Simcard& sim) { sim.description = text; });
        testbed.await_sql(
            "select count(*) from simsync.change_event where after->>'description' = '" + text + "'",
            std::to_string(accounts));
    }

    void expect_unbroken_chains()
    {
        EXPECT_EQ(
            testbed.sql("select count(*) from (select from simsync.change_event group by account "
                        "having count(*) <> max(seq)) gaps"),
            "0");
        EXPECT_EQ(
            testbed.sql("select count(*) from (select before, lag(after) over (partition by account, sim "
                        "order by seq) "
                        "as last from simsync.change_event where kind = 'attributes.changed') e "
                        "where last is not null and before <> last"),
            "0");
    }

    static constexpr int accounts = 10;
    Testbed testbed{20};
};

TEST_F(OnTwoLanes, AConnectionThatIsLostCostsItsAccountsATakeoverAndNothingElse)
{
    Daemon daemon(testbed);
    await_all_swept();
    EXPECT_EQ(
        testbed.sql("select count(*) from pg_stat_activity where application_name = 'simsync' and "
                    "datname = current_database()"),
        "3")
        << "two lanes, and one that watches";
    tell_all("before");
    EXPECT_EQ(testbed.sql("select pg_terminate_backend(pid, 10000) " + lane_of_main), "t");
    tell_all("after");
    expect_unbroken_chains();
    EXPECT_EQ(daemon.stop(), 0);
    const auto log = daemon.program().err();
    EXPECT_EQ(occurrences(log, "leads the account no longer"), 1) << "half of them lost it, which one tells\n"
                                                                  << log;
    EXPECT_THAT(log, HasSubstr("of these accounts  accounts=10")) << "and all at the end, told for all";
}

TEST_F(OnTwoLanes, AnotherInstanceTakesOverWhatAKilledOneLed)
{
    std::optional<Daemon> first(std::in_place, testbed);
    await_all_swept();
    Daemon second(testbed, {}, "second");
    second.program().await_err("stands by");
    tell_all("before");
    first->program().process().end(SIGKILL);
    tell_all("after");
    expect_unbroken_chains();
    EXPECT_EQ(
        testbed.sql("select count(distinct leader_pid) || ' ' || max(leader_pid) from simsync.account"),
        "1 " + std::to_string(second.program().process().id()));
}

TEST_F(OnTwoLanes, AnotherNumberOfLanesIsTakenByAReload)
{
    Daemon daemon(testbed);
    await_all_swept();
    testbed.set("database", "lanes", "5");
    daemon.send_signal(SIGHUP);
    daemon.program().await_err("took the new configuration");
    tell_all("by five");
    EXPECT_EQ(
        testbed.sql(
            "select count(distinct pid) from pg_locks where locktype = 'advisory' and objsubid = 2 and "
            "classid::bigint = hashtext('simsync')::bigint & 4294967295 and database = (select oid from "
            "pg_database where datname = current_database())"),
        "5");
    expect_unbroken_chains();
}

TEST(Descriptors, TooFewForWhatIsConfiguredIsSaidAtTheStart)
{
    Testbed testbed{5};
    testbed.set("account", "concurrency", "64");
    const auto log = testbed.folder() / "few.log";
    Process process(
        {"/bin/sh", "-c", "ulimit -n 120; exec \"$@\"", "sh", SIMSYNC_PROGRAM, "--config",
         testbed.config_file(), "run"},
        log);
    EXPECT_EQ(process.wait(), 78);
    std::ostringstream text;
    text << std::ifstream(log).rdbuf();
    EXPECT_THAT(text.str(), HasSubstr("file descriptors, and this process may have 120"));
    EXPECT_THAT(text.str(), HasSubstr("LimitNOFILE="));
}

} // namespace
} // namespace simsync::test
