#include "sync/account_events.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;

EventContext event_context()
{
    return {
        .account = "main",
        .observed_at = Timestamp{},
        .previous_observed_at = {},
        .sweep_id = 7,
        .action_id = {}};
}

std::vector<std::string> kinds(const std::vector<Event>& events)
{
    std::vector<std::string> kinds;
    for (const auto& event : events)
        kinds.emplace_back(to_text(event.kind));
    return kinds;
}

AccountRecord baselined_ledger()
{
    AccountRecord ledger;
    ledger.baselined = true;
    return ledger;
}

SweepReport refused(FailureKind kind)
{
    SweepReport report;
    report.record.outcome = Outcome::failed;
    report.last_failure = Failure{.kind = kind, .what = "no", .retry_after = {}, .unknown_fields = {}};
    return report;
}

SweepReport complete()
{
    SweepReport report;
    report.record.outcome = Outcome::complete;
    return report;
}

TEST(AccountEvents, TheFirstCompleteSweepIsABaselineAndOneThatFollowsTroubleRecovers)
{
    AccountRecord ledger;
    EXPECT_TRUE(news_of_end(ledger, Outcome::complete, event_context()).is_baseline);
    EXPECT_FALSE(news_of_end(ledger, Outcome::incomplete, event_context()).is_baseline);
    ledger = baselined_ledger();
    EXPECT_FALSE(news_of_end(ledger, Outcome::complete, event_context()).is_baseline);
    EXPECT_THAT(news_of_end(ledger, Outcome::complete, event_context()).events, IsEmpty());

    ledger.degraded = true;
    EXPECT_THAT(
        kinds(news_of_end(ledger, Outcome::complete, event_context()).events),
        ElementsAre("account.recovered"));
    EXPECT_FALSE(news_of_end(ledger, Outcome::incomplete, event_context()).recovers);
}

TEST(AccountEvents, RefusedCredentialsAreNewsUntilTheLedgerSaysSo)
{
    auto ledger = baselined_ledger();
    const auto news = news_of_api(ledger, refused(FailureKind::unauthorized), event_context());
    EXPECT_TRUE(news.refused);
    EXPECT_THAT(kinds(news.events), ElementsAre("account.auth_failed"));
    ledger.auth_failed = true;
    EXPECT_FALSE(news_of_api(ledger, refused(FailureKind::unauthorized), event_context()).refused);
    EXPECT_THAT(news_of_api(ledger, refused(FailureKind::unauthorized), event_context()).events, IsEmpty());
}

TEST(AccountEvents, ARefusalThatComesBackSoonIsNotedAndNoNews)
{
    auto ledger = baselined_ledger();
    ledger.complete_since_auth_failed = 1;
    const auto news = news_of_api(ledger, refused(FailureKind::unauthorized), event_context());
    EXPECT_TRUE(news.refused);
    EXPECT_THAT(news.events, IsEmpty());

    ledger.complete_since_auth_failed = 2;
    EXPECT_THAT(
        kinds(news_of_api(ledger, refused(FailureKind::unauthorized), event_context()).events),
        ElementsAre("account.auth_failed"));
    EXPECT_THAT(news_of_api(ledger, refused(FailureKind::forbidden), event_context()).events, IsEmpty())
        << "a right that comes and goes takes longer";
}

TEST(AccountEvents, AFieldDriftsOnceUntilACompleteSweepFindsItRightAgain)
{
    auto ledger = baselined_ledger();
    auto report = complete();
    report.unknown_fields = {{"description", "Cannot query field"}};
    report.decode_errors = {{"balance", 3}, {"id", 1}};
    auto news = news_of_api(ledger, report, event_context());
    EXPECT_THAT(kinds(news.events), ElementsAre("account.schema_drift", "account.schema_drift"));
    EXPECT_TRUE(news.drifts.at("description").left_out);
    EXPECT_FALSE(news.drifts.at("balance").left_out);
    EXPECT_FALSE(news.drifts.contains("id")) << "an item that was set aside";

    ledger.drifts = news.drifts;
    report = complete();
    report.left_out = {"description"};
    news = news_of_api(ledger, report, event_context());
    EXPECT_THAT(news.events, IsEmpty());
    EXPECT_TRUE(news.drifts.contains("description")) << "it was not asked for: nobody knows";
    EXPECT_FALSE(news.drifts.contains("balance"));

    auto incomplete = complete();
    incomplete.record.outcome = Outcome::incomplete;
    EXPECT_EQ(news_of_api(ledger, incomplete, event_context()).drifts, ledger.drifts);
    EXPECT_THAT(news_of_api(ledger, complete(), event_context()).drifts, IsEmpty());
}

