// While a fleet is loaded, whoever looks is told so and how far that is: not that it is stale, and not that
// something does not answer.
#include "e2e/daemon.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <atomic>

namespace simsync::test
{
namespace
{

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t fleet = 300;
constexpr int warning = 1;

// An API whose list can be had to its end only while it is let.
class SlowList
{
public:
    simulator::ServerOptions options()
    {
        simulator::ServerOptions options;
        options.service.on_request = [this](std::string_view operation, simulator::Fleet&)
        {
            const bool passes = operation != "simcards" || let_ || pages_++ < 1;
            return passes ? simulator::Fault::none : simulator::Fault::silence;
        };
        return options;
    }
    void let() { let_ = true; }
    void holds_the_next_sweep() { pages_ = 0; }

private:
    std::atomic<bool> let_ = false;
    std::atomic<int> pages_ = 0;
};

class FirstLoad : public testing::Test
{
protected:
    FirstLoad()
    {
        testbed.set("account", "pagination", "\"offset\"");
        testbed.set("account", "concurrency", "1");
        testbed.set("account", "request_timeout", "\"1s\"");
    }

    void await_a_page()
    {
        testbed.await_sql("select items from simsync.sweep where outcome = 'running'", "100");
    }

    SlowList list;
    Testbed testbed{fleet, list.options()};
};

// All that can be asked of it says how far it is.
void expect_loading(Testbed& testbed, Daemon& daemon)
{
    EXPECT_THAT(
        testbed.run({"status"}).out,
        HasSubstr("! the first sweep is under way: it has loaded 100 of about 300 SIMs\n"));
    const auto check = testbed.run({"status", "--check"});
    EXPECT_EQ(check.code, warning);
    EXPECT_THAT(check.out, HasSubstr("WARNING - main: the first sweep is under way"));
    const auto status = json::parse(testbed.run({"status", "--json"}).out).at("accounts").at(0);
    EXPECT_EQ(status.at("loading"), (json::value{{"from", "api"}, {"sims", 100}, {"expected", 300}}))
        << status;

    const auto ready = daemon.get("/readyz");
    EXPECT_THAT(ready.status, HasSubstr("503"));
    EXPECT_EQ(ready.body, "main: no complete sweep yet: the first has loaded 100 of about 300 SIMs\n");
    EXPECT_THAT(daemon.get("/healthz").status, HasSubstr("200"));
    const auto overview = json::parse(daemon.get("/api/overview").body).at("accounts").at(0);
    EXPECT_EQ(overview.at("first_sweep").at("items").as_int64(), 100);
    EXPECT_EQ(overview.at("first_sweep").at("expected").as_int64(), 300);
    EXPECT_TRUE(overview.at("degraded_since").is_null());
    const auto metrics = daemon.get("/metrics").body;
    EXPECT_THAT(metrics, HasSubstr("simsync_loading_sims{account=\"main\"} 100\n"));
    EXPECT_THAT(metrics, HasSubstr("simsync_loading_sims_expected{account=\"main\"} 300\n"));
}

TEST_F(FirstLoad, IsToldAsOneByWhateverIsAsked)
{
    {
        Daemon daemon{testbed};
        await_a_page();
        expect_loading(testbed, daemon);
        daemon.stop(SIGKILL);
    }
    EXPECT_THAT(testbed.run({"status"}).out, HasSubstr("! the mirror is STALE, no complete sweep yet"))
        << "nobody leads it";

    // What the first had brought is there, and its end is no failure of the second one: which shows nobody
    // new for a while, and so writes nothing of how far it is.
    list.holds_the_next_sweep();
    Daemon daemon{testbed, {}, "second"};
    testbed.await_sql("select count(*) from simsync.sweep where id = 2 and outcome = 'running'", "1");
    EXPECT_THAT(testbed.run({"status"}).out, HasSubstr("! the first sweep is under way"));
    EXPECT_EQ(testbed.run({"status", "--check"}).code, warning);
    list.let();
    daemon.await_sweep("complete");
    EXPECT_EQ(testbed.run({"status", "--check"}).code, 0);
    EXPECT_THAT(daemon.get("/metrics").body, Not(HasSubstr("simsync_loading_sims{")));
}

// It takes as long as it takes; what makes it degraded is that it does not get on.
TEST_F(FirstLoad, ThatDoesNotGetOnIsDegraded)
{
    testbed.set("alert", "stale_after", "\"1s\"");
    testbed.set("account", "request_timeout", "\"60s\"");
    Daemon daemon{testbed};
    await_a_page();
    testbed.await_sql("select count(*) from simsync.change_event where kind = 'account.degraded'", "1");
    EXPECT_THAT(testbed.run({"status"}).out, HasSubstr("! the mirror is STALE"));
    list.let();
}

// Whoever takes the lead reads what the mirror holds: here not before the table is let go.
TEST(LargeTakeover, IsToldAsLoadingByWhateverIsAsked)
{
    Testbed testbed{fleet};
    testbed.sync();
    const auto holder = connect(testbed.url());
    PQclear(PQexec(holder.get(), "begin; lock table simsync.sim in access exclusive mode"));
    Daemon daemon{testbed};
    testbed.await_sql("select loading_sims from simsync.ledger", "0");
    EXPECT_THAT(daemon.socket().await("STATUS=main: loads"), HasSubstr("SIMs"));
    PQclear(PQexec(holder.get(), "commit"));
    daemon.await_sweep("complete");
    EXPECT_EQ(
        testbed.sql("select loading_sims is null and loading_expected is null from simsync.ledger"), "t");
    EXPECT_EQ(testbed.run({"status", "--check"}).code, 0);

    // As a leader notes it that has come so far.
    testbed.sql("update simsync.ledger set loading_sims = 7, loading_expected = 300");
    EXPECT_THAT(
        testbed.run({"status"}).out,
        HasSubstr("  loads what the mirror holds, 7 of about 300 SIMs, and sweeps then\n"));
    const auto status = json::parse(testbed.run({"status", "--json"}).out).at("accounts").at(0);
    EXPECT_EQ(status.at("loading"), (json::value{{"from", "mirror"}, {"sims", 7}, {"expected", 300}}));
    EXPECT_EQ(
        json::parse(daemon.get("/api/overview").body).at("accounts").at(0).at("loading"),
        (json::value{{"sims", 7}, {"expected", 300}}));
}

} // namespace
} // namespace simsync::test
