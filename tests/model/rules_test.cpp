// What is told of a SIM on every occasion on which a sweep can see it, and what stands afterwards.
#include "simsync/model/rules.hpp"

#include "model/any_sim.hpp"
#include "model/diff.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;
using test::date;
using test::money;
using test::sim;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

const Timestamp noon = date("2026-03-01T12:00:00Z");

EventContext event_context()
{
    EventContext context;
    context.account = "main";
    context.observed_at = noon;
    context.previous_observed_at = noon - 1min;
    context.sweep_id = 7;
    return context;
}

// Low below 5, recovered at 6.
AlertPolicy policy()
{
    return {money("5"), money("6")};
}

Sim sim_with(std::string_view balance)
{
    auto seen = sim("1001");
    seen.balance = money(balance);
    return seen;
}

Sim sim_until(std::string_view deadline)
{
    auto seen = sim("1001");
    seen.tariff_expires_at = date(deadline);
    return seen;
}

const Conditions nothing{};
const Conditions low{.balance_low = true};
const Conditions expiring{.tariff_expiry = date("2026-03-02")};

RuleResult changed(const Sim& stored, const Sim& seen, const Conditions& standing = nothing)
{
    return judge_changed(stored, standing, seen, policy(), event_context());
}

std::vector<Kind> kinds(const RuleResult& result)
{
    std::vector<Kind> kinds;
    for (const auto& event : result.events)
        kinds.push_back(event.kind);
    return kinds;
}

TEST(Added, IsToldWithEverythingThatIsKnownOfTheSim)
{
    const auto seen = sim_with("10");
    const auto result = judge_added(seen, policy(), event_context());
    ASSERT_THAT(kinds(result), ElementsAre(Kind::sim_added));
    EXPECT_THAT(result.events.front().before, IsEmpty());
    EXPECT_EQ(result.events.front().after, all_fields(seen));
    EXPECT_EQ(result.conditions, nothing);
}

TEST(Added, ComesWithTheConditionsOfTheSim)
{
    const auto poor = judge_added(sim_with("4.99"), policy(), event_context());
    EXPECT_THAT(kinds(poor), ElementsAre(Kind::sim_added, Kind::balance_low));
    EXPECT_EQ(poor.conditions, low);

    const auto broke = judge_added(sim_with("0"), policy(), event_context());
    EXPECT_THAT(kinds(broke), ElementsAre(Kind::sim_added, Kind::balance_low, Kind::balance_depleted));
}

TEST(Added, LeavesDeadlinesToTheClock)
{
    const auto result = judge_added(sim_until("2020-01-01"), policy(), event_context());
    EXPECT_THAT(kinds(result), ElementsAre(Kind::sim_added));
    EXPECT_FALSE(result.conditions.tariff_expiry);
}

// By these events are chosen, and people know the SIM.
auto bears(const Sim& sim)
{
    return testing::AllOf(
        Field(&Event::iccid_plastic, sim.iccid_plastic), Field(&Event::tariff_name, sim.tariff_name),
        Field(&Event::description, sim.description), Field(&Event::profile, sim.profile));
}

Sim truck()
{
    auto seen = sim_with("10");
    seen.iccid_plastic = "8997201183059987676";
    seen.tariff_name = "M10";
    seen.description = "Truck 12";
    seen.profile = "S1";
    return seen;
}

TEST(Events, BearWhatTheSimIsAfterTheChange)
{
    const auto stored = truck();
    auto seen = stored;
    seen.tariff_name = "M20";
    seen.description = "Bus 3";
    seen.balance = money("0");
    const auto result = changed(stored, seen);
    EXPECT_THAT(
        kinds(result), ElementsAre(
                           Kind::balance_changed, Kind::tariff_changed, Kind::attributes_changed,
                           Kind::balance_low, Kind::balance_depleted));
    EXPECT_THAT(result.events, Each(bears(seen)));
    EXPECT_THAT(judge_added(seen, policy(), event_context()).events, Each(bears(seen)));
    EXPECT_THAT(judge_baselined(seen, policy(), event_context()).events, Each(bears(seen)));
    EXPECT_THAT(judge_removed(seen, event_context()).events, Each(bears(seen)));
}

