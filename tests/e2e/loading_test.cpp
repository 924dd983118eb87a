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

    // What the first had brought is there, and no failure of the second one.
    list.holds_the_next_sweep();
    Daemon daemon{testbed, {}, "second"};
    await_a_page();
    expect_loading(testbed, daemon);
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

// Whoever takes the lead reads what the mirror holds: here not before it is let.
class LargeTakeover : public testing::Test
{
protected:
    LargeTakeover()
    {
        testbed.sync();
        testbed.sql(R"(
            create table public.reads (held boolean);
            insert into public.reads values (true);
            grant select on public.reads to public;
            create function public.reads() returns boolean language plpgsql volatile as $$
            begin
                while current_query() ilike '%wording%' and (select held from public.reads) loop
                    perform pg_sleep(0.02);
                end loop;
                return true;
            end $$;
            create policy reads on simsync.sim using (public.reads());
            alter table simsync.sim enable row level security)");
    }

    void let() { testbed.sql("update public.reads set held = false"); }

    Testbed testbed{fleet};
};

TEST_F(LargeTakeover, IsToldAsLoadingByWhateverIsAsked)
{
    Daemon daemon{testbed};
    testbed.await_sql("select loading_sims || ' of ' || loading_expected from simsync.ledger", "0 of 300");

    EXPECT_THAT(
        testbed.run({"status"}).out,
        HasSubstr("  loads what the mirror holds, 0 of about 300 SIMs, and sweeps then\n"));
    EXPECT_EQ(testbed.run({"status", "--check"}).code, 0) << "it is fresh still";
    const json::value loading{{"sims", 0}, {"expected", 300}};
    const auto status = json::parse(testbed.run({"status", "--json"}).out).at("accounts").at(0);
    EXPECT_EQ(status.at("loading"), (json::value{{"from", "mirror"}, {"sims", 0}, {"expected", 300}}));
    EXPECT_EQ(json::parse(daemon.get("/api/overview").body).at("accounts").at(0).at("loading"), loading);
    const auto ready = daemon.get("/readyz");
    EXPECT_THAT(ready.status, HasSubstr("503"));
    EXPECT_THAT(ready.body, testing::StartsWith("main: loads 0 of about 300 SIMs"));
    EXPECT_THAT(
        daemon.get("/metrics").body, HasSubstr("simsync_loading_sims_expected{account=\"main\"} 300\n"));
    EXPECT_THAT(daemon.socket().await("STATUS=main: loads"), HasSubstr("SIMs"));

    let();
    daemon.await_sweep("complete");
    testbed.await_sql("select loading_sims is null and loading_expected is null from simsync.ledger", "t");
    EXPECT_THAT(daemon.get("/readyz").status, HasSubstr("200"));
}

} // namespace
} // namespace simsync::test
