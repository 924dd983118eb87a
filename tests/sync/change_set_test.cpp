#include "sync/change_set.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Timestamp noon{1'700'000'000s};

Sim sim(const std::string& id, const std::string& balance)
{
    Sim sim;
    sim.id = id;
    sim.balance = Money::parse(balance);
    return sim;
}

ObservedSim seen(const Sim& sim)
{
    return {sim, {1, 2}};
}

StoredSim stored(const Sim& sim, Timestamp changed_at)
{
    return {sim, {}, changed_at, std::nullopt, 1};
}

EventContext event_context()
{
    EventContext context;
    context.account = "main";
    context.observed_at = noon;
    context.sweep_id = 7;
    return context;
}

std::vector<Kind> kinds(const std::vector<Event>& events)
{
    std::vector<Kind> kinds;
    for (const auto& event : events)
        kinds.push_back(event.kind);
    return kinds;
}

TEST(ChangeSet, ANewSimIsToldOnlyAfterTheBaseline)
{
    const std::vector<ObservedSim> page{seen(sim("1", "10"))};
    const auto during = decide_changes(page, {}, {{}, false, std::nullopt}, event_context());
    EXPECT_THAT(during.inserts, SizeIs(1));
    EXPECT_THAT(during.events, IsEmpty());

    const auto after = decide_changes(page, {}, {{}, true, noon - 1min}, event_context());
    EXPECT_THAT(kinds(after.events), ElementsAre(Kind::sim_added));
    EXPECT_EQ(after.events.front().previous_observed_at, noon - 1min);
    EXPECT_EQ(after.added, 1);
}

TEST(ChangeSet, ConditionsAreToldEvenDuringTheBaseline)
{
    const auto changes = decide_changes(
        std::vector{seen(sim("1", "0"))}, {}, {{Money::parse("5"), {}}, false, std::nullopt},
        event_context());
    EXPECT_THAT(kinds(changes.events), ElementsAre(Kind::balance_low, Kind::balance_depleted));
    EXPECT_TRUE(changes.inserts.front().conditions.balance_low);
}

// Nobody is paged for what happened last year.
TEST(ChangeSet, WhatABaselineBringsStoodBefore)
{
    const RuleContext baseline{{Money::parse("5"), {}}, false, std::nullopt};
    auto row = stored(sim("2", "10"), noon - 1h);
    row.removed_at = noon - 5min;
    row.left_scope = true;
    const std::vector<ObservedSim> page{seen(sim("1", "0")), seen(sim("2", "1")), seen(sim("3", "1"))};
    const auto known = stored(sim("3", "10"), noon - 1h);
    const auto changes = decide_changes(page, {row, known}, baseline, event_context());
    EXPECT_TRUE(changes.inserts.front().standing);
    ASSERT_THAT(changes.updates, SizeIs(2));
    EXPECT_TRUE(changes.updates[0].standing) << "it comes back with another filter";
    EXPECT_FALSE(changes.updates[1].standing) << "it was in the mirror all the time";
    for (const auto& event : changes.events)
        EXPECT_EQ(event.standing, event.sim != "3") << *event.sim;
    EXPECT_FALSE(
        decide_changes(page, {row, known}, {{Money::parse("5"), {}}, true, noon - 1min}, event_context())
            .inserts.front()
            .standing);
}

// Not since the row was written, however late: the page that it was written from had been read before.
TEST(ChangeSet, AChangeHappenedSinceTheLastCompleteSweepBegan)
{
    const std::vector<ObservedSim> page{seen(sim("1", "9")), seen(sim("2", "9"))};
    const std::vector<StoredSim> rows{
        stored(sim("2", "10"), noon - 10s), stored(sim("1", "10"), noon - 10min)};
    const auto changes = decide_changes(page, rows, {{}, true, noon - 1min}, event_context());
    ASSERT_THAT(changes.events, SizeIs(2));
    EXPECT_EQ(changes.events[0].sim, "1");
    EXPECT_EQ(changes.events[0].previous_observed_at, noon - 1min);
    EXPECT_EQ(changes.events[1].previous_observed_at, noon - 1min);
    EXPECT_EQ(changes.events[1].sweep_id, 7);
    EXPECT_EQ(changes.changed, 2);
    EXPECT_THAT(changes.updates, SizeIs(2));
}

TEST(ChangeSet, ARemovedSimThatIsSeenIsRestored)
{
    auto row = stored(sim("1", "10"), noon - 1h);
    row.removed_at = noon - 5min;
    const auto changes =
        decide_changes(std::vector{seen(sim("1", "9"))}, {row}, {{}, true, noon - 1min}, event_context());
    EXPECT_THAT(kinds(changes.events), ElementsAre(Kind::sim_restored, Kind::balance_changed));
    EXPECT_EQ(changes.added, 1);
    EXPECT_THAT(changes.updates, SizeIs(1));
    EXPECT_THAT(changes.inserts, IsEmpty());
}