TEST(Events, NameTheNumberThatCameOrWent)
{
    auto stored = truck();
    stored.caller_ids = {"100"};
    auto seen = truck();
    seen.caller_ids = {"101"};
    const auto events = changed(stored, seen).events;
    ASSERT_THAT(events, testing::SizeIs(2));
    EXPECT_EQ(events[0].number, "100");
    EXPECT_EQ(events[1].number, "101");
    EXPECT_EQ(changed(truck(), sim_with("9")).events.front().number, std::nullopt);
}

TEST(Events, NameWhoAskedForTheAction)
{
    auto context = event_context();
    context.cause = Cause::action;
    context.requested_by = "anna";
    EXPECT_THAT(
        judge_changed(truck(), nothing, sim_with("9"), policy(), context).events,
        Each(Field(&Event::requested_by, std::optional<std::string>("anna"))));
    EXPECT_EQ(account_event(Kind::action_confirmed, context, {}).requested_by, "anna");
}

TEST(Baselined, TellsNothingOfASimWithoutAlarms)
{
    auto seen = sim_with("10");
    seen.is_blocked = true;
    EXPECT_THAT(judge_baselined(seen, policy(), event_context()).events, IsEmpty());
}

TEST(Baselined, RaisesConditionsForNobodyHasBeenToldYet)
{
    const auto result = judge_baselined(sim_with("-0.01"), policy(), event_context());
    EXPECT_THAT(kinds(result), ElementsAre(Kind::balance_low, Kind::balance_depleted));
    EXPECT_EQ(result.conditions, low);
    for (const auto& event : result.events)
        EXPECT_TRUE(event.standing) << "it stood before";
}

TEST(Baselined, ASimWithoutABalanceIsNeitherLowNorDepleted)
{
    EXPECT_THAT(judge_baselined(sim("1001"), policy(), event_context()).events, IsEmpty());
}

TEST(Changed, TellsTheChangesFirstAndThenTheConditions)
{
    auto stored = sim_with("10");
    stored.tariff_expires_at = date("2026-03-02");
    auto seen = sim_with("0");
    seen.tariff_expires_at = date("2026-04-02");
    seen.is_blocked = true;
    EXPECT_THAT(
        kinds(changed(stored, seen, expiring)),
        ElementsAre(
            Kind::sim_blocked, Kind::balance_changed, Kind::tariff_expiry_changed, Kind::balance_low,
            Kind::balance_depleted, Kind::tariff_renewed));
}

TEST(Changed, TellsNothingWhereNothingIsTold)
{
    auto seen = sim_with("4");
    seen.latest_activity = noon;
    const auto result = changed(sim_with("4"), seen, {.balance_low = true, .tariff_expiry = noon});
    EXPECT_THAT(result.events, IsEmpty());
    EXPECT_EQ(result.conditions, (Conditions{.balance_low = true, .tariff_expiry = noon}));
}

TEST(BalanceLow, BeginsBelowItsThresholdNotAtIt)
{
    EXPECT_THAT(kinds(changed(sim_with("6"), sim_with("5.00"))), ElementsAre(Kind::balance_changed));
    EXPECT_THAT(
        kinds(changed(sim_with("6"), sim_with("4.999"))),
        ElementsAre(Kind::balance_changed, Kind::balance_low));
}

TEST(BalanceLow, IsToldOnceHoweverTheAmountHovers)
{
    auto standing = nothing;
    int emitted = 0;
    for (const auto* amount : {"4.9", "5.2", "4.8", "5.99", "1"})
    {
        const auto result = changed(sim_with("5.5"), sim_with(amount), standing);
        standing = result.conditions;
        emitted += static_cast<int>(std::ranges::count(kinds(result), Kind::balance_low));
        EXPECT_THAT(kinds(result), testing::Not(testing::Contains(Kind::balance_recovered)));
    }
    EXPECT_EQ(emitted, 1);
    EXPECT_EQ(standing, low);
}

TEST(BalanceLow, EndsAtTheRecoveryThreshold)
{
    const auto result = changed(sim_with("4"), sim_with("6.00"), low);
    EXPECT_THAT(kinds(result), ElementsAre(Kind::balance_changed, Kind::balance_recovered));
    EXPECT_EQ(result.conditions, nothing);
    EXPECT_THAT(kinds(changed(sim_with("4"), sim_with("5.99"), low)), ElementsAre(Kind::balance_changed));
}

