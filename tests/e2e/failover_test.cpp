// A database that goes away while many accounts are mirrored into it: who serves next, and what the log is
// told.
#include "e2e/daemon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace simsync::test
{
namespace
{

using testing::AllOf;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;

constexpr std::size_t accounts = 12;

class Failover : public testing::Test
{
protected:
    Failover()
    {
        testbed.set("database", "lanes", "3");
        for (std::size_t i = 1; i < accounts; ++i)
            testbed.add_account("a" + std::to_string(i), testbed.api().url());
    }
    ~Failover() override { primary.thaw(); }

    void start()
    {
        daemon = std::make_unique<Daemon>(testbed);
        testbed.await_sql(
            "select count(*) from simsync.account where last_complete_sweep_id is not null",
            std::to_string(accounts));
    }

    // By all accounts, each of which mirrors the same list.
    void await_told(const std::string& text, const std::string& url)
    {
        testbed.change(7, [&text](simulator::Simcard& sim) { sim.description = text; });
        await_sql(
            url, "select count(*) from simsync.change_event where after->>'description' = '" + text + '\'',
            std::to_string(accounts));
    }

    void name_both(const Cluster& standby)
    {
        testbed.set(
            "database", "url",
            "\"host=" + primary.folder().string() + ',' + standby.folder().string() +
                " user=postgres dbname=" + testbed.sql("select current_database()") +
                " target_session_attrs=read-write connect_timeout=2\"");
    }

    std::size_t logged(const std::string& what) { return occurrences(daemon->program().err(), what); }

    void expect_one_line_a_cause(std::size_t causes)
    {
        EXPECT_LE(logged(" error "), causes) << daemon->program().err();
        // By whoever tells of a cause: one may have been in the middle of a commit, another one not.
        EXPECT_THAT(logged("leads the account no longer"), AllOf(Ge(1U), Le(causes)))
            << daemon->program().err();
        EXPECT_LE(logged("another server took over"), 1U) << daemon->program().err();
        // However many had asked in vain by then.
        daemon->program().await_err("serves all again that were without it");
        // A cause that struck one lane may be over before another one is.
        EXPECT_LE(logged("serves all again that were without it"), causes) << daemon->program().err();
    }

    Cluster primary;
    Testbed testbed{20, {}, primary};
    std::unique_ptr<Daemon> daemon;
};

TEST_F(Failover, OfAllAccountsOneTellsThatTheDatabaseIsAway)
{
    start();
    await_told("before", testbed.url());
    primary.stop_immediately();
    daemon->program().await_err("check that PostgreSQL runs");
    primary.start();
    await_told("after", testbed.url());
    expect_one_line_a_cause(3); // it goes, it is away, it starts
}

// Its kernel answers for it: TCP and libpq would wait for ever.
TEST_F(Failover, APrimaryThatHangsIsLeftForTheOneThatWasPromoted)
{
    const Cluster standby{Cluster::StandbyOf{primary}};
    name_both(standby);
    const auto in_standby = standby.here(testbed.url());
    start();
    await_told("before", testbed.url());
    await_told("before", in_standby);
    primary.freeze();
    run_sql(in_standby, "select pg_promote()");
    await_told("after", in_standby);
    expect_one_line_a_cause(2); // it does not answer; connections that were lost meanwhile
    EXPECT_THAT(daemon->program().err(), HasSubstr("and another one serves now"));
    EXPECT_EQ(
        run_sql(
            in_standby, "select count(*) from (select from simsync.change_event group by account "
                        "having count(*) <> max(seq)) gaps"),
        "0");
}

TEST_F(Failover, ACommandIsNotHeldUpByAServerThatHangs)
{
    const Cluster standby{Cluster::StandbyOf{primary}};
    name_both(standby);
    primary.freeze();
    const auto status = testbed.run({"status"});
    EXPECT_EQ(status.code, 69);
    EXPECT_THAT(status.err, HasSubstr("HINT: there is no primary among the servers that url names"));
    run_sql(standby.here(testbed.url()), "select pg_promote()");
    EXPECT_EQ(testbed.run({"status"}).code, 0);
}

} // namespace
} // namespace simsync::test
