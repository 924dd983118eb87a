// `simsync account retire`: the end of an account that is no longer configured.
#include "e2e/alertmanager.hpp"
#include "e2e/sinks.hpp"

namespace simsync::test
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Retirement : public Sinks
{
protected:
    Result retire(const std::string& name) { return testbed.run({"account", "retire", name}); }

    // The account that was mirrored so far is not configured any more.
    void go_on_as(const std::string& name) { testbed.set("account", "name", '"' + name + '"'); }
};

TEST_F(Retirement, IsRefusedWhileTheAccountIsConfiguredOrMirroredAndForAStranger)
{
    EXPECT_THAT(
        retire("main").err, AllOf(HasSubstr("\"main\" is configured"), HasSubstr("HINT: take it out of")));
    EXPECT_EQ(retire("main").code, 64);
    EXPECT_EQ(retire("nobody").code, 64);
    EXPECT_THAT(retire("nobody").err, HasSubstr("no account \"nobody\""));
    EXPECT_EQ(testbed.run({"account", "retire"}).code, 64);
    EXPECT_EQ(testbed.run({"account", "fire", "main"}).code, 64);
    auto daemon = start();
    testbed.await_sql("select leader_pid from simsync.account", std::to_string(daemon.process().id()));
    go_on_as("other");
    const auto output = retire("main");
    EXPECT_EQ(output.code, 75);
    EXPECT_THAT(output.err, HasSubstr("still mirrors account \"main\""));
    EXPECT_EQ(testbed.sql("select count(*) from simsync.change_event where cause = 'operator'"), "0");
}

TEST_F(Retirement, EndsWhatStandsAndLeavesRowsAndEvents)
{
    const auto port = free_port();
    Alertmanager alertmanager(testbed.folder(), port, "alertmanager");
    testbed.change(
        1,
        [](simulator::Simcard& sim)
        {
            sim.is_blocked = false;
            sim.balance = simulator::Decimal::parse("50");
            sim.tariff_expires_at.reset();
        });
    testbed.sync();
    testbed.change(1, [](simulator::Simcard& sim) { sim.balance = simulator::Decimal::parse("1"); });
    testbed.sync();
    const auto sim = testbed.sql("select sim from simsync.standing_condition where not standing");
    const auto rows = testbed.sql("select count(*) from simsync.sim where account = 'main'");
    go_on_as("other");
    testbed.set("sink", "name", "\"oncall\"");
    testbed.set("sink", "type", "\"alertmanager\"");
    testbed.set("sink", "url", "\"http://127.0.0.1:" + std::to_string(port) + '"');
    auto daemon = start();
    alertmanager.await_firing({"balance.low " + sim});

    const auto output = retire("main");
    EXPECT_EQ(output.code, 0) << output.err;
    EXPECT_THAT(output.out, HasSubstr("main: retired; "));
    alertmanager.await_firing({});
    EXPECT_EQ(testbed.sql("select count(*) from simsync.standing_condition where account = 'main'"), "0");
    EXPECT_EQ(testbed.sql("select string_agg(account, ' ') from simsync.freshness"), "other");
    EXPECT_EQ(testbed.sql("select count(*) from simsync.sim where account = 'main'"), rows);
    EXPECT_EQ(
        testbed.sql(
            "select kind || ' ' || cause || ' ' || (after ->> 'retired') from simsync.change_event where "
            "sim = '" +
            sim + "' and account = 'main' order by seq desc limit 1"),
        "balance.recovered operator true");
    EXPECT_THAT(testbed.run({"status"}).out, Not(HasSubstr("main")));
    EXPECT_THAT(retire("main").out, HasSubstr("0 conditions ended")); // once more is harmless
}

} // namespace
} // namespace simsync::test
