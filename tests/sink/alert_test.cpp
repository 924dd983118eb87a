// What events and standing conditions are to an Alertmanager.
#include "sink/alert.hpp"

#include "sink/event_records.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

namespace simsync::test
{
namespace
{

namespace json = boost::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const auto now = parse_date("2026-11-26T09:00:00Z").value();

// "balance.low fires", "tariff.expired resolved"
std::vector<std::string> emitted(Kind kind)
{
    std::vector<std::string> all;
    for (const auto& alert : alerts_of(event(kind), {}))
        all.push_back(alert.kind + (alert.ended ? " resolved" : " fires"));
    return all;
}

TEST(Alert, FiresWithWhatRaisesAConditionAndIsOverWithWhatResolvesIt)
{
    EXPECT_THAT(emitted(Kind::balance_low), ElementsAre("balance.low fires"));
    EXPECT_THAT(emitted(Kind::balance_recovered), ElementsAre("balance.low resolved"));
    EXPECT_THAT(emitted(Kind::sim_blocked), ElementsAre("sim.blocked fires"));
    EXPECT_THAT(emitted(Kind::sim_unblocked), ElementsAre("sim.blocked resolved"));
    EXPECT_THAT(emitted(Kind::account_degraded), ElementsAre("account.degraded fires"));
    EXPECT_THAT(emitted(Kind::account_recovered), ElementsAre("account.degraded resolved"));
}

// The severity is a label, and labels are the alert: the warning must not stand beside the critical one.
TEST(Alert, OfATariffThatEndedTakesThePlaceOfTheWarning)
{
    EXPECT_THAT(
        emitted(Kind::tariff_expiring),
        UnorderedElementsAre("tariff.expiring fires", "tariff.expired resolved"));
    EXPECT_THAT(
        emitted(Kind::tariff_expired),
        UnorderedElementsAre("tariff.expiring resolved", "tariff.expired fires"));
    EXPECT_THAT(
        emitted(Kind::tariff_renewed),
        UnorderedElementsAre("tariff.expiring resolved", "tariff.expired resolved"));
}

TEST(Alert, OfASimThatIsGoneIsOver)
{
    EXPECT_THAT(
        emitted(Kind::sim_removed), UnorderedElementsAre(
                                        "sim.blocked resolved", "balance.low resolved",
                                        "tariff.expiring resolved", "tariff.expired resolved"));
}

TEST(Alert, IsNoneForWhatIsNoCondition)
{
    EXPECT_THAT(emitted(Kind::balance_changed), IsEmpty());
    EXPECT_THAT(emitted(Kind::balance_depleted), IsEmpty());
    EXPECT_THAT(emitted(Kind::account_auth_failed), IsEmpty());
}

TEST(Alert, IsTheSameAlertWhetherAnEventOrTheMirrorTellsOfIt)
{
    const auto raised = event(Kind::balance_low);
    const StandingCondition standing{"main",     "main:1001:balance.low", "balance.low",     "warning",
                                     raised.sim, raised.iccid_plastic,    raised.observed_at};
    EXPECT_EQ(
        alerts_json(alerts_of(raised, {}), now), alerts_json(alerts_of(std::vector{standing}, {}), now));
}

TEST(Alert, IsResolvedByTheLabelsThatItFiredWith)
{
    const auto labels = [](Kind kind)
    { return json::parse(alerts_json(alerts_of(event(kind), {}), now)).at(0).at("labels"); };
    EXPECT_EQ(labels(Kind::balance_low), labels(Kind::balance_recovered));
    EXPECT_EQ(labels(Kind::balance_low).at("severity"), "warning");
    EXPECT_EQ(labels(Kind::balance_low).at("dedup_key"), "main:1001:balance.low");
}

TEST(Alert, HoldsForLongerThanUntilItIsRepeated)
{
    const auto fired = json::parse(alerts_json(alerts_of(event(Kind::balance_low), {}), now)).at(0);
    EXPECT_EQ(fired.at("startsAt"), "2026-11-26T08:00:00Z");
    EXPECT_EQ(fired.at("endsAt"), "2026-11-26T09:05:00Z");
    EXPECT_GT(alerts_hold_for, 2 * alerts_repeated_after);
}

// A first delivery may come days late: what counts is that it fires now.
TEST(Alert, EndsBehindTheMomentInWhichItIsSent)
{
    const auto alerts = alerts_of(event(Kind::balance_low), {});
    const auto late = json::parse(alerts_json(alerts, now + std::chrono::hours{48})).at(0);
    EXPECT_EQ(late.at("endsAt"), "2026-11-28T09:05:00Z");
    EXPECT_EQ(late.at("startsAt"), "2026-11-26T08:00:00Z");
}

TEST(Alert, NeitherBeginsNorEndsInTheFuture)
{
    const auto earlier = now - std::chrono::hours{48};
    const auto fires = json::parse(alerts_json(alerts_of(event(Kind::balance_low), {}), earlier)).at(0);
    EXPECT_EQ(fires.at("startsAt").as_string(), to_text(earlier));
    const auto over = json::parse(alerts_json(alerts_of(event(Kind::balance_recovered), {}), earlier)).at(0);
    EXPECT_EQ(over.at("endsAt").as_string(), to_text(earlier));
}

// --- a match

Wanted matching(std::string_view text)
{
    return {.match = std::get<EventMatch>(parse_match(text))};
}

std::vector<std::string> kinds_of(const std::vector<Alert>& alerts)
{
    std::vector<std::string> kinds;
    for (const auto& alert : alerts)
        kinds.push_back(alert.kind);
    return kinds;
}

TEST(Alert, IsOfWhatMatches)
{
    auto emitted = event(Kind::balance_low);
    emitted.description = "Truck 12";
    EXPECT_THAT(kinds_of(alerts_of(emitted, matching("description ~ truck"))), ElementsAre("balance.low"));
    EXPECT_THAT(alerts_of(emitted, matching("description ~ bus")), IsEmpty());
    EXPECT_THAT(alerts_of(event(Kind::sim_removed), matching("description ~ bus")), IsEmpty());
    EXPECT_THAT(
        kinds_of(alerts_of(event(Kind::sim_removed), matching("kind = balance.low"))),
        ElementsAre("balance.low"));
}

TEST(Alert, EndsByTheKindAndTheSeverityThatItWasRaisedWith)
{
    for (const auto* const text : {"severity >= warning", "kind = balance.low"})
        EXPECT_THAT(
            kinds_of(alerts_of(event(Kind::balance_recovered), matching(text))), ElementsAre("balance.low"))
            << text;
    EXPECT_THAT(alerts_of(event(Kind::balance_recovered), matching("severity = critical")), IsEmpty());
}

TEST(Alert, OfWhatStandsIsChosenByTheSimOfNow)
{
    StandingCondition stands{"main", "main:1:sim.blocked", "sim.blocked", "warning", "1", {}, {}, false};
    stands.tariff_name = "M10";
    stands.description = "Truck 12";
    stands.profile = "S1";
    EXPECT_EQ(
        alerts_of(
            std::vector{stands},
            matching("tariff_name = M10 and description ~ truck and profile = S1 and sim = 1 "
                     "and severity = warning and kind = sim.blocked and account = main"))
            .size(),
        1);
    EXPECT_THAT(alerts_of(std::vector{stands}, matching("description ~ bus")), IsEmpty());
}

// --- what stood before simsync came

std::vector<std::string> labelled(Kind kind, bool standing, const Wanted& wanted)
{
    auto emitted = event(kind);
    emitted.standing = standing;
    std::vector<std::string> all;
    for (const auto& alert : alerts_of(emitted, wanted))
        all.push_back(
            alert.kind + (alert.standing ? " (before)" : "") + (alert.ended ? " resolved" : " fires"));
    return all;
}

TEST(Alert, OfWhatStoodBeforeIsNoneUnlessItIsWanted)
{
    EXPECT_THAT(labelled(Kind::balance_low, true, {}), IsEmpty());
    EXPECT_THAT(
        labelled(Kind::balance_low, true, {.standing = true}),
        UnorderedElementsAre("balance.low (before) fires", "balance.low resolved"));
    const StandingCondition before{"main", "main:1:sim.blocked", "sim.blocked", "warning", "1", {}, {}, true};
    EXPECT_THAT(alerts_of(std::vector{before}, {}), IsEmpty());
    EXPECT_EQ(alerts_of(std::vector{before}, {.standing = true}).size(), 1);
}

TEST(Alert, ThatIsResolvedIsSoWithTheLabelsOfEither)
{
    EXPECT_THAT(
        labelled(Kind::balance_recovered, false, {.standing = true}),
        UnorderedElementsAre("balance.low resolved", "balance.low (before) resolved"));
    EXPECT_THAT(labelled(Kind::balance_recovered, false, {}), ElementsAre("balance.low resolved"));
    EXPECT_THAT(
        labelled(Kind::tariff_expired, false, {.standing = true}),
        UnorderedElementsAre(
            "tariff.expired fires", "tariff.expired (before) resolved", "tariff.expiring resolved",
            "tariff.expiring (before) resolved"));
}

TEST(Alert, OfWhatStoodBeforeSaysSoByALabel)
{
    auto emitted = event(Kind::balance_low);
    emitted.standing = true;
    const auto body = json::parse(alerts_json(alerts_of(emitted, {.standing = true}), now));
    EXPECT_EQ(body.at(0).at("labels").at("standing"), "true");
    EXPECT_FALSE(body.at(1).at("labels").get_object().contains("standing"));
}

} // namespace
} // namespace simsync::test
