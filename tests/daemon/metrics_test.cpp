// The metrics as Prometheus reads them.
#include "daemon/account_log.hpp"
#include "daemon/metrics.hpp"

#include "simsync/model/event.hpp"

#include <gmock/gmock.h>

#include <set>
#include <sstream>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSubsetOf;
using testing::Not;
using testing::StartsWith;

const Timestamp now{1'700'000'600s};

std::vector<std::string> lines(const Metrics& metrics)
{
    std::vector<std::string> all;
    std::istringstream text(metrics.text(now));
    for (std::string line; std::getline(text, line);)
        all.push_back(line);
    return all;
}

// The names that `# TYPE` lines announce, each once.
std::set<std::string> names(const Metrics& metrics)
{
    std::set<std::string> all;
    for (const auto& line : lines(metrics))
        if (line.starts_with("# TYPE "))
            EXPECT_TRUE(all.insert(line.substr(7, line.find(' ', 7) - 7)).second)
                << line << " is there twice";
    return all;
}

// Everything that can happen to an account, once.
void live(AccountMetrics& account)
{
    account.leads();
    account.sims(5'000);
    account.last_complete(Timestamp{1'700'000'000'123'456us});
    account.removals_held(3);
    account.conditions({{Kind::sim_blocked, 7}, {Kind::balance_low, 0}});
    account.sweep_finished("complete", 1'500ms);
    account.items(5'000);
    account.events("sim.blocked", 2);
    account.recent_share(0.25);
    account.changed_sims("recent", 5);
    account.decode_errors("balance", 4);
    account.api_request("simcards", "ok", 30ms);
    account.api_request("login", "unauthorized", 30ms);
    account.retry("timed_out");
    account.login("ok");
    account.token_expiry(std::chrono::system_clock::time_point{1'700'003'600s});
    account.database_error();
    account.loading(Loaded{300, 1'000});
    ConsumerPosition pager;
    pager.consumer = "pager";
    account.consumers({pager});
}

TEST(Metrics, HaveEveryNameThatIsPublicAndNoOther)
{
    Metrics metrics;
    live(metrics.account("main"));
    metrics.console().answered("session", 200, 2ms);
    EXPECT_THAT(
        names(metrics),
        testing::UnorderedElementsAre(
            "simsync_build_info", "simsync_account_leader", "simsync_sims", "simsync_sweeps_total",
            "simsync_sweep_duration_seconds", "simsync_last_complete_sweep_timestamp_seconds",
            "simsync_items_total", "simsync_changed_sims_total", "simsync_recent_looks_share",
            "simsync_change_events_total", "simsync_api_requests_total",
            "simsync_api_request_duration_seconds", "simsync_api_retries_total", "simsync_logins_total",
            "simsync_access_token_expiry_timestamp_seconds", "simsync_decode_errors_total",
            "simsync_database_errors_total", "simsync_removals_held", "simsync_conditions",
            "simsync_housekeeping_troubles", "simsync_housekeeping_failures_total",
            "simsync_events_lost_total", "simsync_loading_sims", "simsync_loading_sims_expected",
            "simsync_consumer_behind_events", "simsync_consumer_lag_seconds", "simsync_consumer_lost",
            "simsync_console_requests_total", "simsync_console_request_duration_seconds",
            "simsync_console_streams", "simsync_console_stream_dropped_total",
            "simsync_console_database_errors_total"));
}

TEST(Metrics, CarryTheAccountAndTheDocumentedLabels)
{
    Metrics metrics;
    live(metrics.account("main"));
    const auto text = lines(metrics);
    for (const char* line :
         {R"(simsync_account_leader{account="main"} 1)",
          R"(simsync_sims{account="main"} 5000)",
          R"(simsync_sweeps_total{account="main",outcome="complete"} 1)",
          R"(simsync_sweep_duration_seconds_count{account="main"} 1)",
          R"(simsync_sweep_duration_seconds_sum{account="main"} 1.5)",
          R"(simsync_sweep_duration_seconds_bucket{account="main",le="1"} 0)",
          R"(simsync_sweep_duration_seconds_bucket{account="main",le="2.5"} 1)",
          R"(simsync_last_complete_sweep_timestamp_seconds{account="main"} 1700000000.123456)",
          R"(simsync_items_total{account="main"} 5000)",
          R"(simsync_change_events_total{account="main",kind="sim.blocked"} 2)",
          R"(simsync_changed_sims_total{account="main",found_by="recent"} 5)",
          R"(simsync_recent_looks_share{account="main"} 0.25)",
          R"(simsync_api_requests_total{account="main",operation="simcards",outcome="ok"} 1)",
          R"(simsync_api_requests_total{account="main",operation="login",outcome="unauthorized"} 1)",
          R"(simsync_api_request_duration_seconds_count{account="main",operation="login"} 1)",
          R"(simsync_api_retries_total{account="main",reason="timed_out"} 1)",
          R"(simsync_logins_total{account="main",outcome="ok"} 1)",
          R"(simsync_access_token_expiry_timestamp_seconds{account="main"} 1700003600)",
          R"(simsync_decode_errors_total{account="main",field="balance"} 4)",
          R"(simsync_database_errors_total{account="main"} 1)",
          R"(simsync_removals_held{account="main"} 3)",
          R"(simsync_conditions{account="main",kind="sim.blocked"} 7)",
          R"(simsync_conditions{account="main",kind="balance.low"} 0)"})
        EXPECT_THAT(text, Contains(line));
    EXPECT_THAT(text, Contains("simsync_build_info{version=\"" SIMSYNC_VERSION "\"} 1"));
}

TEST(Metrics, CountOn)
{
    Metrics metrics;
    live(metrics.account("main"));
    live(metrics.account("main"));
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_items_total{account="main"} 10000)"));
    EXPECT_THAT(
        lines(metrics), Contains(R"(simsync_change_events_total{account="main",kind="sim.blocked"} 4)"));
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_sims{account="main"} 5000)"));
}

TEST(Metrics, BeginAtZeroForWhatWillBeCounted)
{
    Metrics metrics;
    metrics.account("main");
    const auto text = lines(metrics);
    for (const auto kind : all_kinds())
        EXPECT_THAT(
            text, Contains(
                      "simsync_change_events_total{account=\"main\",kind=\"" + std::string(to_text(kind)) +
                      "\"} 0"));
    for (const std::string outcome : {"complete", "incomplete", "failed"})
        EXPECT_THAT(text, Contains("simsync_sweeps_total{account=\"main\",outcome=\"" + outcome + "\"} 0"));
    EXPECT_THAT(text, Contains(R"(simsync_database_errors_total{account="main"} 0)"));
    EXPECT_THAT(text, Contains(R"(simsync_account_leader{account="main"} 0)"));
}

// A freshness of 0 would be an alert, and the first sweep has had no time yet.
TEST(Metrics, OfANewLeaderClaimNoFreshnessBeforeItIsKnown)
{
    Metrics metrics;
    auto& account = metrics.account("main");
    account.leads();
    EXPECT_THAT(metrics.text(now), Not(HasSubstr("simsync_last_complete_sweep_timestamp_seconds")));
    account.last_complete(Timestamp{});
    EXPECT_THAT(
        lines(metrics), Contains(R"(simsync_last_complete_sweep_timestamp_seconds{account="main"} 0)"));
}

TEST(Metrics, OfAStandbyDoNotShowWhatOnlyTheLeaderKnows)
{
    Metrics metrics;
    auto& account = metrics.account("main");
    live(account);
    account.stands_by();
    account.stands_by(); // told at every look at the lease
    for (const char* name :
         {"simsync_sims", "simsync_last_complete_sweep_timestamp_seconds", "simsync_removals_held",
          "simsync_conditions", "simsync_access_token_expiry_timestamp_seconds"})
        EXPECT_THAT(names(metrics), Not(Contains(name)));
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_account_leader{account="main"} 0)"));
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_items_total{account="main"} 5000)"))
        << "counters count on";
}

// Where the database takes the lead away again and again, whoever watches must see the mirror grow old.
TEST(Metrics, OfOneThatLostTheLeadStillTellHowOldTheMirrorIs)
{
    Metrics metrics;
    auto& account = metrics.account("main");
    live(account);
    account.loses_lead();
    EXPECT_THAT(names(metrics), Contains("simsync_last_complete_sweep_timestamp_seconds"));
    EXPECT_THAT(names(metrics), Not(Contains("simsync_sims")));
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_account_leader{account="main"} 0)"));
}

// Which kinds are known depends on the configuration: one that is not counted any more is not shown as it
// was.
TEST(Metrics, OfConditionsAreThoseOfTheLastCount)
{
    Metrics metrics;
    auto& account = metrics.account("main");
    account.conditions({{Kind::sim_blocked, 7}, {Kind::balance_depleted, 2}});
    account.conditions({{Kind::sim_blocked, 6}});
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_conditions{account="main",kind="sim.blocked"} 6)"));
    EXPECT_THAT(metrics.text(now), Not(HasSubstr("balance.depleted\"} 2")));
    EXPECT_THAT(
        metrics.text(now), Not(HasSubstr(R"(simsync_conditions{account="main",kind="balance.depleted")")));
}

TEST(EventsLost, AreThoseThatTheNumberingLacksWhichBeganWithThisLead)
{
    AccountRecord ledger;
    EXPECT_EQ(events_lost(ledger), 0);
    ledger.leader_since = Timestamp{5s};
    ledger.numbering.emplace();
    ledger.numbering->began_at = Timestamp{5s};
    ledger.numbering->after_seq = 100;
    EXPECT_EQ(events_lost(ledger), 0) << "promoted: nobody knows of any";
    ledger.numbering->lost_upto = 124;
    EXPECT_EQ(events_lost(ledger), 24);
    ledger.leader_since = Timestamp{6s};
    EXPECT_EQ(events_lost(ledger), 0) << "an earlier leader told of them";
}

TEST(Metrics, CountEventsThatWereLostWithAServer)
{
    Metrics metrics;
    auto& account = metrics.account("main");
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_events_lost_total{account="main"} 0)"));
    account.events_lost(0); // at every takeover
    account.events_lost(124);
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_events_lost_total{account="main"} 124)"));
}

TEST(Metrics, OfLoadingAreThereWhileItIsUnderWay)
{
    Metrics metrics;
    auto& account = metrics.account("main");
    EXPECT_THAT(metrics.text(now), Not(HasSubstr("simsync_loading_sims")));
    account.loading(Loaded{300, 1'000});
    account.loading(Loaded{400, 1'000});
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_loading_sims{account="main"} 400)"));
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_loading_sims_expected{account="main"} 1000)"));
    account.loading(std::nullopt);
    EXPECT_THAT(metrics.text(now), Not(HasSubstr("simsync_loading_sims{")));
}

TEST(Metrics, OfHousekeepingTellWhatIsUndoneNowAndHowOftenItWasTried)
{
    Metrics metrics;
    auto& account = metrics.account("main");
    account.housekeeping(2);
    account.housekeeping(1);
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_housekeeping_troubles{account="main"} 1)"));
    account.housekeeping(0);
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_housekeeping_troubles{account="main"} 0)"));
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_housekeeping_failures_total{account="main"} 2)"));
}

TEST(Metrics, OfAStandbyThatTakesOverAreCompleteAgain)
{
    Metrics metrics;
    auto& account = metrics.account("main");
    account.stands_by();
    live(account);
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_sims{account="main"} 5000)"));
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_removals_held{account="main"} 3)"));
}