TEST(BalanceLow, RecoversAtItsOwnThresholdWhereNoOtherIsSet)
{
    const AlertPolicy one_threshold{money("5"), std::nullopt};
    EXPECT_THAT(
        kinds(judge_changed(sim_with("4"), low, sim_with("5"), one_threshold, event_context())),
        ElementsAre(Kind::balance_changed, Kind::balance_recovered));
}

TEST(BalanceLow, IsNotRecoveredWhereItWasNeverTold)
{
    EXPECT_THAT(kinds(changed(sim_with("4"), sim_with("10"), nothing)), ElementsAre(Kind::balance_changed));
}

TEST(BalanceLow, IsNotToldWithoutAThreshold)
{
    const auto result = judge_changed(sim_with("10"), nothing, sim_with("1"), {}, event_context());
    EXPECT_THAT(kinds(result), ElementsAre(Kind::balance_changed));
    EXPECT_EQ(result.conditions, nothing);
}

TEST(BalanceLow, StandsWhileTheBalanceIsUnknown)
{
    const auto result = changed(sim_with("4"), sim("1001"), low);
    EXPECT_THAT(kinds(result), ElementsAre(Kind::balance_changed));
    EXPECT_TRUE(result.conditions.balance_low);
}

TEST(BalanceLow, IsToldOfARowThatWasLowBeforeTheThresholdWasSet)
{
    auto seen = sim_with("4");
    seen.profile = "S1";
    EXPECT_THAT(
        kinds(changed(sim_with("4"), seen, nothing)),
        ElementsAre(Kind::attributes_changed, Kind::balance_low));
}

TEST(BalanceDepleted, IsToldWhenTheAmountFallsToZeroOrBelow)
{
    EXPECT_THAT(
        kinds(changed(sim_with("4"), sim_with("0"), low)),
        ElementsAre(Kind::balance_changed, Kind::balance_depleted));
    EXPECT_THAT(
        kinds(changed(sim_with("4"), sim_with("-3"), low)),
        ElementsAre(Kind::balance_changed, Kind::balance_depleted));
    EXPECT_THAT(kinds(changed(sim_with("4"), sim_with("0.01"), low)), ElementsAre(Kind::balance_changed));
}

TEST(BalanceDepleted, IsToldOnceUntilTheAmountRises)
{
    EXPECT_THAT(kinds(changed(sim_with("0"), sim_with("-1"), low)), ElementsAre(Kind::balance_changed));
    EXPECT_THAT(kinds(changed(sim_with("-1"), sim_with("1"), low)), ElementsAre(Kind::balance_changed));
    EXPECT_THAT(
        kinds(changed(sim_with("1"), sim_with("-1"), low)),
        ElementsAre(Kind::balance_changed, Kind::balance_depleted));
}

TEST(BalanceDepleted, NeedsNoThreshold)
{
    EXPECT_THAT(
        kinds(judge_changed(sim_with("1"), nothing, sim_with("0"), {}, event_context())),
        ElementsAre(Kind::balance_changed, Kind::balance_depleted));
}

TEST(TariffExpiry, ALaterDeadlineRenewsWhatWasToldToExpire)
{
    const auto result = changed(sim_until("2026-03-02"), sim_until("2026-04-02"), expiring);
    ASSERT_THAT(kinds(result), ElementsAre(Kind::tariff_expiry_changed, Kind::tariff_renewed));
    EXPECT_EQ(result.events.back().after, (Fields{{"tariff_expires_at", date("2026-04-02")}}));
    EXPECT_EQ(result.conditions, nothing);
}

TEST(TariffExpiry, StandsWhileTheDeadlineBlinks)
{
    auto result = changed(sim_until("2026-03-02"), sim("1001"), expiring);
    EXPECT_THAT(kinds(result), ElementsAre(Kind::tariff_expiry_changed));
    EXPECT_EQ(result.conditions, expiring);
    result = changed(sim("1001"), sim_until("2026-03-02"), result.conditions);
    EXPECT_THAT(kinds(result), ElementsAre(Kind::tariff_expiry_changed));
    EXPECT_EQ(result.conditions, expiring);
}

