// The walk over a list that is paged by offset while it changes.
#include "model/sweep.hpp"

#include "model/busy_list.hpp"
#include "model/lists.hpp"
#include "model/sims.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

namespace simsync
{
namespace
{

using test::observed_sim;
using test::page;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using test::answer;
using test::changed_ids;
using test::Ids;
using test::ids;
using test::joined;
using test::known;
using test::seen;

constexpr auto number = test::sweep_number;
constexpr SweepPlan tens{.page_size = 10, .in_flight = 1, .overlap = 3};

constexpr int most_questions = 1000; // of a walk in these tests; it must have ended long before

// Asks the next question and takes the list's answer; the ids that came out.
Ids step(Sweep& sweep, const Ids& list, std::uint64_t cap = 1000)
{
    const auto request = sweep.next().value();
    return changed_ids(sweep.accept(request, answer(list, request, cap)));
}

// Asks one question after the other until the sweep ends; the ids that came out, in their order.
template<class Answer>
Ids walk_by(Sweep& sweep, Answer answer)
{
    Ids all;
    for (int asked = 0; asked < most_questions; ++asked)
        if (const auto request = sweep.next())
            all = joined(std::move(all), changed_ids(sweep.accept(*request, answer(*request, asked))));
    return all;
}

// Walks a list at rest to the end.
Ids walk(Sweep& sweep, const Ids& list, std::uint64_t cap = 1000)
{
    return walk_by(sweep, [&](const PageRequest& request, int) { return answer(list, request, cap); });
}

TEST(Sweep, OfAListOfOnePageSeesItsEndTwice)
{
    Fleet fleet;
    Sweep sweep{fleet, number, tens};
    const auto list = ids(0, 5);
    EXPECT_EQ(step(sweep, list), list);
    EXPECT_FALSE(sweep.finished());
    EXPECT_THAT(step(sweep, list), IsEmpty());
    EXPECT_FALSE(sweep.finished());
    EXPECT_THAT(step(sweep, list), IsEmpty());
    EXPECT_TRUE(sweep.complete());
    EXPECT_FALSE(sweep.next());
    EXPECT_EQ(sweep.why_incomplete(), "");
}

TEST(Sweep, TellsEverySimOnceInTheListsOrder)
{
    for (const int sims : {1, 2, 3, 7, 9, 10, 11, 13, 14, 17, 18, 100})
    {
        Fleet fleet;
        Sweep sweep{fleet, number, tens};
        EXPECT_EQ(walk(sweep, ids(0, sims)), ids(0, sims)) << sims;
        EXPECT_TRUE(sweep.complete()) << sims;
        EXPECT_EQ(sweep.counts().items, sims);
        EXPECT_EQ(sweep.counts().unchanged, 0);
    }
}

TEST(Sweep, TellsNothingOfSimsThatLookAsTheyAreKnown)
{
    auto fleet = known(ids(0, 30));
    Sweep sweep{fleet, number, tens};
    EXPECT_THAT(walk(sweep, ids(0, 30)), IsEmpty());
    EXPECT_TRUE(sweep.complete());
    EXPECT_EQ(sweep.counts().items, 30);
    EXPECT_EQ(sweep.counts().unchanged, 30);
}

TEST(Sweep, TellsASimThatLooksDifferent)
{
    auto fleet = known(ids(0, 5));
    fleet.remember("1003", {99, 99});
    Sweep sweep{fleet, number, tens};
    EXPECT_THAT(walk(sweep, ids(0, 5)), ElementsAre("1003"));
    EXPECT_EQ(fleet.fingerprint(fleet.find("1003")), observed_sim("1003").fingerprint);
    EXPECT_EQ(sweep.counts().unchanged, 4);
}

TEST(Sweep, LeavesUnmarkedWhatTheListDoesNotHold)
{
    auto fleet = known(ids(0, 30));
    Sweep sweep{fleet, number, tens};
    const auto list = joined(ids(0, 12), ids(14, 16));
    walk(sweep, list);
    EXPECT_TRUE(sweep.complete());
    EXPECT_EQ(seen(fleet), list);
}

TEST(Sweep, TakesOneQuestionForEachStrideAndTwoForTheEnd)
{
    auto fleet = known(ids(0, 1000));
    Sweep sweep{fleet, number, {.page_size = 100, .in_flight = 1, .overlap = 3}};
    int asked = 0;
    walk_by(
        sweep,
        [&](const PageRequest& request, int)
        {
            ++asked;
            return answer(ids(0, 1000), request);
        });
    EXPECT_TRUE(sweep.complete());
    EXPECT_LE(asked, 1000 / 97 + 1 + 2);
}

// Answers all that is asked at once, again and again; how often.
int rounds(Sweep& sweep, const Ids& list)
{
    int rounds = 0;
    for (; !sweep.finished() && rounds < most_questions; ++rounds)
    {
        std::vector<PageRequest> together;
        while (const auto request = sweep.next())
            together.push_back(*request);
        for (const auto& request : together)
            sweep.accept(request, answer(list, request));
    }
    return rounds;
}

TEST(Sweep, LooksAtTheEndBesideTheLastPages)
{
    constexpr SweepPlan eight{.page_size = 10, .in_flight = 8, .overlap = 3};
    for (const int sims :
         {100, 99, 98, 101, 102, 73, 74}) // 73: the last page begins where the end is looked at
    {
        auto fleet = known(ids(0, sims));
        Sweep sweep{fleet, number, eight};
        EXPECT_EQ(rounds(sweep, ids(0, sims)), (sims / 7 + 1 + 1 + 7) / 8 + 1) << sims;
        EXPECT_TRUE(sweep.complete()) << sims;
        EXPECT_EQ(sweep.counts().items, sims);
    }
}

TEST(Sweep, FindsTheEndOfAListThatHasShrunkOrGrown)
{
    constexpr SweepPlan eight{.page_size = 10, .in_flight = 8, .overlap = 3};
    for (const int sims : {1, 60, 90, 96, 97, 99, 101, 103, 107, 109, 140, 300})
    {
        auto fleet = known(ids(0, 100));
        Sweep sweep{fleet, number, eight};
        rounds(sweep, ids(0, sims));
        EXPECT_TRUE(sweep.complete()) << sims;
        EXPECT_EQ(sweep.counts().items, sims);
        EXPECT_EQ(seen(fleet), ids(0, sims));
    }
}

// A page of the middle that is cut short shows nothing new either.
TEST(Sweep, WhatIsCutShortBesideTheLastPagesIsNoEnd)
{
    for (std::size_t cut = 0; cut < 17; ++cut)
    {
        auto fleet = known(ids(0, 100));
        Sweep sweep{fleet, number, {.page_size = 10, .in_flight = 8, .overlap = 3}};
        std::size_t asked = 0;
        walk_by(
            sweep, [&](const PageRequest& request, int)
            { return answer(ids(0, 104), request, asked++ == cut ? 3 : 1000); });
        EXPECT_TRUE(sweep.complete()) << cut;
        EXPECT_EQ(seen(fleet), ids(0, 104)) << cut;
    }
}

TEST(Sweep, PagesOverlapSoThatTheyCanBeJoined)
{
    auto fleet = known(ids(0, 100));
    Sweep sweep{fleet, number, {.page_size = 10, .in_flight = 4, .overlap = 3}};
    EXPECT_EQ(sweep.next(), (PageRequest{0, 10}));
    EXPECT_EQ(sweep.next(), (PageRequest{7, 10}));
    EXPECT_EQ(sweep.next(), (PageRequest{14, 10}));
    EXPECT_EQ(sweep.next(), (PageRequest{21, 10}));
}

TEST(Sweep, KeepsNoMoreQuestionsOpenThanPlanned)
{
    auto fleet = known(ids(0, 100));
    Sweep sweep{fleet, number, {.page_size = 10, .in_flight = 2, .overlap = 3}};
    const auto first = sweep.next().value();
    const auto second = sweep.next().value();
    EXPECT_FALSE(sweep.next());

    // A page that waits for its turn keeps its place, or they would pile up.
    sweep.accept(second, answer(ids(0, 100), second));
    EXPECT_FALSE(sweep.next());
    sweep.accept(first, answer(ids(0, 100), first));
    EXPECT_TRUE(sweep.next());
    EXPECT_TRUE(sweep.next());
    EXPECT_FALSE(sweep.next());
}

TEST(Sweep, OfAnUnknownFleetAsksOnePageFirst)
{
    Fleet fleet;
    Sweep sweep{fleet, number, {.page_size = 10, .in_flight = 4, .overlap = 3}};
    EXPECT_EQ(sweep.next(), (PageRequest{0, 10}));
    EXPECT_FALSE(sweep.next());
}

TEST(Sweep, TheCountOfAnAnswerLetsPagesGoSideBySide)
{
    Fleet fleet;
    Sweep sweep{fleet, number, {.page_size = 10, .in_flight = 4, .overlap = 3}};
    const auto request = sweep.next().value();
    auto first = answer(ids(0, 100), request);
    first.count = 100;
    sweep.accept(request, first);
    EXPECT_EQ(sweep.expected(), 100u);
    EXPECT_EQ(sweep.next(), (PageRequest{7, 10}));
    EXPECT_EQ(sweep.next(), (PageRequest{14, 10}));
}

TEST(Sweep, PagesThatComeOutOfOrderAreTakenInOrder)
{
    const auto list = ids(0, 24);
    auto fleet = known(list);
    for (const auto& id : list)
        fleet.remember(id, {99, 99});
    Sweep sweep{fleet, number, {.page_size = 10, .in_flight = 3, .overlap = 3}};
    const auto first = sweep.next().value();
    const auto second = sweep.next().value();
    const auto third = sweep.next().value();
    EXPECT_THAT(sweep.accept(third, answer(list, third)), IsEmpty());
    EXPECT_THAT(sweep.accept(second, answer(list, second)), IsEmpty());

    EXPECT_EQ(changed_ids(sweep.accept(first, answer(list, first))), list);
}

TEST(Sweep, StepsBackFurtherAndFurtherUntilItFindsASimThatItKnows)
{
    Fleet fleet;
    Sweep sweep{fleet, number, {.page_size = 50, .in_flight = 1, .overlap = 3}};
    step(sweep, ids(0, 100)); // rows 0 to 49; then the first 20 are removed
    const auto list = ids(20, 80);
    for (const std::uint64_t offset : {47u, 44u, 38u})
    {
        const auto request = sweep.next().value();
        EXPECT_EQ(request.offset, offset);
        EXPECT_THAT(sweep.accept(request, answer(list, request)), IsEmpty());
    }
    EXPECT_EQ(step(sweep, list), ids(50, 46)); // from row 26, which is the SIM 46, on
    EXPECT_EQ(walk(sweep, list), ids(96, 4));
    EXPECT_TRUE(sweep.complete());
}

TEST(Sweep, WalksAGapBetweenTwoPagesFromItsLeftEdge)
{
    auto fleet = known(ids(0, 40));
    Sweep sweep{fleet, number, {.page_size = 10, .in_flight = 2, .overlap = 3}};
    const auto first = sweep.next().value();
    const auto second = sweep.next().value();
    sweep.accept(first, answer(ids(0, 40), first));
    const auto shrunk = ids(5, 35); // five rows went before the second answer
    sweep.accept(second, answer(shrunk, second));
    EXPECT_THAT(seen(fleet), ElementsAreArray(ids(0, 10))); // SIMs 10 and 11 lie between them

    walk(sweep, shrunk);
    EXPECT_TRUE(sweep.complete());
    EXPECT_EQ(seen(fleet), ids(0, 40));
}

TEST(Sweep, GoesOnWhereRowsCameInBeforeItsPlace)
{
    for (int came_in = 1; came_in < 10; ++came_in)
        for (int pages = 1; pages < 5; ++pages)
        {
            Fleet fleet;
            Sweep sweep{fleet, number, tens};
            for (int i = 0; i < pages; ++i)
                step(sweep, ids(100, 60));
            walk(sweep, joined(ids(0, came_in), ids(100, 60)));
            EXPECT_TRUE(sweep.complete()) << came_in << ' ' << pages << ' ' << sweep.why_incomplete();
            EXPECT_THAT(seen(fleet), testing::IsSupersetOf(ids(100, 60)));
        }
}

TEST(Sweep, GoesOnWhereRowsBeforeItsPlaceWentAway)
{
    for (int went = 1; went < 20; ++went)
    {
        Fleet fleet;
        Sweep sweep{fleet, number, tens};
        for (int i = 0; i < 4; ++i)
            step(sweep, ids(100, 60));
        walk(sweep, ids(100 + went, 60 - went));
        EXPECT_TRUE(sweep.complete()) << went << ' ' << sweep.why_incomplete();
        EXPECT_EQ(seen(fleet), ids(100, 60));
    }
}

TEST(Sweep, AWholePageOfKnownSimsBehindTheEdgeIsNotTheEnd)
{
    auto fleet = known(ids(0, 31)); // so many are expected, and asked for ahead of the edge
    Sweep sweep{fleet, number, tens};
    for (int i = 0; i < 5; ++i)
        step(sweep, ids(0, 100));
    for (const int went : {13, 26}) // more than fit on a page: what is found again ends before the edge
        for (int i = 0; i < 4 && !sweep.finished(); ++i)
            step(sweep, ids(went, 100 - went));
    EXPECT_FALSE(sweep.complete()) << "the last SIM that was seen is " << seen(fleet).back();
}

TEST(Sweep, OfAnEmptyListIsCompleteAfterTwoEmptyAnswers)
{
    Fleet fleet;
    Sweep sweep{fleet, number, tens};
    step(sweep, {});
    EXPECT_FALSE(sweep.finished());
    step(sweep, {});
    EXPECT_TRUE(sweep.complete());
    EXPECT_EQ(sweep.counts().items, 0);
}

TEST(Sweep, AnEmptyFirstAnswerAloneIsNotTheEnd)
{
    auto fleet = known(ids(0, 30));
    Sweep sweep{fleet, number, tens};
    step(sweep, {});
    walk(sweep, ids(0, 30));
    EXPECT_TRUE(sweep.complete());
    EXPECT_EQ(seen(fleet), ids(0, 30));
}

TEST(Sweep, AFirstPageThatStaysEmptyWhileOthersAreNotIsGivenUpSoon)
{
    auto fleet = known(ids(0, 100));
    Sweep sweep{fleet, number, {.page_size = 10, .in_flight = 4, .overlap = 3}};
    int most_asked = 0;
    walk_by(
        sweep,
        [&](const PageRequest& request, int asked)
        {
            most_asked = asked;
            return request.offset == 0 ? Page{} : answer(ids(0, 100), request);
        });
    EXPECT_FALSE(sweep.complete());
    EXPECT_THAT(sweep.why_incomplete(), HasSubstr("first page is empty"));
    EXPECT_THAT(seen(fleet), IsEmpty());
    EXPECT_LT(most_asked, 30); // not only when so many questions are one too many for any list
}

TEST(Sweep, AnEmptyAnswerInTheMiddleEndsNothing)
{
    for (int empty_one = 1; empty_one < 8; ++empty_one)
    {
        auto fleet = known(ids(0, 40));
        Sweep sweep{fleet, number, tens};
        walk_by(
            sweep, [&](const PageRequest& request, int asked)
            { return asked == empty_one ? Page{} : answer(ids(0, 40), request); });
        EXPECT_TRUE(sweep.complete()) << empty_one << sweep.why_incomplete();
        EXPECT_EQ(seen(fleet), ids(0, 40)) << empty_one;
    }
}

TEST(Sweep, AShortAnswerInTheMiddleEndsNothing)
{
    for (int short_one = 0; short_one < 8; ++short_one)
        for (const int rows : {1, 2, 3, 4, 9})
        {
            const auto cap = static_cast<std::uint64_t>(rows);
            auto fleet = known(ids(0, 40));
            Sweep sweep{fleet, number, tens};
            walk_by(
                sweep, [&](const PageRequest& request, int asked)
                { return answer(ids(0, 40), request, asked == short_one ? cap : 1000); });
            EXPECT_TRUE(sweep.complete()) << short_one << ' ' << rows << ' ' << sweep.why_incomplete();
            EXPECT_EQ(seen(fleet), ids(0, 40)) << short_one << ' ' << rows;
        }
}

TEST(Sweep, ServersMayGiveLessThanTheyWereAskedFor)
{
    for (const std::uint64_t cap : {2u, 3u, 4u, 7u, 9u})
        for (const std::size_t in_flight : {1u, 4u})
        {
            auto fleet = known(ids(0, 40));
            Sweep sweep{fleet, number, {.page_size = 10, .in_flight = in_flight, .overlap = 3}};
            walk(sweep, ids(0, 40), cap);
            EXPECT_TRUE(sweep.complete()) << cap << ' ' << sweep.why_incomplete();
            EXPECT_EQ(seen(fleet), ids(0, 40)) << cap;
            EXPECT_EQ(sweep.largest_page(), cap);
        }
}

TEST(Sweep, PagesOfOneRowProveNothingWhereThereAreMore)
{
    Fleet fleet;
    Sweep sweep{fleet, number, tens};
    walk_by(
        sweep,
        [](const PageRequest& request, int)
        {
            auto one_row = answer(ids(0, 40), request, 1);
            one_row.count = 40;
            return one_row;
        });
    EXPECT_TRUE(sweep.finished());
    EXPECT_FALSE(sweep.complete());
}

TEST(Sweep, AnIgnoredSortIsFoundOut)
{
    for (unsigned seed = 0; seed < 20; ++seed)
    {
        std::mt19937 random{seed};
        auto fleet = seed % 2 == 0 ? known(ids(0, 100)) : Fleet{};
        Sweep sweep{fleet, number, {.page_size = 20, .in_flight = 1, .overlap = 3}};
        auto list = ids(0, 100);
        walk_by(
            sweep,
            [&](const PageRequest& request, int)
            {
                std::ranges::shuffle(list, random);
                return answer(list, request);
            });
        EXPECT_TRUE(sweep.finished()) << seed;
        EXPECT_FALSE(sweep.complete()) << seed;
        EXPECT_THAT(sweep.why_incomplete(), HasSubstr("sort")) << seed;
    }
}

TEST(Sweep, AListThatIsReplacedWhileItIsReadIsGivenUp)
{
    Fleet fleet;
    Sweep sweep{fleet, number, tens};
    step(sweep, ids(0, 40));
    walk(sweep, ids(100, 40));
    EXPECT_TRUE(sweep.finished());
    EXPECT_FALSE(sweep.complete());
    EXPECT_THAT(sweep.why_incomplete(), HasSubstr("replaced"));
    EXPECT_EQ(seen(fleet), ids(0, 10)); // what was seen stays seen
}

TEST(Sweep, TheSamePageForEveryQuestionIsNoListAndEndsIt)
{
    auto fleet = known(ids(0, 100));
    Sweep sweep{fleet, number, tens};
    int most_asked = 0;
    walk_by(
        sweep,
        [&](const PageRequest&, int asked)
        {
            most_asked = asked;
            return page(ids(0, 10));
        });
    EXPECT_FALSE(sweep.complete());
    EXPECT_THAT(sweep.why_incomplete(), HasSubstr("faster than it can be read"));
    EXPECT_EQ(seen(fleet), ids(0, 10));
    EXPECT_LT(most_asked, 200); // a list of 100 SIMs takes 15
}

TEST(Sweep, RowsThatComeInAfterTheFirstSightOfTheEndAreSeen)
{
    Fleet fleet;
    Sweep sweep{fleet, number, tens};
    step(sweep, ids(0, 8));
    step(sweep, ids(0, 8)); // the end, once
    EXPECT_EQ(step(sweep, ids(0, 9)), ids(8, 1));
    EXPECT_THAT(step(sweep, ids(0, 9)), IsEmpty()); // once more from the start
    EXPECT_FALSE(sweep.finished());
    EXPECT_THAT(step(sweep, ids(0, 9)), IsEmpty());
    EXPECT_TRUE(sweep.complete());
}

TEST(Sweep, TheEndIsSeenTwiceInARowOrNotAtAll)
{
    Fleet fleet;
    Sweep sweep{fleet, number, tens};
    step(sweep, ids(0, 8));
    step(sweep, ids(0, 8));    // the end, once
    step(sweep, ids(100, 50)); // nothing that is known: it may have been no end
    step(sweep, ids(0, 8));
    EXPECT_FALSE(sweep.finished());
    step(sweep, ids(0, 8));
    EXPECT_TRUE(sweep.complete());
}

TEST(Sweep, AQuestionThatIsOpenDelaysTheEnd)
{
    auto fleet = known(ids(0, 20));
    Sweep sweep{fleet, number, {.page_size = 10, .in_flight = 4, .overlap = 3}};
    std::vector<PageRequest> open;
    while (const auto request = sweep.next())
        open.push_back(*request);
    ASSERT_THAT(open, SizeIs(4)); // the last one is the look at the end
    for (const auto& request : {open[0], open[1]})
        sweep.accept(request, answer(ids(0, 20), request));
    EXPECT_FALSE(sweep.finished());
}

TEST(Sweep, AfterFewerRowsThanExpectedItStillSeesTheEndTwice)
{
    auto fleet = known(ids(0, 100));
    Sweep sweep{fleet, number, {.page_size = 10, .in_flight = 4, .overlap = 3}};
    walk(sweep, ids(0, 12));
    EXPECT_TRUE(sweep.complete());
    EXPECT_EQ(seen(fleet), ids(0, 12));
}

TEST(Sweep, ASimThatTwoPagesShowDifferentlyIsToBeReadAgain)
{
    Fleet fleet;
    Sweep sweep{fleet, number, tens};
    step(sweep, ids(0, 12));
    const auto request = sweep.next().value();
    auto newer = answer(ids(0, 12), request);
    newer.items.front() = observed_sim(newer.items.front().sim.id, 2);
    const auto id = newer.items.front().sim.id;
    sweep.accept(request, newer);
    EXPECT_THAT(sweep.contradicted(), ElementsAre(id));
    EXPECT_EQ(fleet.fingerprint(fleet.find(id)), observed_sim(id).fingerprint); // the first reading

    EXPECT_THAT(sweep.settle(observed_sim(id)), IsEmpty());
    EXPECT_THAT(sweep.settle(observed_sim(id, 2)), SizeIs(1));
    EXPECT_EQ(fleet.fingerprint(fleet.find(id)), observed_sim(id, 2).fingerprint);
    EXPECT_THAT(sweep.settle(observed_sim(id, 2)), IsEmpty());
}

TEST(Sweep, PagesThatAgreeContradictNothing)
{
    Fleet fleet;
    Sweep sweep{fleet, number, tens};
    walk(sweep, ids(0, 40));
    EXPECT_THAT(sweep.contradicted(), IsEmpty());
}

// The list's answer, all of whose SIMs were known by their bytes.
Page answer_of_known(const Ids& list, const PageRequest& request)
{
    auto known = answer(list, request);
    for (const auto& seen : known.items)
        known.unchanged.push_back({seen.sim.id, seen.fingerprint});
    known.items.clear();
    return known;
}

TEST(Sweep, TakesASimThatIsKnownByItsBytesAsUnchanged)
{
    const auto list = ids(0, 5);
    auto fleet = known(list);
    Sweep sweep{fleet, number, tens};
    EXPECT_THAT(
        walk_by(sweep, [&](const PageRequest& request, int) { return answer_of_known(list, request); }),
        IsEmpty());
    EXPECT_TRUE(sweep.complete());
    EXPECT_THAT(sweep.contradicted(), IsEmpty());
    EXPECT_EQ(sweep.counts().unchanged, 5);
}

// Between its page's arrival and its turn the fleet has learnt something else, or forgotten it.
TEST(Sweep, WritesNothingOfASimThatIsNotKnownByItsBytesAnyMore)
{
    const auto list = ids(0, 5);
    auto fleet = known(list);
    fleet.remember(list[1], {7, 7});
    fleet.forget(list[3]);
    Sweep sweep{fleet, number, tens};
    EXPECT_THAT(
        walk_by(sweep, [&](const PageRequest& request, int) { return answer_of_known(list, request); }),
        IsEmpty());
    EXPECT_TRUE(sweep.complete());
    EXPECT_THAT(sweep.contradicted(), ElementsAre(list[1], list[3])) << "they are read again, by id";
    EXPECT_THAT(seen(fleet), ElementsAreArray(list));
    EXPECT_THAT(changed_ids(sweep.settle(observed_sim(list[1]))), ElementsAre(list[1]));
    EXPECT_THAT(changed_ids(sweep.settle(observed_sim(list[3]))), ElementsAre(list[3]));
}

// Somebody else has read SIMs while the page was asked for: which reading is the newer nobody knows.
TEST(Sweep, DoesNotOverwriteWhatWasLookedAtWhileItsPageWasAskedFor)
{
    const auto list = ids(0, 5);
    auto fleet = known(list);
    const auto look = [&](const std::string& id)
    { fleet.note_look(fleet.remember(id, observed_sim(id, 2).fingerprint)); };
    look(list[0]);
    Sweep sweep{fleet, number, tens};
    const auto asked_before = [&](const PageRequest& request, int asked)
    {
        auto page = asked % 2 == 0 ? answer(list, request) : answer_of_known(list, request);
        page.looks_when_asked = 1;
        look(list[1]);
        return page;
    };
    EXPECT_THAT(walk_by(sweep, asked_before), ElementsAre(list[0])) << "it was asked for after that";
    EXPECT_TRUE(sweep.complete());
    EXPECT_THAT(sweep.contradicted(), ElementsAre(list[1]));
    EXPECT_EQ(fleet.fingerprint(fleet.find(list[1])), observed_sim(list[1], 2).fingerprint);
    EXPECT_THAT(seen(fleet), ElementsAreArray(list));
    EXPECT_THAT(sweep.settle(observed_sim(list[1], 3), 0), IsEmpty()) << "asked for before the last look";
    EXPECT_THAT(changed_ids(sweep.settle(observed_sim(list[1], 3), fleet.looks())), ElementsAre(list[1]));
}

// Replicas that lag behind the one that answered a look: a balance went up again, and down with the next
// look.
TEST(Sweep, DoesNotOverwriteALaterActivityThatALookHasShown)
{
    const auto list = ids(0, 5);
    auto fleet = known(list);
    const auto at = [](int second)
    { return Timestamp{std::chrono::hours{500'000}} + std::chrono::seconds{second}; };
    for (const auto i : {0U, 1U, 2U})
        fleet.note_look(fleet.remember(list[i], observed_sim(list[i], 2).fingerprint), at(10));
    const auto lagging = [&](const PageRequest& request, int)
    {
        auto page = answer(list, request);
        for (auto& item : page.items)
        {
            item.fingerprint = observed_sim(item.sim.id, 3).fingerprint;
            item.sim.latest_activity = at(item.sim.id == list[1] ? 10 : item.sim.id == list[2] ? 11 : 9);
        }
        page.looks_when_asked = fleet.looks();
        return page;
    };
    Sweep sweep{fleet, number, tens};
    EXPECT_EQ(walk_by(sweep, lagging).size(), 4U);
    EXPECT_THAT(sweep.contradicted(), ElementsAre(list[0]));
    EXPECT_EQ(fleet.fingerprint(fleet.find(list[0])), observed_sim(list[0], 2).fingerprint);
    auto again = observed_sim(list[0], 3);
    again.sim.latest_activity = at(9);
    EXPECT_THAT(sweep.settle(again, fleet.looks()), IsEmpty()) << "it may lag still";
    fleet.forget_looks();
    Sweep next{fleet, number + 1, tens};
    EXPECT_THAT(walk_by(next, lagging), ElementsAre(list[0])) << "a clock went back, or it lags for longer";
}

TEST(Sweep, SeesTheSimsOfAPageInItsOrderWhetherTheyWereReadOrNot)
{
    const auto list = ids(0, 5);
    auto fleet = known({list[1], list[3], list[4]});
    const auto mixed = [&](const PageRequest&, int)
    {
        auto answer = page({list[0], list[2]});
        answer.unchanged = {
            {list[1], observed_sim(list[1]).fingerprint, 1},
            {list[3], observed_sim(list[3]).fingerprint, 2},
            {list[4], observed_sim(list[4]).fingerprint, 2}};
        answer.rows = list.size();
        EXPECT_THAT(ids_of(answer), ElementsAreArray(list));
        return answer;
    };
    Sweep sweep{fleet, number, tens};
    EXPECT_THAT(walk_by(sweep, mixed), ElementsAre(list[0], list[2]));
    for (std::size_t i = 0; i + 1 < list.size(); ++i)
        EXPECT_EQ(fleet.after(fleet.find(list[i])), fleet.find(list[i + 1])) << i;
}

TEST(Sweep, LearnsWhatSimsCameAsAndInWhichOrder)
{
    const auto list = ids(0, 3);
    Fleet fleet;
    const auto as_read = [&](const PageRequest&, int)
    {
        auto read = page({list[0], list[2], list[1]});
        for (std::size_t i = 0; i < read.items.size(); ++i)
            read.items[i].payload_hash = {i + 1, 10};
        return read;
    };
    Sweep sweep{fleet, number, tens};
    walk_by(sweep, as_read);
    EXPECT_EQ(fleet.payload_hash(fleet.find(list[2])), (PayloadHash{2, 10}));
    EXPECT_EQ(fleet.after(fleet.find(list[0])), fleet.find(list[2]));
    EXPECT_EQ(fleet.after(fleet.find(list[2])), fleet.find(list[1]));
}

TEST(Sweep, GivenUpIsIncompleteAndAsksNothingMore)
{
    Fleet fleet;
    Sweep sweep{fleet, number, tens};
    step(sweep, ids(0, 40));
    const auto open = sweep.next().value();
    sweep.give_up("told to stop");
    sweep.give_up("for another reason");
    EXPECT_TRUE(sweep.finished());
    EXPECT_FALSE(sweep.complete());
    EXPECT_EQ(sweep.why_incomplete(), "told to stop");
    EXPECT_FALSE(sweep.next());
    EXPECT_THAT(sweep.accept(open, answer(ids(0, 40), open)), IsEmpty());
    EXPECT_EQ(seen(fleet), ids(0, 10));
}

TEST(Sweep, CompleteCannotBeGivenUp)
{
    Fleet fleet;
    Sweep sweep{fleet, number, tens};
    walk(sweep, ids(0, 5));
    sweep.give_up("too late");
    EXPECT_TRUE(sweep.complete());
}

TEST(Sweep, TheNextSweepBeginsAnew)
{
    Fleet fleet;
    Sweep first{fleet, number - 1, tens};
    walk(first, ids(0, 30));
    Sweep second{fleet, number, tens};
    walk(second, ids(0, 20));
    EXPECT_TRUE(second.complete());
    EXPECT_EQ(seen(fleet), ids(0, 20));
}

TEST(SweepOfABusyList, MissesNoSimThatStaysAndAlwaysEnds)
{
    constexpr unsigned seeds = 200;
    unsigned complete = 0;
    for (unsigned seed = 0; seed < seeds; ++seed)
    {
        test::BusyList busy{seed};
        auto fleet = busy.fleet();
        Sweep sweep{fleet, number, busy.plan()};
        const auto asked = busy.drive(sweep);
        EXPECT_TRUE(sweep.finished()) << "seed " << seed;
        EXPECT_LE(asked, 100 + 5 * fleet.size()) << "seed " << seed;
        EXPECT_LE(busy.max_open(), busy.plan().in_flight) << "seed " << seed;
        if (!sweep.complete())
            continue;
        ++complete;
        const auto found = seen(fleet);
        EXPECT_TRUE(std::ranges::includes(found, busy.stable())) << "seed " << seed;
    }
    EXPECT_GT(complete, seeds * 9 / 10); // or the above would say little
}

RC_GTEST_PROP(Sweep, AlwaysEndsWhateverIsAnswered, ())
{
    auto fleet = known(ids(0, *rc::gen::inRange(0, 50)));
    const auto in_flight = *rc::gen::inRange<std::size_t>(1, 5);
    Sweep sweep{fleet, number, {.page_size = 10, .in_flight = in_flight, .overlap = 3}};
    walk_by(
        sweep,
        [](const PageRequest&, int)
        {
            auto any = page(ids(*rc::gen::inRange(0, 50), *rc::gen::inRange(0, 11)));
            if (*rc::gen::arbitrary<bool>())
                any.count = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
            return any;
        });
    RC_ASSERT(sweep.finished());
}

} // namespace
} // namespace simsync