TEST(Metrics, OfSeveralAccountsStandUnderOneName)
{
    Metrics metrics;
    live(metrics.account("main"));
    live(metrics.account("spare"));
    names(metrics); // each once
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_sims{account="main"} 5000)"));
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_sims{account="spare"} 5000)"));
}

TEST(Metrics, OfAForgottenAccountAreGoneAndBeginAnew)
{
    Metrics metrics;
    live(metrics.account("main"));
    live(metrics.account("spare"));
    metrics.forget("main");
    metrics.forget("nobody");
    EXPECT_THAT(metrics.text(now), Not(HasSubstr("\"main\"")));
    EXPECT_THAT(metrics.text(now), HasSubstr("\"spare\""));
    metrics.account("main");
    EXPECT_THAT(lines(metrics), Contains(R"(simsync_items_total{account="main"} 0)"));
}

ConsumerPosition position(const std::string& consumer, std::int64_t behind, ConsumerState state)
{
    ConsumerPosition position;
    position.account = "main";
    position.consumer = consumer;
    position.behind = behind;
    if (behind > 0)
        position.waiting_since = Timestamp{1'700'000'000s};
    position.state = state;
    return position;
}

TEST(Metrics, TellHowFarEachConsumerIsAndOfOneThatIsLostThatAlone)
{
    Metrics metrics;
    auto& account = metrics.account("main");
    account.leads();
    account.consumers(
        {position("pager", 7, ConsumerState::reads), position("relay", 0, ConsumerState::reads),
         position("sink:old", 0, ConsumerState::renumbered)});
    const auto text = lines(metrics);
    for (const char* line :
         {R"(simsync_consumer_behind_events{account="main",consumer="pager"} 7)",
          R"(simsync_consumer_lag_seconds{account="main",consumer="pager"} 600)",
          R"(simsync_consumer_lost{account="main",consumer="pager"} 0)",
          R"(simsync_consumer_behind_events{account="main",consumer="relay"} 0)",
          R"(simsync_consumer_lag_seconds{account="main",consumer="relay"} 0)",
          R"(simsync_consumer_lost{account="main",consumer="sink:old"} 1)"})
        EXPECT_THAT(text, Contains(line));
    EXPECT_THAT(metrics.text(now), Not(HasSubstr(R"(lag_seconds{account="main",consumer="sink:old"})")));
}

TEST(Metrics, LetAConsumerWaitLongerAlthoughNobodyLooks)
{
    Metrics metrics;
    metrics.account("main").consumers({position("pager", 7, ConsumerState::reads)});
    EXPECT_THAT(
        metrics.text(now + 60s),
        HasSubstr(R"(simsync_consumer_lag_seconds{account="main",consumer="pager"} 660)"));
}

TEST(Metrics, OfConsumersAreGoneWithThemAndWithTheLead)
{
    Metrics metrics;
    auto& account = metrics.account("main");
    account.leads();
    account.consumers(
        {position("pager", 7, ConsumerState::reads), position("relay", 1, ConsumerState::reads)});
    metrics.text(now);
    account.consumers({position("relay", 1, ConsumerState::reads)});
    EXPECT_THAT(metrics.text(now), Not(HasSubstr("pager")));
    account.stands_by();
    EXPECT_THAT(metrics.text(now), Not(HasSubstr("relay")));
}

// Field names come from the API.
TEST(Metrics, KeepForeignTextWithinItsLabel)
{
    Metrics metrics;
    metrics.account("main").decode_errors("a\"b\\c\nd", 1);
    EXPECT_THAT(
        lines(metrics), Contains(R"(simsync_decode_errors_total{account="main",field="a\"b\\c\nd"} 1)"));
}

TEST(Metrics, NameTheProgramEvenWithoutAnAccount)
{
    const Metrics metrics;
    EXPECT_THAT(lines(metrics), Contains(StartsWith("simsync_build_info{version=")));
}

} // namespace
} // namespace simsync