TEST(TariffExpiry, ALaterDeadlineRenewsAfterABlinkToo)
{
    const auto result = changed(sim("1001"), sim_until("2026-04-02"), expiring);
    EXPECT_THAT(kinds(result), ElementsAre(Kind::tariff_expiry_changed, Kind::tariff_renewed));
    EXPECT_EQ(result.conditions, nothing);
    EXPECT_THAT(
        kinds(changed(sim("1001"), sim_until("2026-03-01"), expiring)),
        ElementsAre(Kind::tariff_expiry_changed));
}

// What a SIM shows one after the other, as kinds of events.
std::vector<Kind> emitted_of(const std::vector<Sim>& shown)
{
    std::vector<Kind> emitted;
    Conditions standing;
    for (std::size_t i = 1; i < shown.size(); ++i)
    {
        const auto result = changed(shown[i - 1], shown[i], standing);
        std::ranges::copy(kinds(result), std::back_inserter(emitted));
        standing = result.conditions;
    }
    return emitted;
}

Sim sim_that_is(std::optional<bool> blocked)
{
    auto seen = sim("1001");
    seen.is_blocked = blocked;
    return seen;
}

TEST(Blink, OfABalanceDepletesNothingAnew)
{
    const auto none = sim("1001");
    EXPECT_THAT(
        emitted_of({sim_with("10"), sim_with("-5"), none, none, sim_with("-5"), none, sim_with("-6")}),
        ElementsAre(
            Kind::balance_changed, Kind::balance_low, Kind::balance_depleted, Kind::balance_changed,
            Kind::balance_changed, Kind::balance_changed, Kind::balance_changed));
    EXPECT_THAT(
        emitted_of({sim_with("-5"), none, sim_with("10"), none, sim_with("-5")}),
        ElementsAre(
            Kind::balance_changed, Kind::balance_changed, Kind::balance_changed, Kind::balance_changed,
            Kind::balance_low, Kind::balance_depleted))
        << "it rose meanwhile";
}

TEST(Blink, OfAFlagIsNoFlip)
{
    const auto none = sim_that_is({});
    EXPECT_THAT(
        emitted_of({sim_that_is(false), sim_that_is(true), none, none, sim_that_is(true)}),
        ElementsAre(Kind::sim_blocked, Kind::attributes_changed, Kind::attributes_changed));
    EXPECT_THAT(
        emitted_of({sim_that_is(true), none, sim_that_is(false)}),
        ElementsAre(Kind::attributes_changed, Kind::sim_unblocked));
    EXPECT_THAT(emitted_of({none, sim_that_is(true)}), ElementsAre(Kind::sim_blocked))
        << "it was never known";
    const auto imei_that_is = [](std::optional<bool> correct)
    {
        auto seen = sim("1001");
        seen.imei_is_correct = correct;
        return seen;
    };
    EXPECT_THAT(
        emitted_of({imei_that_is(false), imei_that_is({}), imei_that_is(false)}),
        ElementsAre(Kind::attributes_changed, Kind::attributes_changed));
}

TEST(TariffExpiry, AnEarlierDeadlineIsNoRenewalAndTheClockBeginsAnew)
{
    const auto result = changed(sim_until("2026-03-02"), sim_until("2026-03-01"), expiring);
    EXPECT_THAT(kinds(result), ElementsAre(Kind::tariff_expiry_changed));
    EXPECT_EQ(result.conditions, nothing);
}

TEST(TariffExpiry, IsNotRenewedWhereItWasNeverTold)
{
    EXPECT_THAT(
        kinds(changed(sim_until("2026-03-02"), sim_until("2026-04-02"), nothing)),
        ElementsAre(Kind::tariff_expiry_changed));
}

TEST(TariffExpiry, StandsWhileTheDeadlineStays)
{
    auto seen = sim_until("2026-03-02");
    seen.profile = "S1";
    const auto result = changed(sim_until("2026-03-02"), seen, expiring);
    EXPECT_THAT(kinds(result), ElementsAre(Kind::attributes_changed));
    EXPECT_EQ(result.conditions, expiring);
}

