// What events and standing conditions are to an Alertmanager.
#include "sink/alert.hpp"

#include "model/match_parser.hpp"
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

json::value json_of(const std::vector<Alert>& alerts)
{
    return json::parse(alerts_json(alerts, now, ""));
}

AlertContext after(const std::vector<RaisedBefore>& raised)
{
    return {{}, raised};
}

// "balance.low fires", "tariff.expired (before) resolved"
std::vector<std::string> texts(const std::vector<Alert>& alerts)
{
    std::vector<std::string> all;
    for (const auto& alert : alerts)
        all.push_back(
            alert.kind + (alert.standing ? " (before)" : "") + (alert.ended ? " resolved" : " fires"));
    return all;
}

std::vector<std::string> emitted(Kind kind, const std::vector<RaisedBefore>& raised = {})
{
    return texts(alerts_of(event(kind), after(raised), {}));
}

TEST(Alert, FiresWithWhatRaisesAConditionAndIsOverWithWhatResolvesIt)
{
    EXPECT_THAT(emitted(Kind::balance_low), ElementsAre("balance.low fires"));
    EXPECT_THAT(emitted(Kind::balance_recovered, {{"balance.low"}}), ElementsAre("balance.low resolved"));
    EXPECT_THAT(emitted(Kind::sim_blocked), ElementsAre("sim.blocked fires"));
    EXPECT_THAT(emitted(Kind::sim_unblocked, {{"sim.blocked"}}), ElementsAre("sim.blocked resolved"));
    EXPECT_THAT(emitted(Kind::account_degraded), ElementsAre("account.degraded fires"));
    EXPECT_THAT(emitted(Kind::account_recovered), ElementsAre("account.degraded resolved"));
}

// The severity is a label, and labels are the alert: the warning must not stand beside the critical one.
TEST(Alert, OfATariffThatEndedTakesThePlaceOfTheWarning)
{
    EXPECT_THAT(
        emitted(Kind::tariff_expired, {{"tariff.expiring"}}),
        UnorderedElementsAre("tariff.expiring resolved", "tariff.expired fires"));
    EXPECT_THAT(emitted(Kind::tariff_renewed, {{"tariff.expired"}}), ElementsAre("tariff.expired resolved"));
}

TEST(Alert, ThatNeverFiredIsNotResolved)
{
    EXPECT_THAT(emitted(Kind::tariff_expiring), ElementsAre("tariff.expiring fires"));
    EXPECT_THAT(emitted(Kind::tariff_expired), ElementsAre("tariff.expired fires"));
    EXPECT_THAT(emitted(Kind::tariff_expiring, {{"tariff.expiring"}}), ElementsAre("tariff.expiring fires"));
    EXPECT_THAT(emitted(Kind::sim_unblocked, {{"sim.blocked", true}}), IsEmpty()) << "it stood before";
    EXPECT_THAT(emitted(Kind::sim_removed), IsEmpty());
    EXPECT_THAT(
        texts(alerts_of(event(Kind::tariff_expired), after({{"tariff.expiring"}}), {{"tariff.expired"}})),
        ElementsAre("tariff.expired fires"))
        << "the sink does not want the other kind";
}

TEST(Alert, OfASimThatIsGoneIsOver)
{
    EXPECT_THAT(
        emitted(Kind::sim_removed, {{"sim.blocked"}, {"tariff.expired"}}),
        UnorderedElementsAre("sim.blocked resolved", "tariff.expired resolved"));
}

TEST(Alert, IsNoneForWhatIsNoCondition)
{
    EXPECT_THAT(emitted(Kind::balance_changed), IsEmpty());
    EXPECT_THAT(emitted(Kind::balance_depleted), IsEmpty());
    EXPECT_THAT(emitted(Kind::account_auth_failed), IsEmpty());
}

const SimFacts facts{"GPS tracker", "1.50", "Package 500", "2026-12-01T00:00:00Z"};

TEST(Alert, IsTheSameAlertWhetherAnEventOrTheMirrorTellsOfIt)
{
    const auto raised = event(Kind::balance_low);
    StandingCondition standing{"main",     "main:1001:balance.low", "balance.low",     "warning",
                               raised.sim, raised.iccid_plastic,    raised.observed_at};
    standing.facts = facts;
    EXPECT_EQ(json_of(alerts_of(raised, {facts, {}}, {})), json_of(alerts_of(std::vector{standing}, {})));
}

// --- what a person reads