TEST(AccountEvents, RemovalsAreToldWhenTheyBeginAndCeaseToBeHeld)
{
    auto ledger = baselined_ledger();
    EXPECT_THAT(kinds(held_events(ledger, 12, {}, event_context())), ElementsAre("account.removals_held"));
    EXPECT_THAT(released_events(ledger, Decision::accepted, event_context()), IsEmpty());

    ledger.held_removals = 12;
    EXPECT_THAT(held_events(ledger, 13, {}, event_context()), IsEmpty());
    const auto decided = released_events(ledger, Decision::rejected, event_context());
    ASSERT_THAT(kinds(decided), ElementsAre("account.removals_released"));
    EXPECT_EQ(decided.front().cause, Cause::operator_);
    EXPECT_EQ(released_events(ledger, Decision::none, event_context()).front().cause, Cause::sweep);
}

TEST(AccountEvents, ADecisionThatLapsesIsToldWhateverWasToldBefore)
{
    auto ledger = baselined_ledger();
    ledger.held_removals = 12;
    const LapsedDecision lapsed{Decision::accepted, "anna"};
    const Fields of_anna{{"lapsed", std::string("accepted")}, {"lapsed_by", std::string("anna")}};
    const auto anew = held_events(ledger, 13, lapsed, event_context());
    ASSERT_THAT(kinds(anew), ElementsAre("account.removals_held"));
    EXPECT_EQ(anew.front().after, (Fields{{"held_removals", std::int64_t{13}}, of_anna[0], of_anna[1]}));
    EXPECT_EQ(anew.front().cause, Cause::sweep);

    const auto let_go = released_events(lapsed, event_context());
    ASSERT_THAT(kinds(let_go), ElementsAre("account.removals_released"));
    EXPECT_EQ(let_go.front().after, (Fields{{"held_removals", std::int64_t{0}}, of_anna[0], of_anna[1]}));
    EXPECT_EQ(let_go.front().cause, Cause::sweep) << "nobody decided this";
}

TEST(AccountEvents, AnActionIsConfirmedOrFailedAndNothingIsToldOfOneInDoubt)
{
    ActionRecord action;
    action.sim = "7";
    action.operation = "block";
    auto when = event_context();
    when.requested_by = "anna";
    std::optional<ObservedSim> seen(std::in_place);
    seen->sim.id = "7";
    seen->sim.tariff_name = "M10";
    const auto confirmed = action_events(action, {ActionState::confirmed, {}}, seen, when);
    ASSERT_THAT(kinds(confirmed), ElementsAre("action.confirmed"));
    EXPECT_EQ(confirmed.front().sim, "7");
    EXPECT_EQ(confirmed.front().tariff_name, "M10");
    EXPECT_EQ(confirmed.front().requested_by, "anna");
    EXPECT_THAT(
        kinds(action_events(action, {ActionState::failed, "no"}, {}, when)), ElementsAre("action.failed"));
    EXPECT_THAT(action_events(action, {ActionState::unknown, "no"}, {}, when), IsEmpty());
}

TEST(AccountEvents, ACompleteSweepEndsARefusalAndCountsTowardsTheNext)
{
    AccountRecord ledger;
    ledger.auth_failed = true;
    ledger.complete_since_auth_failed = 0;
    SweepRecord sweep;
    sweep.id = 9;
    note_complete(ledger, sweep);
    EXPECT_TRUE(ledger.baselined);
    EXPECT_FALSE(ledger.auth_failed);
    EXPECT_EQ(ledger.complete_since_auth_failed, 1);
    EXPECT_EQ(ledger.last_complete_sweep->id, 9);
}

} // namespace
} // namespace simsync