TEST(Restored, IsToldWithWhatChangedMeanwhile)
{
    auto stored = sim_with("10");
    auto seen = sim_with("10");
    seen.is_blocked = true;
    const auto result = judge_restored(stored, noon - 1h, nothing, seen, policy(), event_context());
    ASSERT_THAT(kinds(result), ElementsAre(Kind::sim_restored, Kind::sim_blocked));
    EXPECT_EQ(result.events.front().before, (Fields{{"removed_at", noon - 1h}}));
    EXPECT_EQ(result.events.front().after, (Fields{{"removed_at", {}}}));
}

TEST(Restored, RaisesConditionsAsOnFirstSight)
{
    const auto result =
        judge_restored(sim_with("0"), noon - 1h, nothing, sim_with("0"), policy(), event_context());
    EXPECT_THAT(kinds(result), ElementsAre(Kind::sim_restored, Kind::balance_low, Kind::balance_depleted));
    EXPECT_EQ(result.conditions, low);
}

// Of one that went with a filter nobody was told: whoever was told of its deadline has it still.
TEST(Readmitted, WithALaterDeadlineEndsWhatWasToldOfTheEarlierOne)
{
    const Conditions told{.tariff_expiry = noon};
    auto stored = sim_with("10");
    stored.tariff_expires_at = noon;
    auto seen = stored;
    seen.tariff_expires_at = noon + 24h;
    const auto readmitted = judge_readmitted(stored, told, seen, policy(), event_context());
    ASSERT_THAT(kinds(readmitted), ElementsAre(Kind::tariff_expiry_changed, Kind::tariff_renewed));
    EXPECT_TRUE(readmitted.events[0].standing);
    EXPECT_FALSE(readmitted.events[1].standing) << "it is to reach whoever was told";
    EXPECT_EQ(readmitted.conditions, nothing);

    EXPECT_THAT(
        kinds(judge_restored(stored, std::nullopt, told, seen, policy(), event_context())),
        ElementsAre(Kind::sim_restored, Kind::tariff_expiry_changed, Kind::tariff_renewed));
    EXPECT_THAT(
        kinds(judge_restored(stored, noon - 1h, told, seen, policy(), event_context())),
        ElementsAre(Kind::sim_restored, Kind::tariff_expiry_changed))
        << "sim.removed has ended it";
    EXPECT_THAT(kinds(judge_readmitted(stored, told, stored, policy(), event_context())), ElementsAre());
}

TEST(Removed, IsToldWithItsTimeAndEndsEveryCondition)
{
    const auto result = judge_removed(sim_with("0"), event_context());
    ASSERT_THAT(kinds(result), ElementsAre(Kind::sim_removed));
    EXPECT_EQ(result.events.front().before, (Fields{{"removed_at", {}}}));
    EXPECT_EQ(result.events.front().after, (Fields{{"removed_at", noon}}));
    EXPECT_EQ(result.conditions, nothing);
}

TEST(Events, SayOnWhichOccasionTheSimWasSeen)
{
    auto when = event_context();
    when.cause = Cause::action;
    when.action_id = 12;
    auto seen = sim_with("0");
    seen.iccid_plastic = "8970";
    const auto result = judge_changed(sim_with("10"), nothing, seen, policy(), when);
    EXPECT_THAT(result.events, Each(Field(&Event::sim, "1001")));
    EXPECT_THAT(result.events, Each(Field(&Event::iccid_plastic, "8970")));
    EXPECT_THAT(result.events, Each(Field(&Event::observed_at, noon)));
    EXPECT_THAT(result.events, Each(Field(&Event::previous_observed_at, noon - 1min)));
    EXPECT_THAT(result.events, Each(Field(&Event::cause, Cause::action)));
    EXPECT_THAT(result.events, Each(Field(&Event::sweep_id, 7)));
    EXPECT_THAT(result.events, Each(Field(&Event::action_id, 12)));
}

