// What cron and Nagios are told.
#include "cli/status_check.hpp"

#include "sync/sweep_report.hpp"

#include <gmock/gmock.h>

#include <functional>

namespace simsync::cli
{
namespace
{

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

using namespace std::chrono_literals;

const auto now = parse_date("2026-11-26T03:00:00Z").value();

AccountStatus well(const std::string& name = "main")
{
    AccountStatus status;
    status.account.account = name;
    status.account.leader_host = "host";
    SweepRecord sweep;
    sweep.outcome = Outcome::complete;
    sweep.started_at = now - 13s;
    sweep.finished_at = now - 12s;
    status.account.last_complete_sweep = sweep;
    status.last_sweeps = {sweep};
    status.sims = 1'200;
    status.blocked = 5;
    return status;
}

// That acknowledged something two hours ago.
ConsumerPosition consumer(std::int64_t behind)
{
    ConsumerPosition position;
    position.consumer = "pager";
    position.behind = behind;
    position.acked_at = now - 2h;
    return position;
}

StatusVerdict
judge(const std::vector<AccountStatus>& accounts, const std::vector<std::string>& configured = {"main"})
{
    return judge_status(accounts, configured, now, 5min);
}

ExitCode code_with(const std::function<void(AccountStatus&)>& change)
{
    std::vector accounts{well()};
    change(accounts.front());
    return judge(accounts).code;
}

TEST(StatusCheck, AllIsWell)
{
    const std::vector accounts{well(), well("spare")};
    const auto verdict = judge(accounts, {"main", "spare"});
    EXPECT_EQ(verdict.code, ExitCode::done);
    EXPECT_EQ(
        plugin_text(verdict, {&accounts[0], 1}, now, 5min),
        "SIMSYNC OK - 2 accounts, 2,400 SIMs, last complete sweep 12s ago | 'main_age'=12s;;300;0 "
        "'main_sims'=1200;;;0 'main_blocked'=5;;;0 'main_low'=0;;;0 'main_expiring'=0;;;0 "
        "'main_expired'=0;;;0 'main_held'=0;;0;0\n");
}

TEST(StatusCheck, WarnsOfWhatCanWaitForTheMorning)
{
    EXPECT_EQ(
        code_with(
            [](auto& status) {
                status.account.drifts = {{"imei", {Timestamp{}, true, "no"}}};
            }),
        ExitCode::warning);
    EXPECT_EQ(code_with([](auto& status) { status.last_sweeps.front().set_aside = 1; }), ExitCode::warning);
    EXPECT_EQ(code_with([](auto& status) { status.unknown_actions = 1; }), ExitCode::warning);
    EXPECT_EQ(code_with([](auto& status) { status.housekeeping = {{"no", "yes"}}; }), ExitCode::warning);
    EXPECT_EQ(code_with([](auto& status) { status.consumers = {consumer(4)}; }), ExitCode::warning);
}

TEST(StatusCheck, WhatIsOldOrWrongOrWaitsForAPersonIsCritical)
{
    EXPECT_EQ(
        code_with([](auto& status) { status.account.last_complete_sweep->finished_at = now - 6min; }),
        ExitCode::critical);
    EXPECT_EQ(
        code_with([](auto& status) { status.account.last_complete_sweep.reset(); }), ExitCode::critical);
    EXPECT_EQ(code_with([](auto& status) { status.account.degraded = true; }), ExitCode::critical);
    EXPECT_EQ(code_with([](auto& status) { status.account.auth_failed = true; }), ExitCode::critical);
    EXPECT_EQ(code_with([](auto& status) { status.account.held_removals = 1; }), ExitCode::critical);
    EXPECT_EQ(
        code_with([](auto& status) { status.last_sweeps.front().error = std::string(shows_nobody_error); }),
        ExitCode::critical);
}

TEST(StatusCheck, AConsumerThatIsToldNothingUntilAPersonActsIsCritical)
{
    for (const auto state : {ConsumerState::renumbered, ConsumerState::dropped})
        EXPECT_EQ(
            code_with(
                [state](auto& status)
                {
                    status.consumers = {consumer(0)};
                    status.consumers.front().state = state;
                }),
            ExitCode::critical);
    EXPECT_EQ(
        code_with(
            [](auto& status)
            {
                status.consumers = {consumer(0)};
                status.consumers.front().down_error = "410";
            }),
        ExitCode::critical);
}

TEST(StatusCheck, AnAccountThatWasNeverMirroredIsCritical)
{
    const auto verdict = judge({well()}, {"main", "new"});
    EXPECT_EQ(verdict.code, ExitCode::critical);
    EXPECT_EQ(verdict.summary, "new: it is configured and was never mirrored");
    EXPECT_EQ(judge({}).code, ExitCode::critical);
}

TEST(StatusCheck, NamesTheWorstFirstAndThenAllWithTheirHints)
{
    auto first = well();
    first.unknown_actions = 2;
    auto second = well("spare");
    second.account.held_removals = 12;
    const std::vector accounts{first, second};
    const auto verdict = judge(accounts, {"main", "spare"});
    const auto text = plugin_text(verdict, accounts, now, 5min);
    EXPECT_THAT(
        text,
        StartsWith("SIMSYNC CRITICAL - spare: 12 removals are HELD by the guard for a person to decide (and "
                   "1 more) | 'main_age'=12s"));
    EXPECT_THAT(text, HasSubstr("'spare_held'=12;;0;0\nCRITICAL spare: 12 removals are HELD"));
    EXPECT_THAT(
        text, HasSubstr("--account spare, then accept or reject\nWARNING main: 2 actions of the last day"));
    EXPECT_THAT(text, EndsWith("shows whether it was done\n"));
}

// What stands behind `|` is read as figures.
TEST(StatusCheck, NoErrorBringsFiguresOrLinesOfItsOwn)
{
    auto status = well();
    status.account.last_complete_sweep.reset();
    status.last_sweeps.front().error = "it said a|b\nc";
    const std::vector accounts{status};
    const auto text = plugin_text(judge(accounts), accounts, now, 5min);
    EXPECT_EQ(std::ranges::count(text, '|'), 1);
    EXPECT_EQ(std::ranges::count(text, '\n'), 3);
    EXPECT_EQ(plugin_text(nothing_known("no database"), {}, now, 5min), "SIMSYNC CRITICAL - no database\n");
}

} // namespace
} // namespace simsync::cli