json::object annotations(Kind kind, const SimFacts& of_the_sim = facts)
{
    return json_of(alerts_of(event(kind), {of_the_sim, {}}, {})).at(0).at("annotations").as_object();
}

TEST(Alert, SaysWhatAPersonWantsToKnow)
{
    EXPECT_EQ(
        annotations(Kind::balance_low),
        (json::object{
            {"summary", "SIM 1001 (GPS tracker) of account main: balance 1.50 is low"},
            {"iccid_plastic", "8997201183059987676"},
            {"description", "GPS tracker"},
            {"balance", "1.50"},
            {"tariff", "Package 500"},
            {"tariff_expires_at", "2026-12-01T00:00:00Z"}}));
    const auto summary = [](Kind kind) { return annotations(kind).at("summary"); };
    EXPECT_EQ(summary(Kind::sim_blocked), "SIM 1001 (GPS tracker) of account main: is blocked");
    EXPECT_EQ(
        summary(Kind::tariff_expiring),
        "SIM 1001 (GPS tracker) of account main: tariff Package 500 ends 2026-12-01T00:00:00Z");
    EXPECT_EQ(
        summary(Kind::tariff_expired),
        "SIM 1001 (GPS tracker) of account main: tariff Package 500 has ended 2026-12-01T00:00:00Z");
    EXPECT_EQ(annotations(Kind::balance_low, {}).at("summary"), "SIM 1001 of account main: balance is low");
}

TEST(Alert, OfEveryConditionHasWordsOfItsOwn)
{
    for (const auto kind : all_kinds())
        if (raises_condition(kind))
            EXPECT_THAT(
                std::string(annotations(kind).at("summary").as_string()),
                testing::Not(testing::HasSubstr(std::string(to_text(kind)))));
}

TEST(Alert, OfAnAccountSaysWhy)
{
    auto degraded = event(Kind::account_degraded, 1, std::nullopt);
    degraded.after = R"({"error": "the API answers 500"})";
    const auto said = json_of(alerts_of(degraded, {}, {})).at(0).at("annotations");
    EXPECT_EQ(said.at("error"), "the API answers 500");
    degraded.after = "no JSON";
    EXPECT_FALSE(json_of(alerts_of(degraded, {}, {})).at(0).at("annotations").as_object().contains("error"));
}

TEST(Alert, LinksToThePageOfItsSim)
{
    const auto link = [](const EventRecord& raised, const std::string& console_url)
    { return json::parse(alerts_json(alerts_of(raised, {}, {}), now, console_url)).at(0); };
    EXPECT_EQ(
        link(event(Kind::balance_low), "https://simsync.example/").at("generatorURL"),
        "https://simsync.example/#/sim/main/1001");
    EXPECT_EQ(
        link(event(Kind::balance_low, 1, "a/b c\u00e9"), "http://h/").at("generatorURL"),
        "http://h/#/sim/main/a%2Fb%20c%C3%A9");
    EXPECT_EQ(
        link(event(Kind::account_degraded, 1, std::nullopt), "http://h/").at("generatorURL"),
        "http://h/#/sweeps?account=main");
    EXPECT_FALSE(link(event(Kind::balance_low), "").as_object().contains("generatorURL"));
}

TEST(Alert, IsResolvedByTheLabelsThatItFiredWith)
{
    const auto labels = [](Kind kind)
    { return json_of(alerts_of(event(kind), after({{"balance.low"}}), {})).at(0).at("labels"); };
    EXPECT_EQ(labels(Kind::balance_low), labels(Kind::balance_recovered));
    EXPECT_EQ(labels(Kind::balance_low).at("severity"), "warning");
    EXPECT_EQ(labels(Kind::balance_low).at("dedup_key"), "main:1001:balance.low");
}

TEST(Alert, HoldsForLongerThanUntilItIsRepeated)
{
    const auto fired = json_of(alerts_of(event(Kind::balance_low), {}, {})).at(0);
    EXPECT_EQ(fired.at("startsAt"), "2026-11-26T08:00:00Z");
    EXPECT_EQ(fired.at("endsAt"), "2026-11-26T09:05:00Z");
    EXPECT_GT(alerts_hold_for, 2 * alerts_repeated_after);
}

// A first delivery may come days late: what counts is that it fires now.
TEST(Alert, EndsBehindTheMomentInWhichItIsSent)
{
    const auto alerts = alerts_of(event(Kind::balance_low), {}, {});
    const auto late = json::parse(alerts_json(alerts, now + std::chrono::hours{48}, "")).at(0);
    EXPECT_EQ(late.at("endsAt"), "2026-11-28T09:05:00Z");
    EXPECT_EQ(late.at("startsAt"), "2026-11-26T08:00:00Z");
}