TEST(Events, OfOneConditionShareTheirKey)
{
    const auto raised = changed(sim_with("10"), sim_with("4"));
    const auto resolved = changed(sim_with("4"), sim_with("10"), low);
    EXPECT_EQ(raised.events.back().dedup_key, "main:1001:balance.low");
    EXPECT_EQ(resolved.events.back().dedup_key, "main:1001:balance.low");
    EXPECT_EQ(resolved.events.front().dedup_key, std::nullopt);
}

TEST(Events, OfAConditionHoldOnlyTheValueThatRaisedIt)
{
    const auto result = changed(sim_with("10"), sim_with("4"));
    EXPECT_THAT(result.events.back().before, IsEmpty());
    EXPECT_EQ(result.events.back().after, (Fields{{"balance", money("4")}}));
}

TEST(Events, OfTheAccountNameNoSim)
{
    const Fields why{{"error", std::string("throttled")}};
    const auto event = account_event(Kind::account_degraded, event_context(), why);
    EXPECT_EQ(event.kind, Kind::account_degraded);
    EXPECT_EQ(event.sim, std::nullopt);
    EXPECT_EQ(event.after, why);
    EXPECT_THAT(event.before, IsEmpty());
    EXPECT_EQ(event.dedup_key, "main:account.degraded");
    EXPECT_EQ(event.observed_at, noon);
    EXPECT_EQ(event.sweep_id, 7);
}

// The life of one SIM, from first sight on: seen, removed and back in any order.
class Life
{
public:
    explicit Life(const Sim& first) : stored_(first) { keep(judge_added(first, policy(), event_context())); }

    void see(const Sim& seen)
    {
        keep(
            removed_ ? judge_restored(stored_, noon, conditions_, seen, policy(), event_context())
                     : judge_changed(stored_, conditions_, seen, policy(), event_context()));
        stored_ = seen;
        removed_ = false;
    }

    void remove()
    {
        if (!removed_)
            keep(judge_removed(stored_, event_context()));
        removed_ = true;
    }

    const std::vector<Event>& emitted() const { return emitted_; }
    const Conditions& conditions() const { return conditions_; }
    const Sim& stored() const { return stored_; }

private:
    void keep(RuleResult result)
    {
        emitted_.insert(emitted_.end(), result.events.begin(), result.events.end());
        conditions_ = result.conditions;
    }

    Sim stored_;
    bool removed_ = false;
    Conditions conditions_;
    std::vector<Event> emitted_;
};

Life any_life()
{
    Life life(test::any_sim("1001"));
    const auto moments = *rc::gen::inRange(1, 12);
    for (int i = 0; i < moments; ++i)
        if (*rc::gen::inRange(0, 4) == 0)
            life.remove();
        else
            life.see(test::any_sim("1001"));
    return life;
}

RC_GTEST_PROP(Events, EveryBeforeIsTheLastAfterOfItsColumn, ())
{
    const auto life = any_life();
    std::map<std::string, Value> known{{"removed_at", Value{}}};
    for (const auto& event : life.emitted())
    {
        for (const auto& [column, value] : event.before)
            RC_ASSERT(known.at(column) == value);
        for (const auto& [column, value] : event.after)
            known[column] = value;
    }
}

RC_GTEST_PROP(Events, OfLowBalanceAlternateUntilTheSimIsRemoved, ())
{
    const auto life = any_life();
    bool raised = false;
    for (const auto& event : life.emitted())
    {
        if (event.kind == Kind::balance_low || event.kind == Kind::balance_recovered)
            RC_ASSERT(raised == (event.kind == Kind::balance_recovered));
        if (event.kind == Kind::balance_low)
            raised = true;
        if (event.kind == Kind::balance_recovered || event.kind == Kind::sim_removed)
            raised = false;
    }
    RC_ASSERT(life.conditions().balance_low == raised);
}

RC_GTEST_PROP(Events, ALowBalanceIsAlwaysRaisedAndAGoodOneNever, ())
{
    Life life(test::any_sim("1001"));
    for (int i = 0; i < 5; ++i)
        life.see(test::any_sim("1001"));
    const auto& balance = life.stored().balance;
    if (balance && *balance < money("5"))
        RC_ASSERT(life.conditions().balance_low);
    if (balance && *balance >= money("6"))
        RC_ASSERT(!life.conditions().balance_low);
}

} // namespace
} // namespace simsync