TEST(ChangeSet, ARestoredSimIsNotToldAgainOfTheDeadlineItHad)
{
    auto known = sim("1", "10");
    known.tariff_expires_at = noon - 1h;
    auto row = stored(known, noon - 2h);
    row.removed_at = noon - 5min;
    row.conditions.tariff_expiry = noon - 1h;
    const RuleContext usual{{}, true, noon - 1min};
    EXPECT_TRUE(decide_changes(std::vector{seen(known)}, {row}, usual, event_context())
                    .updates.front()
                    .conditions.tariff_expiry);
    known.tariff_expires_at = noon + 1h;
    EXPECT_FALSE(decide_changes(std::vector{seen(known)}, {row}, usual, event_context())
                     .updates.front()
                     .conditions.tariff_expiry);
}

TEST(ChangeSet, ARowThatIsTheSameAfterAllIsWrittenWithoutAnEvent)
{
    const auto changes = decide_changes(
        std::vector{seen(sim("1", "10"))}, {stored(sim("1", "10.00"), noon - 1h)}, {{}, true, {}},
        event_context());
    EXPECT_THAT(changes.events, IsEmpty());
    EXPECT_THAT(changes.updates, SizeIs(1));
}

TEST(ChangeSet, AColumnThatWasNotAskedForStaysAsItIs)
{
    auto known = sim("1", "10");
    known.description = "on the spare shelf";
    const RuleContext partial{{}, true, {}, true};
    const auto in_part = [](const Sim& sim)
    {
        auto observed = seen(sim);
        observed.left_out = std::make_shared<const std::vector<std::string>>(1, "description");
        return std::vector{observed};
    };
    const auto same =
        decide_changes(in_part(sim("1", "10")), {stored(known, noon - 1h)}, partial, event_context());
    EXPECT_THAT(same.updates, IsEmpty());
    EXPECT_EQ(same.changed, 0);

    const auto poorer =
        decide_changes(in_part(sim("1", "9")), {stored(known, noon - 1h)}, partial, event_context());
    EXPECT_THAT(kinds(poorer.events), ElementsAre(Kind::balance_changed));
    EXPECT_EQ(poorer.updates.front().observed.sim.description, "on the spare shelf");
}

TEST(ChangeSet, APageThatAskedForEverythingSpeaksForItselfBesideOneThatDidNot)
{
    auto known = sim("1", "10");
    known.description = "on the spare shelf";
    const auto changes = decide_changes(
        std::vector{seen(sim("1", "10"))}, {stored(known, noon - 1h)}, {{}, true, {}, true}, event_context());
    EXPECT_THAT(kinds(changes.events), ElementsAre(Kind::attributes_changed));
}

TEST(ChangeSet, WhoLeftWithAFilterComesBackWithWhatChangedMeanwhile)
{
    auto row = stored(sim("1", "10"), noon - 1h);
    row.removed_at = noon - 5min;
    row.left_scope = true;
    const auto page = std::vector{seen(sim("1", "9"))};
    const auto with_a_filter = decide_changes(page, {row}, {{}, false, noon - 1min}, event_context());
    EXPECT_THAT(kinds(with_a_filter.events), ElementsAre(Kind::balance_changed))
        << "nobody was told that it went";
    EXPECT_TRUE(with_a_filter.updates.front().readmitted);

    const auto by_itself = decide_changes(page, {row}, {{}, true, noon - 1min}, event_context());
    ASSERT_THAT(kinds(by_itself.events), ElementsAre(Kind::sim_restored, Kind::balance_changed));
    EXPECT_THAT(by_itself.events.front().before, IsEmpty());
}

TEST(ChangeSet, WhoWasToldToBeGoneIsToldToBeBackWithAnotherFilterToo)
{
    auto row = stored(sim("1", "10"), noon - 1h);
    row.removed_at = noon - 5min;
    const auto changes =
        decide_changes(std::vector{seen(sim("1", "10"))}, {row}, {{}, false, noon - 1min}, event_context());
    ASSERT_THAT(kinds(changes.events), ElementsAre(Kind::sim_restored));
    EXPECT_EQ(changes.events.front().before, (Fields{{"removed_at", noon - 5min}}));
    EXPECT_FALSE(changes.updates.front().readmitted);
}

TEST(ChangeSet, SaysWhereTheClockHasToLook)
{
    auto known = sim("1", "10");
    known.tariff_expires_at = noon + 24h;
    auto poorer = known;
    poorer.balance = Money::parse("9");
    auto later = known;
    later.tariff_expires_at = noon + 48h;
    auto removed = stored(known, noon - 1h);
    removed.removed_at = noon - 1h;
    const auto looks = [](const Sim& now, const std::vector<StoredSim>& was) {
        return decide_changes(std::vector{seen(now)}, was, {{}, true, {}}, event_context()).deadlines;
    };

    EXPECT_TRUE(looks(known, {}));
    EXPECT_FALSE(looks(sim("1", "10"), {}));
    EXPECT_FALSE(looks(poorer, {stored(known, noon - 1h)}));
    EXPECT_TRUE(looks(later, {stored(known, noon - 1h)}));
    EXPECT_TRUE(looks(known, {removed}));
    EXPECT_FALSE(looks(sim("1", "10"), {stored(known, noon - 1h)}));
}

TEST(ChangeSet, GoneSimsAreToldOneByOne)
{
    const auto events =
        removal_events({stored(sim("1", "10"), noon - 1h)}, {{}, true, noon - 1min}, event_context());
    ASSERT_THAT(kinds(events), ElementsAre(Kind::sim_removed));
    EXPECT_EQ(events.front().after, (Fields{{"removed_at", noon}}));
}

} // namespace
} // namespace simsync