TEST(Alert, NeitherBeginsNorEndsInTheFuture)
{
    const auto earlier = now - std::chrono::hours{48};
    const auto sent = [&](Kind kind) {
        return json::parse(alerts_json(alerts_of(event(kind), after({{"balance.low"}}), {}), earlier, ""))
            .at(0);
    };
    const auto fires = sent(Kind::balance_low);
    EXPECT_EQ(fires.at("startsAt").as_string(), to_text(earlier));
    const auto over = sent(Kind::balance_recovered);
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
    EXPECT_THAT(
        kinds_of(alerts_of(emitted, {}, matching("description ~ truck"))), ElementsAre("balance.low"));
    EXPECT_THAT(alerts_of(emitted, {}, matching("description ~ bus")), IsEmpty());
    const auto was_low_and_blocked = after({{"balance.low"}, {"sim.blocked"}});
    EXPECT_THAT(
        alerts_of(event(Kind::sim_removed), was_low_and_blocked, matching("description ~ bus")), IsEmpty());
    EXPECT_THAT(
        kinds_of(alerts_of(event(Kind::sim_removed), was_low_and_blocked, matching("kind = balance.low"))),
        ElementsAre("balance.low"));
}

TEST(Alert, EndsByTheKindAndTheSeverityThatItWasRaisedWith)
{
    const auto was_low = after({{"balance.low"}});
    for (const auto* const text : {"severity >= warning", "kind = balance.low"})
        EXPECT_THAT(
            kinds_of(alerts_of(event(Kind::balance_recovered), was_low, matching(text))),
            ElementsAre("balance.low"))
            << text;
    EXPECT_THAT(
        alerts_of(event(Kind::balance_recovered), was_low, matching("severity = critical")), IsEmpty());
}

TEST(Alert, OfWhatStandsIsChosenByTheSimOfNow)
{
    StandingCondition stands{"main", "main:1:sim.blocked", "sim.blocked", "warning", "1", {}, {}, false};
    stands.facts.tariff_name = "M10";
    stands.facts.description = "Truck 12";
    stands.facts.profile = "S1";
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

std::vector<std::string>
labelled(Kind kind, bool standing, const Wanted& wanted, const std::vector<RaisedBefore>& raised = {})
{
    auto emitted = event(kind);
    emitted.standing = standing;
    return texts(alerts_of(emitted, after(raised), wanted));
}

TEST(Alert, OfWhatStoodBeforeIsNoneUnlessItIsWanted)
{
    EXPECT_THAT(labelled(Kind::balance_low, true, {}), IsEmpty());
    EXPECT_THAT(
        labelled(Kind::balance_low, true, {.standing = true}), ElementsAre("balance.low (before) fires"));
    const StandingCondition before{"main", "main:1:sim.blocked", "sim.blocked", "warning", "1", {}, {}, true};
    EXPECT_THAT(alerts_of(std::vector{before}, {}), IsEmpty());
    EXPECT_EQ(alerts_of(std::vector{before}, {.standing = true}).size(), 1);
}

TEST(Alert, ThatIsResolvedIsSoWithTheLabelsThatItFiredWith)
{
    EXPECT_THAT(
        labelled(Kind::balance_recovered, false, {.standing = true}, {{"balance.low", true}}),
        ElementsAre("balance.low (before) resolved"));
    EXPECT_THAT(
        labelled(Kind::balance_recovered, false, {.standing = true}, {{"balance.low"}}),
        ElementsAre("balance.low resolved"));
    EXPECT_THAT(
        labelled(Kind::tariff_expiring, false, {.standing = true}, {{"tariff.expiring", true}}),
        ElementsAre("tariff.expiring fires", "tariff.expiring (before) resolved"))
        << "the next warning is news";
}

TEST(Alert, OfWhatStoodBeforeSaysSoByALabel)
{
    auto emitted = event(Kind::balance_low);
    emitted.standing = true;
    EXPECT_EQ(json_of(alerts_of(emitted, {}, {.standing = true})).at(0).at("labels").at("standing"), "true");
    emitted.standing = false;
    EXPECT_FALSE(json_of(alerts_of(emitted, {}, {})).at(0).at("labels").as_object().contains("standing"));
}

} // namespace
} // namespace simsync::test
