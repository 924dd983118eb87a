// When a SIM that a sweep did not see counts as gone, and when a person is asked first.
#include "model/removal.hpp"

#include "model/sims.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

namespace simsync
{
namespace
{

using test::page;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

using Ids = std::vector<std::string>;

constexpr std::uint32_t sweep = 7;
constexpr std::uint64_t whole_page = 500;
constexpr Guard open_guard{.fraction = 1.0, .minimum = 1000};

// A fleet in the list's order; the SIMs that the sweep did not see begin with a minus: {"1", "-2", "3"}.
Fleet swept(const Ids& ids)
{
    Fleet fleet;
    for (const auto& id : ids)
    {
        const bool missing = id.starts_with('-');
        const auto place = fleet.remember(id.substr(missing ? 1 : 0), {1, 0});
        fleet.mark_seen(place, missing ? sweep - 1 : sweep);
    }
    return fleet;
}

Removal removal_of(const Fleet& fleet, Guard guard = open_guard)
{
    return {fleet, sweep, guard, whole_page};
}

Inquiry list(Ids candidates, Ids canaries)
{
    return {Inquiry::Way::list, std::move(candidates), std::move(canaries)};
}

Inquiry one(std::string id)
{
    return {Inquiry::Way::one, {std::move(id)}, {}};
}

Inquiry one_canary(std::string id)
{
    return {Inquiry::Way::one, {}, {std::move(id)}};
}

// Answers what is asked with these SIMs, whatever it was.
Inquiry answer(Removal& removal, const Page& page)
{
    const auto inquiry = removal.next().value();
    removal.answered(inquiry, page);
    return inquiry;
}

Inquiry answer(Removal& removal, const Ids& ids)
{
    return answer(removal, page(ids));
}

Inquiry fail(Removal& removal)
{
    const auto inquiry = removal.next().value();
    removal.failed(inquiry);
    return inquiry;
}

Ids found(const Removal& removal)
{
    Ids ids;
    for (const auto& observed : removal.found())
        ids.push_back(observed.sim.id);
    return ids;
}

TEST(Removal, AsksNothingWhereTheSweepSawEverySim)
{
    auto removal = removal_of(swept({"1", "2", "3"}));
    EXPECT_TRUE(removal.empty());
    EXPECT_FALSE(removal.next());
    EXPECT_FALSE(removal.held());
}

TEST(Removal, AsksForWhatIsMissingBetweenSimsThatWereSeen)
{
    auto removal = removal_of(swept({"1", "2", "-3", "-4", "5", "6"}));
    EXPECT_FALSE(removal.empty());
    EXPECT_EQ(removal.next(), list({"3", "4"}, {"5", "2"}));
    EXPECT_THAT(removal.next()->ids(), UnorderedElementsAre("2", "3", "4", "5"));
}

TEST(Removal, MakesDoWithACanaryOnOneSide)
{
    EXPECT_EQ(removal_of(swept({"-1", "2", "3"})).next(), list({"1"}, {"2"}));
    EXPECT_EQ(removal_of(swept({"1", "2", "-3"})).next(), list({"3"}, {"2"}));
}

TEST(Removal, TakesTwoRoundsOfAbsence)
{
    auto removal = removal_of(swept({"1", "-2", "3"}));
    answer(removal, {"1", "3"});
    EXPECT_THAT(removal.gone(), IsEmpty());
    answer(removal, {"1", "3"});
    EXPECT_THAT(removal.gone(), ElementsAre("2"));
    EXPECT_FALSE(removal.next());
}

TEST(Removal, ASimThatTheApiStillHasIsFound)
{
    auto removal = removal_of(swept({"1", "-2", "-3", "4"}));
    Page still_there = page({"1", "2", "4"});
    still_there.items[1] = test::observed_sim("2", 9);
    answer(removal, still_there);
    ASSERT_THAT(found(removal), ElementsAre("2"));
    EXPECT_EQ(removal.found().front().fingerprint, (Fingerprint{9, 0}));
    EXPECT_EQ(answer(removal, {"1", "4"}), list({"3"}, {"4", "1"}));
    EXPECT_THAT(removal.gone(), ElementsAre("3"));
}

TEST(Removal, ASimThatIsBackInTheSecondRoundIsFound)
{
    auto removal = removal_of(swept({"1", "-2", "3"}));
    answer(removal, {"1", "3"});
    answer(removal, {"1", "2", "3"});
    EXPECT_THAT(found(removal), ElementsAre("2"));
    EXPECT_THAT(removal.gone(), IsEmpty());
    EXPECT_FALSE(removal.next());
}

TEST(Removal, AnAnswerThatLacksACanaryProvesNothing)
{
    auto removal = removal_of(swept({"1", "-2", "3"}));
    answer(removal, {"1"});
    answer(removal, {"3"});
    EXPECT_THAT(removal.gone(), IsEmpty());
    answer(removal, {"1", "3"});
    EXPECT_THAT(removal.gone(), IsEmpty());
    answer(removal, {"1", "3"});
    EXPECT_THAT(removal.gone(), ElementsAre("2"));
}

TEST(Removal, AnotherCanaryIsTriedForOneMayHaveGoneItself)
{
    auto removal = removal_of(swept({"1", "2", "-3", "4", "5"}));
    EXPECT_EQ(answer(removal, {"4"}), list({"3"}, {"4", "2"}));
    EXPECT_EQ(removal.next(), list({"3"}, {"5", "1"}));
}

TEST(Removal, AnAnswerThatLacksACanaryStillFinds)
{
    auto removal = removal_of(swept({"1", "-2", "3"}));
    answer(removal, {"2"});
    EXPECT_THAT(found(removal), ElementsAre("2"));
    EXPECT_FALSE(removal.next());
}

TEST(Removal, AnItemThatWasSetAsideMayBeTheOneInQuestion)
{
    auto removal = removal_of(swept({"1", "-2", "3"}));
    Page with_an_odd_one = page({"1", "3"});
    with_an_odd_one.rows = 3;
    answer(removal, with_an_odd_one);
    answer(removal, with_an_odd_one);
    EXPECT_THAT(removal.gone(), IsEmpty());
    answer(removal, {"1", "3"});
    answer(removal, {"1", "3"});
    EXPECT_THAT(removal.gone(), ElementsAre("2"));
}

// `count` SIMs that were not seen, between two that were.
Ids missing(std::size_t count)
{
    Ids ids{"first"};
    for (std::size_t i = 0; i < count; ++i)
        ids.push_back("-m" + std::to_string(i));
    ids.push_back("last");
    return ids;
}

TEST(Removal, AsksForNoMoreThanServersBear)
{
    auto removal = removal_of(swept(missing(200)));
    EXPECT_THAT(removal.next()->candidates, SizeIs(Removal::most_candidates));
}

TEST(Removal, EveryBatchOfALongGapHasCanariesOnBothSides)
{
    auto removal = removal_of(swept(missing(200)));
    for (int batch = 0; batch < 3; ++batch)
        EXPECT_THAT(answer(removal, {"first", "last"}).canaries, ElementsAre("last", "first"));
}

TEST(Removal, TheSecondRoundComesAfterTheFirstOfEveryBatch)
{
    auto removal = removal_of(swept(missing(100)));
    const auto first = answer(removal, {"first", "last"});
    const auto second = answer(removal, {"first", "last"});
    EXPECT_NE(first, second);
    EXPECT_THAT(removal.gone(), IsEmpty());
    EXPECT_EQ(answer(removal, {"first", "last"}), first);
    EXPECT_EQ(answer(removal, {"first", "last"}), second);
    EXPECT_THAT(removal.gone(), SizeIs(100));
}

TEST(Removal, NeverAsksForMoreThanTheApiGivesAtOnce)
{
    for (const auto largest_page : std::vector<std::uint64_t>{0, 1, 2, 3, 5, 81, 82, 83, 500})
    {
        const auto fleet = swept({"1", "2", "-3", "4", "-5", "-6", "7"});
        Removal removal{fleet, sweep, open_guard, largest_page};
        const auto inquiry = removal.next().value();
        EXPECT_LE(inquiry.ids().size(), std::max<std::uint64_t>(largest_page, 1)) << largest_page;
    }
}

TEST(Removal, AnAnswerCutToOneRowNeverPassesForAbsence)
{
    const auto fleet = swept({"1", "-2"});
    Removal removal{fleet, sweep, open_guard, 1};
    while (const auto inquiry = removal.next())
        removal.answered(*inquiry, page({inquiry->ids().size() > 1 ? "1" : inquiry->ids().front()}));
    EXPECT_THAT(removal.gone(), IsEmpty());
    EXPECT_THAT(found(removal), ElementsAre("2"));
}

// Brings the proof to where `simcard(id)` has to do it: the list answers with SIMs that were not asked for.
Removal one_by_one(const Fleet& fleet, Guard guard = open_guard)
{
    auto removal = removal_of(fleet, guard);
    answer(removal, {"1", "a stranger"});
    return removal;
}

TEST(RemovalOneByOne, IsTheWayWhereTheApiDoesNotHonourTheFilter)
{
    auto removal = one_by_one(swept({"1", "-2", "3", "4"}));
    EXPECT_THAT(found(removal), IsEmpty());
    EXPECT_EQ(answer(removal, {"1"}), one_canary("1"));
    EXPECT_EQ(answer(removal, Ids{}), one("2"));
    EXPECT_THAT(removal.gone(), IsEmpty());
    EXPECT_EQ(answer(removal, Ids{}), one("2"));
    EXPECT_THAT(removal.gone(), ElementsAre("2"));
    EXPECT_FALSE(removal.next());
}

TEST(RemovalOneByOne, IsTheWayWhereTheListDoesNotAnswer)
{
    auto removal = removal_of(swept({"1", "-2", "3"}));
    EXPECT_EQ(fail(removal), list({"2"}, {"3", "1"}));
    EXPECT_EQ(removal.next(), one_canary("1"));
}

TEST(RemovalOneByOne, IsTheWayAfterThreeAnswersInVain)
{
    auto removal = removal_of(swept({"1", "-2", "3"}));
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(answer(removal, Ids{}).way, Inquiry::Way::list);
    EXPECT_EQ(removal.next(), one_canary("1"));
}

TEST(RemovalOneByOne, FindsWhatIsStillThere)
{
    auto removal = one_by_one(swept({"1", "-2", "3", "4"}));
    answer(removal, {"1"});
    answer(removal, {"2"});
    EXPECT_THAT(found(removal), ElementsAre("2"));
    EXPECT_FALSE(removal.next());
}

TEST(RemovalOneByOne, AsksEachOnceBeforeAnyTwice)
{
    auto removal = one_by_one(swept({"1", "-2", "-3", "4"}));
    EXPECT_EQ(answer(removal, {"1"}), one_canary("1"));
    EXPECT_EQ(answer(removal, Ids{}), one("2"));
    EXPECT_EQ(answer(removal, Ids{}), one("3"));
    EXPECT_EQ(answer(removal, Ids{}), one("2"));
    EXPECT_EQ(answer(removal, Ids{}), one("3"));
    EXPECT_THAT(removal.gone(), ElementsAre("2", "3"));
}

TEST(RemovalOneByOne, ProvesNothingWhereItDoesNotKnowASimJustSeen)
{
    auto removal = one_by_one(swept({"1", "-2", "-3", "4"}));
    EXPECT_EQ(answer(removal, Ids{}), one_canary("1"));
    EXPECT_THAT(removal.gone(), IsEmpty());
    EXPECT_THAT(removal.doubtful(), ElementsAre("2", "3"));
    EXPECT_FALSE(removal.next());
}

TEST(RemovalOneByOne, ProvesNothingWhereItAnswersWithAnotherSim)
{
    auto canary = one_by_one(swept({"1", "-2", "3", "4"}));
    answer(canary, {"3"});
    EXPECT_THAT(canary.doubtful(), ElementsAre("2"));

    auto candidate = one_by_one(swept({"1", "-2", "3", "4"}));
    answer(candidate, {"1"});
    answer(candidate, {"3"});
    EXPECT_THAT(candidate.doubtful(), ElementsAre("2"));
    EXPECT_FALSE(candidate.next());
}

// Seed 1286654 of the simulation: that it knew the canary was luck.
TEST(RemovalOneByOne, ProvesNothingOfAnybodyWhereItAnswersOneQuestionWithAnotherSim)
{
    auto removal = one_by_one(swept({"1", "-2", "-3", "-4", "5"}));
    answer(removal, {"1"});
    for (const auto* id : {"2", "3", "4", "2"})
        EXPECT_EQ(answer(removal, Ids{}), one(id));
    EXPECT_EQ(answer(removal, {"5"}), one("3"));
    EXPECT_THAT(removal.gone(), IsEmpty());
    EXPECT_THAT(removal.doubtful(), UnorderedElementsAre("2", "3", "4"));
    EXPECT_FALSE(removal.next());
}

TEST(RemovalOneByOne, ProvesNothingWhereTheItemWasSetAside)
{
    auto removal = one_by_one(swept({"1", "-2", "3", "4"}));
    answer(removal, {"1"});
    Page set_aside;
    set_aside.rows = 1;
    answer(removal, set_aside);
    EXPECT_THAT(removal.doubtful(), ElementsAre("2"));
}

TEST(RemovalOneByOne, WithoutAnAnswerASimStaysDoubtful)
{
    auto removal = one_by_one(swept({"1", "-2", "-3", "4"}));
    answer(removal, {"1"});
    EXPECT_EQ(fail(removal), one("2"));
    EXPECT_EQ(answer(removal, Ids{}), one("3"));
    EXPECT_EQ(answer(removal, Ids{}), one("3"));
    EXPECT_THAT(removal.doubtful(), ElementsAre("2"));
    EXPECT_THAT(removal.gone(), ElementsAre("3"));
}

TEST(RemovalOneByOne, WithoutAnAnswerForTheCanaryAllStayDoubtful)
{
    auto removal = one_by_one(swept({"1", "-2", "-3", "4"}));
    fail(removal);
    EXPECT_THAT(removal.doubtful(), ElementsAre("2", "3"));
    EXPECT_FALSE(removal.next());
}

TEST(RemovalOneByOne, IsNotWorthARequestEachWhereTheGuardStopsThemAnyway)
{
    auto removal = one_by_one(swept({"1", "-2", "-3", "4"}), {.fraction = 0.25, .minimum = 1});
    EXPECT_FALSE(removal.next());
    EXPECT_THAT(removal.doubtful(), ElementsAre("2", "3"));
    EXPECT_TRUE(removal.held());
}

// Seed 5238480 of the simulation: replicas that lag showed an empty list, `simcard(id)` knew nothing, and a
// person believed that all had gone. Asked by `id IN` the API had them.
TEST(RemovalOfAllThereAre, AsksTheListForWhoeverIsThereAllTheSame)
{
    auto removal = removal_of(swept({"-1", "-2"}));
    EXPECT_EQ(answer(removal, {"1"}), list({"1", "2"}, {}));
    EXPECT_THAT(found(removal), ElementsAre("1"));
    EXPECT_EQ(answer(removal, Ids{}), one_canary("1"));
    EXPECT_THAT(removal.gone(), IsEmpty());
    EXPECT_THAT(removal.doubtful(), ElementsAre("2"));
    EXPECT_FALSE(removal.next());
}

TEST(RemovalOfAllThereAre, IsNotProvenByAListWithoutCanaries)
{
    auto removal = removal_of(swept({"-1"}));
    EXPECT_EQ(answer(removal, Ids{}), list({"1"}, {}));
    EXPECT_THAT(removal.gone(), IsEmpty());
    EXPECT_EQ(answer(removal, Ids{}), one("1"));
    EXPECT_EQ(answer(removal, Ids{}), one("1"));
    EXPECT_THAT(removal.gone(), ElementsAre("1"));
    EXPECT_TRUE(removal.nobody_is_left());
}

TEST(RemovalOfAllThereAre, IsWorthNoQuestionWhereTheGuardStopsIt)
{
    auto removal = removal_of(swept({"-1", "-2"}), {.fraction = 0.25, .minimum = 1});
    EXPECT_FALSE(removal.next());
    EXPECT_TRUE(removal.held());
}

TEST(Guard, StopsWhatIsMoreThanBothTheShareAndTheMinimum)
{
    constexpr Guard guard{.fraction = 0.05, .minimum = 10};
    EXPECT_TRUE(guard.stops(11, 200));
    EXPECT_FALSE(guard.stops(10, 20));
    EXPECT_FALSE(guard.stops(11, 220));
    EXPECT_TRUE(guard.stops(12, 220));
    EXPECT_TRUE(guard.stops(51, 1000));
    EXPECT_FALSE(guard.stops(50, 1000));
}

TEST(Guard, WithoutAShareCountsTheMinimumAlone)
{
    constexpr Guard guard{.fraction = 0.0, .minimum = 0};
    EXPECT_TRUE(guard.stops(1, 1000));
    EXPECT_FALSE(guard.stops(0, 1000));
}

TEST(Guard, HoldsWhatIsProvenGone)
{
    auto removal = removal_of(swept({"1", "-2", "-3", "4"}), {.fraction = 0.25, .minimum = 1});
    answer(removal, {"1", "4"});
    answer(removal, {"1", "4"});
    EXPECT_THAT(removal.gone(), SizeIs(2));
    EXPECT_TRUE(removal.held());
}

TEST(Guard, HoldsTheLastOfAFleetHoweverFew)
{
    auto removal = removal_of(swept({"-1", "-2"}), open_guard);
    while (removal.next())
        answer(removal, Ids{});
    EXPECT_TRUE(removal.held());
}

TEST(Guard, DoesNotCountWhatWasFound)
{
    auto removal = removal_of(swept({"1", "-2", "-3", "4"}), {.fraction = 0.25, .minimum = 1});
    answer(removal, {"1", "2", "4"});
    answer(removal, {"1", "4"});
    EXPECT_THAT(removal.gone(), ElementsAre("3"));
    EXPECT_FALSE(removal.held());
}

TEST(Guard, CountsWhatIsDoubtfulLikeWhatIsGone)
{
    auto removal = one_by_one(swept({"1", "-2", "-3", "4"}), {.fraction = 0.25, .minimum = 2});
    fail(removal);
    EXPECT_FALSE(removal.held());

    removal = one_by_one(swept({"1", "-2", "-3", "-4", "5"}), {.fraction = 0.25, .minimum = 3});
    answer(removal, {"1"});
    for (int i = 0; i < 3; ++i)
        fail(removal);
    EXPECT_THAT(removal.doubtful(), SizeIs(3));
    EXPECT_FALSE(removal.held());
}

// An API with its faults: it caps answers, ignores `IN`, answers with nothing, cut short, or not at all.
struct Api
{
    std::set<std::string> sims;
    std::size_t cap = 1000;
    bool honours_in = true;
    int faults_in_ten = 0;

