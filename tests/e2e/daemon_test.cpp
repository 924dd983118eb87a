// `simsync run` under a service manager: readiness, metrics, signals, what it survives.
#include "e2e/daemon.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <thread>
#include <utility>

namespace simsync::test
{
namespace
{

using testing::HasSubstr;
using testing::Not;

TEST(Daemon, TellsSystemdThatItIsReadyHowSweepsWentAndThatItStops)
{
    Testbed testbed{300};
    Daemon daemon{testbed};
    EXPECT_THAT(daemon.await_sweep("complete"), HasSubstr("300 SIMs, 300 added"));
    daemon.send_signal(SIGTERM);
    daemon.socket().await("STOPPING=1");
    EXPECT_EQ(daemon.program().process().wait(), 0);
    EXPECT_EQ(testbed.sql("select count(*) from simsync.sim"), "300");
}

TEST(Daemon, FeedsTheWatchdog)
{
    Testbed testbed{10};
    Daemon daemon{testbed, {"WATCHDOG_USEC=300000"}};
    daemon.socket().await("WATCHDOG=1");
    daemon.socket().await("WATCHDOG=1");
}

TEST(Daemon, TellsWhatChangesFromSweepToSweep)
{
    Testbed testbed{300};
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    testbed.change(42, [](simulator::Simcard& sim) { sim.is_blocked = !sim.is_blocked; });
    testbed.await_sql(
        "select count(*) from simsync.change_event where kind in ('sim.blocked', 'sim.unblocked')", "1");
}

// The next sweep would come in an hour.
TEST(Daemon, TellsWhatMovedBetweenSweeps)
{
    Testbed testbed{300};
    testbed.set("account", "sweep_interval", "\"1h\"");
    testbed.set("account", "recent_interval", "\"100ms\"");
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    testbed.change(
        42,
        [](simulator::Simcard& sim)
        {
            sim.balance = simulator::Decimal::parse("4.25");
            sim.latest_activity =
                std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
        });
    testbed.await_sql(
        "select count(*) from simsync.change_event where after->>'balance' = '4.25' and kind = "
        "'balance.changed'",
        "1");
    EXPECT_EQ(testbed.sql("select count(*) from simsync.sweep"), "1");
    while (daemon.get("/metrics")
               .body.find("simsync_changed_sims_total{account=\"main\",found_by=\"recent\"} 1") ==
           std::string::npos)
        std::this_thread::yield();
}

// Somebody blocks it elsewhere, which no recent look sees, and looks at it: the next sweep would come in an
// hour.
TEST(Daemon, AsksAgainForASimThatAPersonHasRead)
{
    Testbed testbed{300};
    testbed.set("account", "sweep_interval", "\"1h\"");
    testbed.set("account", "recent_interval", "\"100ms\"");
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    testbed.change(42, [](simulator::Simcard& sim) { sim.description = "moved to lift 7"; });
    const auto id = testbed.sql("select id from simsync.sim order by id offset 42 limit 1");
    const auto told =
        "select count(*) from simsync.change_event where after->>'description' = 'moved to lift 7'";
    while (testbed.sql(told) == "0")
        EXPECT_THAT(testbed.run({"sim", "get", id}).out, HasSubstr("moved to lift 7"));
    EXPECT_EQ(testbed.sql(told), "1");
    EXPECT_EQ(testbed.sql("select count(*) from simsync.sweep"), "1");
    while (daemon.get("/metrics")
               .body.find("simsync_changed_sims_total{account=\"main\",found_by=\"watched\"} 1") ==
           std::string::npos)
        std::this_thread::yield();
}

// Of the simulator's changes two in five move latestActivity; sweeps and looks meet all the time.
TEST(Daemon, FindsByLooksWhatMovesTheActivityAndBreaksNoChainBesideSweeps)
{
    simulator::ServerOptions options;
    options.churn = 100;
    Testbed testbed{500, std::move(options)};
    testbed.set("account", "sweep_interval", "\"1s\"");
    testbed.set("account", "recent_interval", "\"100ms\"");
    Daemon daemon{testbed};
    testbed.await_sql(
        "select count(*) >= 5 from simsync.sweep where outcome = 'complete' and found_by_looks > 0", "t");
    EXPECT_EQ(
        testbed.sql("select sum(found_by_looks) > sum(changed) / 4 from simsync.sweep where not baseline"),
        "t");
    EXPECT_EQ(
        testbed.sql("select count(*) from (select before->>'balance' as before, lag(after->>'balance') over "
                    "(partition by sim order by seq) as told from simsync.change_event where kind = "
                    "'balance.changed') chain where told is not null and told is distinct from before"),
        "0");
    EXPECT_THAT(testbed.run({"status"}).out, HasSubstr("recent looks found "));
}

TEST(Daemon, IsHealthyAndReadyAndShowsItsMetrics)
{
    Testbed testbed{300};
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    EXPECT_THAT(daemon.get("/healthz").status, HasSubstr("200"));
    EXPECT_THAT(daemon.get("/readyz").status, HasSubstr("200"));
    const auto metrics = daemon.get("/metrics").body;
    for (const char* sample :
         {"simsync_build_info{", "simsync_account_leader{account=\"main\"} 1",
          "simsync_sims{account=\"main\"} 300", "simsync_sweeps_total{account=\"main\",outcome=\"complete\"}",
          "simsync_sweep_duration_seconds_count",
          "simsync_last_complete_sweep_timestamp_seconds{account=\"main\"}",
          "simsync_items_total{account=\"main\"}",
          "simsync_change_events_total{account=\"main\",kind=\"account.baselined\"} 1",
          "simsync_api_requests_total{account=\"main\",operation=\"simcards\",outcome=\"ok\"}",
          "simsync_api_request_duration_seconds_bucket", "simsync_api_retries_total",
          "simsync_decode_errors_total", "simsync_logins_total{account=\"main\",outcome=\"ok\"} 1",
          "simsync_access_token_expiry_timestamp_seconds",
          "simsync_database_errors_total{account=\"main\"} 0", "simsync_removals_held{account=\"main\"} 0"})
        EXPECT_THAT(metrics, HasSubstr(sample));
}

// As it is in the mirror; counted anew once something has changed.
TEST(Daemon, ShowsHowManySimsStandHow)
{
    Testbed testbed{300};
    Daemon daemon{testbed};
    const auto shows = [&](const std::string& blocked)
    {
        while (
            daemon.get("/metrics")
                .body.find("simsync_conditions{account=\"main\",kind=\"sim.blocked\"} " + blocked + '\n') ==
            std::string::npos)
            std::this_thread::yield();
    };
    daemon.await_sweep("complete");
    const auto blocked = std::stoi(testbed.sql("select count(*) from simsync.sim_blocked"));
    shows(std::to_string(blocked));
    EXPECT_THAT(
        daemon.get("/metrics").body, HasSubstr("simsync_conditions{account=\"main\",kind=\"balance.low\"} "));
    bool was_blocked = false;
    testbed.change(
        42, [&](simulator::Simcard& sim) { was_blocked = std::exchange(sim.is_blocked, !sim.is_blocked); });
    shows(std::to_string(was_blocked ? blocked - 1 : blocked + 1));
}

TEST(Daemon, IsNotReadyWithoutACompleteSweepAndDegradedWhenThatLasts)
{
    std::atomic<bool> broken = true;
    simulator::ServerOptions options;
    options.service.on_request = [&broken](std::string_view operation, simulator::Fleet&)
    { return broken && operation == "simcards" ? simulator::Fault::errors : simulator::Fault::none; };
    Testbed testbed{50, std::move(options)};
    testbed.set("alert", "stale_after", "\"1s\"");
    Daemon daemon{testbed};
    EXPECT_THAT(daemon.get("/readyz").status, HasSubstr("503"));
    EXPECT_THAT(daemon.get("/readyz").body, HasSubstr("main: "));
    EXPECT_THAT(daemon.get("/healthz").status, HasSubstr("200"));
    testbed.await_sql("select count(*) from simsync.change_event where kind = 'account.degraded'", "1");

    broken = false;
    testbed.await_sql("select count(*) from simsync.change_event where kind = 'account.recovered'", "1");
    EXPECT_EQ(
        testbed.sql("select count(distinct dedup_key) from simsync.change_event where kind like "
                    "'account.%ed' and kind <> 'account.baselined'"),
        "1");
    EXPECT_THAT(daemon.get("/readyz").status, HasSubstr("200"));
}

TEST(Daemon, TellsOnceThatItsCredentialsAreRefusedAndTakesNewOnes)
{
    Testbed testbed{50};
    testbed.write_password("wrong");
    Daemon daemon{testbed};
    daemon.await_sweep("failed");
    daemon.await_sweep("failed");
    EXPECT_EQ(
        testbed.sql("select count(*) from simsync.change_event where kind = 'account.auth_failed'"), "1");
    EXPECT_THAT(daemon.get("/readyz").body, HasSubstr("credentials"));
    testbed.write_password("partner");
    daemon.await_sweep("complete");
    EXPECT_THAT(daemon.get("/readyz").status, HasSubstr("200"));
}

// The password and every token that it ever had (64 hex digits, the simulator's) are nowhere, whatever
// happened.
TEST(Daemon, ShowsNoSecretToAnybody)
{
    const std::string password = "correct horse battery staple";
    simulator::ServerOptions options;
    options.service.password = password;
    Testbed testbed{50, std::move(options)};
    testbed.write_password(password);
    testbed.set("log", "level", "\"trace\"");
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    testbed.api().revoke_tokens();
    daemon.await_sweep("complete");
    daemon.await_sweep("complete");
    testbed.write_password("wrong horse");
    testbed.api().revoke_tokens();
    daemon.await_sweep("failed");

    const auto process = "/proc/" + std::to_string(daemon.program().process().id()) + '/';
    const auto text_of = [](const std::string& file)
    { return std::string(std::istreambuf_iterator<char>(std::ifstream(file).rdbuf()), {}); };
    std::map<std::string, std::string> places{
        {"arguments", text_of(process + "cmdline")},
        {"environment", text_of(process + "environ")},
        {"metrics", daemon.get("/metrics").body},
        {"readiness", daemon.get("/readyz").body},
        {"tables",
         testbed.sql("select string_agg(query_to_xml(format('select * from simsync.%I', table_name), true, "
                     "false, '')::text, '') from information_schema.tables where table_schema = 'simsync' "
                     "and table_name <> 'migration'")}};
    EXPECT_EQ(daemon.stop(), 0);
    places["output"] = daemon.program().out();
    places["log"] = daemon.program().err();
    for (const auto& [name, text] : places)
    {
        EXPECT_THAT(text, Not(HasSubstr("horse"))) << name;
        EXPECT_FALSE(std::regex_search(text, std::regex("[0-9a-f]{64}"))) << name;
    }
    EXPECT_THAT(places["tables"], HasSubstr("auth_failed"));
    EXPECT_THAT(places["arguments"], HasSubstr("simsync.toml"));
    EXPECT_THAT(places["environment"], HasSubstr("NOTIFY_SOCKET"));
}

TEST(Daemon, TellsNothingAgainThatAnEarlierProcessTold)
{
    simulator::ServerOptions options;
    options.service.withheld_fields = {"description"};
    Testbed testbed{50, std::move(options)};
    testbed.write_password("wrong");
    for (int i = 0; i < 2; ++i)
    {
        Daemon refused{testbed};
        refused.await_sweep("failed");
        EXPECT_EQ(refused.stop(), 0);
    }
    testbed.write_password("partner");
    for (int i = 0; i < 2; ++i)
    {
        Daemon drifting{testbed};
        drifting.await_sweep("complete");
        EXPECT_EQ(drifting.stop(), 0);
    }
    testbed.write_password("wrong");
    Daemon refused{testbed};
    refused.await_sweep("failed");
    EXPECT_EQ(refused.stop(), 0);
    EXPECT_EQ(
        testbed.sql("select string_agg(kind, ' ' order by seq) from simsync.change_event where kind in "
                    "('account.auth_failed', 'account.schema_drift')"),
        "account.auth_failed account.schema_drift account.auth_failed");
}

TEST(Daemon, MirrorsTheRestWhereTheApiDoesNotKnowAFieldAndTellsOnce)
{
    simulator::ServerOptions options;
    options.service.withheld_fields = {"description"};
    Testbed testbed{50, std::move(options)};
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    daemon.await_sweep("complete");
    EXPECT_EQ(
        testbed.sql("select string_agg(after->>'field', ',') from simsync.change_event where kind = "
                    "'account.schema_drift'"),
        "description");
    EXPECT_EQ(testbed.sql("select count(*) from simsync.sim where balance is not null"), "50");
    EXPECT_THAT(daemon.get("/readyz").status, HasSubstr("200"));
}

TEST(Daemon, SurvivesARestartOfTheDatabase)
{
    Testbed testbed{200};
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    Cluster::shared().restart();
    testbed.change(7, [](simulator::Simcard& sim) { sim.description = "after the restart"; });
    testbed.await_sql("select count(*) from simsync.change_event where kind = 'attributes.changed'", "1");
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_THAT(daemon.program().err(), HasSubstr("hint="));
}

TEST(Daemon, WaitsForADatabaseThatIsNotThereYet)
{
    Testbed testbed{50};
    testbed.set("database", "url", "\"host=/nowhere dbname=simsync\"");
    Daemon daemon{testbed};
    daemon.program().await_err("main: cannot connect to database \"simsync\" on /nowhere");
    EXPECT_THAT(daemon.get("/readyz").body, testing::StartsWith("main: "));
    EXPECT_EQ(daemon.stop(), 0);
}

TEST(Daemon, TakesANewConfigurationWhole)
{
    Testbed testbed{50};
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    testbed.set("alert", "balance_low", "100000.00");
    daemon.send_signal(SIGHUP);
    EXPECT_THAT(daemon.socket().await("RELOADING=1"), HasSubstr("MONOTONIC_USEC="));
    daemon.socket().await("READY=1");
    testbed.change(7, [](simulator::Simcard& sim) { sim.balance = simulator::Decimal::parse("99.5"); });
    testbed.await_sql(
        "select count(*) > 0 from simsync.change_event where kind = 'balance.low' and after->>'balance' "
        "= '99.5'",
        "t");
}

TEST(Daemon, KeepsTheOldConfigurationWhereTheNewOneIsWrong)
{
    Testbed testbed{50};
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    testbed.set("alert", "balance_lwo", "1");
    daemon.send_signal(SIGHUP);
    daemon.socket().await("READY=1");
    daemon.program().await_err("keeps the old configuration");
    EXPECT_THAT(daemon.program().err(), HasSubstr("did you mean"));
    daemon.await_sweep("complete");
}

TEST(Daemon, EndsWithinItsTimeAlthoughTheApiIsSilent)
{
    std::atomic<bool> silent = false;
    simulator::ServerOptions options;
    options.service.on_request = [&silent](std::string_view operation, simulator::Fleet&)
    { return silent && operation == "simcards" ? simulator::Fault::silence : simulator::Fault::none; };
    Testbed testbed{50, std::move(options)};
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    silent = true;
    testbed.await_sql("select count(*) from simsync.sweep where outcome = 'running'", "1");
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_THAT(
        testbed.sql("select outcome from simsync.sweep order by id desc limit 1"), Not(HasSubstr("running")));
}

TEST(Daemon, ASecondSignalEndsItAtOnce)
{
    std::atomic<bool> silent = false;
    simulator::ServerOptions options;
    options.service.on_request = [&silent](std::string_view operation, simulator::Fleet&)
    { return silent && operation == "simcards" ? simulator::Fault::silence : simulator::Fault::none; };
    Testbed testbed{50, std::move(options)};
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    silent = true;
    testbed.await_sql("select count(*) from simsync.sweep where outcome = 'running'", "1");
    daemon.send_signal(SIGTERM);
    daemon.socket().await("STOPPING=1");
    EXPECT_EQ(daemon.stop(SIGTERM), 128 + SIGTERM);
}

TEST(Daemon, RefusesToStartOverASchemaThatIsNotThere)
{
    Testbed testbed;
    testbed.set("database", "url", '"' + Cluster::shared().empty_database() + '"');
    EXPECT_EQ(testbed.run({"run"}).code, 78);
}

TEST(Daemon, LeavesTheAccountToItselfWhileItRuns)
{
    Testbed testbed{50};
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    const auto result = testbed.run({"sync"});
    EXPECT_EQ(result.code, 75) << result.err;
    EXPECT_THAT(result.err, HasSubstr("is led by "));
}

TEST(Daemon, MirrorsSeveralAccountsSideBySide)
{
    simulator::ServerOptions options;
    options.sims = 70;
    options.seed = 2;
    simulator::Server second{options};
    second.start();
    Testbed testbed{30};
    testbed.add_account("second", second.url());
    Daemon daemon{testbed};
    testbed.await_sql(
        "select string_agg(account || ' ' || sims, ', ' order by account) from (select account, "
        "count(*) as sims from simsync.sim group by account) a",
        "main 30, second 70");
}

} // namespace
} // namespace simsync::test