    std::optional<Page> list(const Ids& asked) const
    {
        const bool faulty = *rc::gen::inRange(0, 10) < faults_in_ten;
        if (faulty && *rc::gen::inRange(0, 3) == 0)
            return std::nullopt;
        Ids rows;
        for (const auto& id : sims)
            if (rows.size() < std::min(cap, asked.size()))
                if (!honours_in || std::ranges::find(asked, id) != asked.end())
                    rows.push_back(id);
        if (faulty)
            rows.resize(*rc::gen::inRange<std::size_t>(0, rows.size()));
        return page(rows);
    }

    std::optional<Page> one(const std::string& id) const
    {
        if (*rc::gen::inRange(0, 10) < faults_in_ten)
            return std::nullopt;
        return page(sims.contains(id) ? Ids{id} : Ids{});
    }
};

// Asks the API until nothing is left to ask; how often.
std::size_t prove(Removal& removal, const Api& api)
{
    std::size_t asked = 0;
    while (const auto inquiry = removal.next())
    {
        ++asked;
        const auto ids = inquiry->ids();
        if (const auto page = inquiry->way == Inquiry::Way::list ? api.list(ids) : api.one(ids.front()))
            removal.answered(*inquiry, *page);
        else
            removal.failed(*inquiry);
        RC_ASSERT(asked < 10'000u);
    }
    return asked;
}

// Some SIMs were seen, the list's first and last among them; of the others some are still there.
struct Scene
{
    Fleet fleet;
    Api api;
    std::set<std::string> candidates;
};

Scene any_scene()
{
    Scene scene;
    const auto sims = *rc::gen::inRange(1, 60);
    for (int i = 0; i < sims; ++i)
    {
        const auto id = std::to_string(100 + i);
        const bool seen = i == 0 || i == sims - 1 || *rc::gen::inRange(0, 3) > 0;
        scene.fleet.mark_seen(scene.fleet.remember(id, {1, 0}), seen ? sweep : 0);
        if (!seen)
            scene.candidates.insert(id);
        if (seen || *rc::gen::inRange(0, 3) == 0)
            scene.api.sims.insert(id);
    }
    scene.api.cap = *rc::gen::inRange<std::size_t>(1, 20);
    return scene;
}

std::set<std::string> really_gone(const Scene& scene)
{
    std::set<std::string> gone;
    std::ranges::set_difference(scene.candidates, scene.api.sims, std::inserter(gone, gone.end()));
    return gone;
}

std::set<std::string> as_set(const Ids& ids)
{
    return {ids.begin(), ids.end()};
}

RC_GTEST_PROP(Removal, AnHonestApiProvesExactlyWhatIsGone, ())
{
    auto scene = any_scene();
    scene.api.honours_in = *rc::gen::arbitrary<bool>();
    Removal removal{scene.fleet, sweep, open_guard, scene.api.cap};
    prove(removal, scene.api);
    RC_ASSERT(as_set(removal.gone()) == really_gone(scene));
    RC_ASSERT(removal.doubtful().empty());
}

RC_GTEST_PROP(Removal, NoFaultMakesASimGoneThatTheApiHas, ())
{
    auto scene = any_scene();
    scene.api.honours_in = *rc::gen::arbitrary<bool>();
    scene.api.faults_in_ten = *rc::gen::inRange(0, 11);
    Removal removal{scene.fleet, sweep, open_guard, scene.api.cap};
    prove(removal, scene.api);
    for (const auto& id : removal.gone())
        RC_ASSERT(!scene.api.sims.contains(id));
}

RC_GTEST_PROP(Removal, EveryCandidateIsFoundGoneOrDoubtfulOnce, ())
{
    auto scene = any_scene();
    scene.api.faults_in_ten = *rc::gen::inRange(0, 11);
    Removal removal{scene.fleet, sweep, open_guard, scene.api.cap};
    prove(removal, scene.api);

    auto settled = found(removal);
    for (const auto* ids : {&removal.gone(), &removal.doubtful()})
        settled.insert(settled.end(), ids->begin(), ids->end());
    RC_ASSERT(settled.size() == scene.candidates.size());
    RC_ASSERT(as_set(settled) == scene.candidates);
}

// As a page that has one more item, whose id cannot be read.
Page with_a_nameless(Page page)
{
    ++page.rows;
    return page;
}

Removal removal_beside_a_nameless(const Fleet& fleet)
{
    return {fleet, sweep, open_guard, whole_page, 1};
}

TEST(RemovalBesideANameless, TakesBothWaysToMissACandidate)
{
    auto removal = removal_beside_a_nameless(swept({"1", "-2", "-3", "4"}));
    answer(removal, Ids{"1", "4"});
    answer(removal, Ids{"1", "4"});
    EXPECT_THAT(removal.gone(), IsEmpty()) << "a filter may pass by an item that has no id";
    EXPECT_EQ(answer(removal, Ids{"1"}), one_canary("1"));
    EXPECT_EQ(answer(removal, Ids{}), one("2"));
    EXPECT_EQ(answer(removal, with_a_nameless(page(Ids{}))), one("3"));
    EXPECT_EQ(answer(removal, Ids{}), one("2"));
    EXPECT_FALSE(removal.next());
    EXPECT_THAT(removal.gone(), ElementsAre("2"));
    EXPECT_THAT(removal.doubtful(), ElementsAre("3")) << "it may be the nameless one";
}

TEST(RemovalBesideANameless, BelievesTheListWhereTheApiKnowsNoOtherWay)
{
    auto removal = removal_beside_a_nameless(swept({"1", "-2", "4"}));
    answer(removal, Ids{"1", "4"});
    answer(removal, Ids{"1", "4"});
    EXPECT_EQ(answer(removal, Ids{}), one_canary("1"));
    EXPECT_FALSE(removal.next());
    EXPECT_THAT(removal.gone(), ElementsAre("2"));
}

TEST(RemovalBesideANameless, KeepsWhatTheListShowsWithoutAName)
{
    auto removal = removal_beside_a_nameless(swept({"1", "-2", "4"}));
    for (int i = 0; i < 3; ++i)
        answer(removal, with_a_nameless(page(Ids{"1", "4"})));
    EXPECT_EQ(answer(removal, Ids{"1"}), one_canary("1"));
    EXPECT_EQ(answer(removal, with_a_nameless(page(Ids{}))), one("2"));
    EXPECT_THAT(removal.gone(), IsEmpty());
    EXPECT_THAT(removal.doubtful(), ElementsAre("2"));
}

TEST(Patience, IsOneSweepWithWhomWasThereLong)
{
    EXPECT_EQ(misses_required({.of_baseline = true}), 1);
    EXPECT_EQ(misses_required({.sweeps = sweeps_that_settle}), 1);
}

TEST(Patience, IsLongerWithWhomHasJustAppearedAndDoublesWithEachReturn)
{
    EXPECT_EQ(misses_required({.sweeps = 1}), 2);
    std::vector<int> misses;
    for (int returns = 1; returns < 8; ++returns)
        misses.push_back(misses_required({.sweeps = sweeps_that_settle, .returns = returns}));
    EXPECT_THAT(misses, ElementsAre(4, 8, 16, 32, 32, 32, 32));
}

TEST(Absences, WaitForTheNextSweepWhereASimHasJustAppeared)
{
    Absences absences;
    const std::map<std::string, Presence> presence{{"new", {.sweeps = 1}}, {"old", {.of_baseline = true}}};
    EXPECT_THAT(absences.due({"new", "old"}, {}, presence), ElementsAre("old"));
    EXPECT_THAT(absences.due({"new"}, {}, presence), ElementsAre("new"));
    EXPECT_THAT(absences.all(), IsEmpty());
}

TEST(Absences, BeginAnewWhereTheSimIsSeenAndAreThenMorePatient)
{
    Absences absences;
    const std::map<std::string, Presence> presence{{"new", {.sweeps = 1}}};
    int removed = 0;
    for (int i = 0; i < 20; ++i) // two replicas by turns
        removed += static_cast<int>(absences.due(i % 2 == 0 ? Ids{"new"} : Ids{}, {}, presence).size());
    EXPECT_EQ(removed, 0);
    const Absences restarted{absences.all()};
    EXPECT_GT(restarted.all().at("new").returns, 5);
}

TEST(Absences, WhatIsInDoubtIsNeitherSeenNorMissed)
{
    Absences absences;
    const std::map<std::string, Presence> presence{{"back", {.sweeps = 3, .returns = 1}}};
    for (int i = 0; i < 3; ++i)
    {
        EXPECT_THAT(absences.due({"back"}, {}, presence), IsEmpty());
        EXPECT_THAT(absences.due({}, {"back"}, presence), IsEmpty());
    }
    EXPECT_THAT(absences.due({"back"}, {}, presence), ElementsAre("back"));
}

} // namespace
} // namespace simsync
