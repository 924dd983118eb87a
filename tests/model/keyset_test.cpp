// The walk by key: what it asks, when it believes a page, and what makes it go on by offset.
#include "model/sweep.hpp"

#include "model/busy_list.hpp"
#include "model/lists.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

namespace simsync
{
namespace
{

using test::answer;
using test::as_numbers;
using test::as_text;
using test::Ids;
using test::ids;
using test::known;
using test::Rule;
using test::seen;
using test::sweep_number;
using testing::IsEmpty;
using testing::SizeIs;

constexpr SweepPlan tens{
    .page_size = 10, .in_flight = 1, .overlap = 3, .pagination = Pagination::keyset, .deep = 50};
constexpr int most_questions = 10'000; // of a walk in these tests; it must have ended long before

// The API: its list, in the order in which it sorts, and the rule by which it compares ids.
struct Api
{
    Ids list;
    Rule rule = as_text;
    bool descends = true;

    Page operator()(const PageRequest& request) const
    {
        auto rows = list;
        if (request.way == PageRequest::Way::upto && !descends)
            std::ranges::reverse(rows); // what is turned round once more ascends
        return answer(rows, request, 1000, rule);
    }
};

Ids sorted(Ids ids, const Rule& rule)
{
    std::ranges::sort(ids, rule);
    return ids;
}

// Numbers of one to four digits.
Ids of_all_lengths()
{
    Ids all;
    for (int i = 1; i <= 1'200; ++i)
        all.push_back(std::to_string(i));
    return all;
}

using Asked = std::map<PageRequest::Way, int>;

// Answers one question after the other until the sweep ends.
Asked walk(Sweep& sweep, const Api& api)
{
    Asked asked;
    for (int i = 0; i < most_questions && !sweep.finished(); ++i)
        if (const auto request = sweep.next())
        {
            ++asked[request->way];
            sweep.accept(*request, api(*request));
        }
    return asked;
}

TEST(Keyset, AsksBehindAPivotAndForTheProofBesideIt)
{
    Fleet fleet;
    Sweep sweep{fleet, sweep_number, tens};
    const Api api{ids(0, 30)};
    const auto first = sweep.next().value();
    EXPECT_EQ(first, (PageRequest{0, 10}));
    sweep.accept(first, api(first));
    const PageRequest page{0, 10, PageRequest::Way::after, "1006"};
    EXPECT_EQ(sweep.next(), page); // three rows are asked for again
    sweep.accept(page, api(page));
    const PageRequest proof{0, 4, PageRequest::Way::upto, "1006"};
    EXPECT_EQ(sweep.next(), proof);
    EXPECT_THAT(seen(fleet), SizeIs(10)); // a page without its proof is not believed
    sweep.accept(proof, api(proof));
    EXPECT_THAT(seen(fleet), SizeIs(17));
}

TEST(Keyset, SeesEverySimWithTwoSmallQuestionsAPage)
{
    for (const int sims : {5, 9, 10, 11, 17, 18, 100, 1'000})
    {
        Fleet fleet;
        Sweep sweep{fleet, sweep_number, tens};
        const auto asked = walk(sweep, {ids(0, sims)});
        EXPECT_TRUE(sweep.complete()) << sims;
        EXPECT_EQ(seen(fleet), ids(0, sims)) << sims;
        EXPECT_EQ(sweep.why_by_offset(), "") << sims;
        EXPECT_EQ(asked.at(PageRequest::Way::offset), 1) << sims;
        EXPECT_LE(asked.at(PageRequest::Way::after), sims / 7 + 3) << sims;
    }
}

TEST(Keyset, OfAListWithoutRoomForAPivotGoesByOffsetAndIsNoSurprise)
{
    for (const int sims : {0, 1, 2, 4})
    {
        Fleet fleet;
        Sweep sweep{fleet, sweep_number, tens};
        walk(sweep, {ids(0, sims)});
        EXPECT_TRUE(sweep.complete()) << sims;
        EXPECT_EQ(seen(fleet), ids(0, sims)) << sims;
        EXPECT_EQ(sweep.why_by_offset(), "") << sims;
        EXPECT_FALSE(sweep.memory().keyset_failed) << sims;
    }
}

TEST(Keyset, PagesSideBySideEnterTheListAtThePivotsOfTheLastSweep)
{
    auto plan = tens;
    plan.in_flight = 6;
    Fleet fleet;
    const Api api{ids(0, 100)};
    Sweep before{fleet, sweep_number - 1, plan};
    walk(before, api);

    Sweep sweep{fleet, sweep_number, plan, before.memory()};
    const auto first = sweep.next().value();
    sweep.accept(first, api(first));
    std::vector<PageRequest> open;
    while (const auto request = sweep.next())
        open.push_back(*request);
    EXPECT_THAT(open, SizeIs(6)); // three pages, each with its proof

    // Whichever is answered first, they join in the order of the list.
    std::ranges::reverse(open);
    for (const auto& request : open)
        sweep.accept(request, api(request));
    const auto so_far = seen(fleet);
    EXPECT_EQ(so_far, ids(0, static_cast<int>(so_far.size())));
    EXPECT_GE(so_far.size(), 25U);
    walk(sweep, api);
    EXPECT_TRUE(sweep.complete());
    EXPECT_EQ(seen(fleet), ids(0, 100));
    EXPECT_EQ(sweep.counts().unchanged, 100);
}

TEST(Keyset, PivotsThatHaveLeftAndSimsThatCameBetweenThemAreNoSurprise)
{
    auto plan = tens;
    plan.in_flight = 4;
    Fleet fleet;
    Sweep before{fleet, sweep_number - 1, plan};
    walk(before, {ids(0, 200)});
    auto list = ids(0, 200);
    for (const auto& pivot : before.memory().pivots)
        std::erase(list, pivot);
    for (int i = 0; i < 30; ++i)
        list.push_back("1077x" + std::to_string(100 + i)); // more than a page between two pivots
    std::ranges::sort(list);

    Sweep sweep{fleet, sweep_number, plan, before.memory()};
    walk(sweep, {list});
    EXPECT_TRUE(sweep.complete());
    EXPECT_EQ(seen(fleet), list);
    EXPECT_EQ(sweep.why_by_offset(), "");
}

TEST(Keyset, WhereIdsAreSortedByOneRuleAndComparedByAnotherGoesOnByOffset)
{
    struct Case
    {
        Rule sorts;
        Rule compares;
    };
    for (const auto& [sorts, compares] : {Case{as_numbers, as_text}, Case{as_text, as_numbers}})
    {
        Fleet fleet;
        Sweep sweep{fleet, sweep_number, tens};
        walk(sweep, {sorted(of_all_lengths(), sorts), compares});
        EXPECT_TRUE(sweep.complete());
        EXPECT_EQ(seen(fleet), sorted(of_all_lengths(), as_text));
        EXPECT_NE(sweep.why_by_offset(), "");
        EXPECT_TRUE(sweep.memory().keyset_failed);
    }
}

// 1000 comes behind 999 where ids are sorted as numbers; as text it is smaller than any pivot.
TEST(Keyset, OneSimOfAnotherLengthIsEnoughToShowIt)
{
    for (const auto* newcomer : {"1000", "1001", "9990"})
    {
        Ids list;
        for (int i = 200; i <= 999; ++i)
            list.push_back(std::to_string(i));
        Fleet fleet;
        Sweep before{fleet, sweep_number - 1, tens};
        walk(before, {list});
        EXPECT_EQ(before.why_by_offset(), "");

        list.emplace_back(newcomer);
        Sweep sweep{fleet, sweep_number, tens, before.memory()};
        walk(sweep, {list, as_text});
        EXPECT_TRUE(sweep.complete());
        EXPECT_EQ(seen(fleet), sorted(list, as_text)) << newcomer;
    }
}

TEST(Keyset, AnApiThatNeverDescendsProvesNothing)
{
    Fleet fleet;
    Sweep sweep{fleet, sweep_number, tens};
    walk(sweep, {sorted(of_all_lengths(), as_text), as_numbers, false});
    EXPECT_TRUE(sweep.complete());
    EXPECT_EQ(seen(fleet), sorted(of_all_lengths(), as_text));
    EXPECT_NE(sweep.why_by_offset(), "");
}

TEST(Keyset, AnApiThatIgnoresTheFilterProvesNothing)
{
    Fleet fleet;
    Sweep sweep{fleet, sweep_number, tens};
    const auto list = ids(0, 100);
    walk(sweep, {list, [](auto, auto) { return true; }});
    EXPECT_TRUE(sweep.complete());
    EXPECT_EQ(seen(fleet), list);
    EXPECT_NE(sweep.why_by_offset(), "");
}

TEST(Keyset, AnApiThatRefusesTheQuestionIsAskedByOffsetFromThereOn)
{
    Fleet fleet;
    Sweep sweep{fleet, sweep_number, tens};
    const Api api{ids(0, 40)};
    for (int answered = 0; answered < 3; ++answered)
        if (const auto request = sweep.next())
            sweep.accept(*request, api(*request));
    const auto open = sweep.next().value();
    sweep.fall_back("the API does not know LTE");
    EXPECT_EQ(sweep.next(), (PageRequest{14, 10})); // three rows before the chain's end
    EXPECT_THAT(sweep.accept(open, api(open)), IsEmpty());
    EXPECT_EQ(sweep.why_by_offset(), "the API does not know LTE");
    sweep.accept({14, 10}, api({14, 10}));
    walk(sweep, api);
    EXPECT_TRUE(sweep.complete());
    EXPECT_EQ(seen(fleet), ids(0, 40));
}

TEST(Keyset, AnEmptyAnswerIsNeverTheEnd)
{
    Fleet fleet;
    Sweep sweep{fleet, sweep_number, tens};
    const Api api{ids(0, 100)};
    int asked = 0;
    for (int i = 0; i < most_questions && !sweep.finished(); ++i)
        if (const auto request = sweep.next())
            sweep.accept(*request, ++asked % 5 == 0 ? Page{} : api(*request));
    EXPECT_TRUE(sweep.complete());
    EXPECT_EQ(seen(fleet), ids(0, 100));
}

TEST(Automatic, GoesByKeyWhereTheFleetIsDeepAndPivotsAreKnown)
{
    auto plan = tens;
    plan.pagination = Pagination::automatic;
    auto deep = known(ids(0, 60));
    Sweep first{deep, sweep_number, plan};
    EXPECT_EQ(walk(first, {ids(0, 60)}).count(PageRequest::Way::after), 0U);

    Sweep second{deep, sweep_number + 1, plan, first.memory()};
    const auto asked = walk(second, {ids(0, 60)});
    EXPECT_GT(asked.at(PageRequest::Way::after), 5);
    EXPECT_EQ(asked.at(PageRequest::Way::offset), 1);
    EXPECT_TRUE(second.complete());

    auto shallow = known(ids(0, 50));
    Sweep third{shallow, sweep_number, plan, first.memory()};
    EXPECT_EQ(walk(third, {ids(0, 50)}).count(PageRequest::Way::after), 0U);
}

TEST(Automatic, StaysWithOffsetsAfterASurprise)
{
    auto plan = tens;
    plan.pagination = Pagination::automatic;
    const Api odd{sorted(of_all_lengths(), as_numbers), as_text};
    Fleet fleet;
    Sweep first{fleet, 1, plan};
    walk(first, odd);
    Sweep second{fleet, 2, plan, first.memory()};
    EXPECT_GT(walk(second, odd).at(PageRequest::Way::after), 0);
    EXPECT_TRUE(second.complete());
    Sweep third{fleet, 3, plan, second.memory()};
    EXPECT_EQ(walk(third, odd).count(PageRequest::Way::after), 0U);
}

TEST(Offset, NeverGoesByKey)
{
    auto plan = tens;
    plan.pagination = Pagination::offset;
    auto fleet = known(ids(0, 60));
    Sweep first{fleet, sweep_number - 1, plan};
    walk(first, {ids(0, 60)});
    Sweep sweep{fleet, sweep_number, plan, first.memory()};
    EXPECT_EQ(walk(sweep, {ids(0, 60)}).count(PageRequest::Way::after), 0U);
}

TEST(KeysetOfABusyList, MissesNoSimThatStaysAndAlwaysEnds)
{
    constexpr unsigned seeds = 200;
    unsigned complete = 0;
    unsigned surprised = 0;
    for (unsigned seed = 0; seed < seeds; ++seed)
    {
        test::BusyList busy{seed, Pagination::keyset};
        auto fleet = busy.fleet();
        Sweep before{fleet, 1, busy.plan()};
        busy.drive(before);
        Sweep sweep{fleet, sweep_number, busy.plan(), before.memory()};
        busy.drive(sweep);
        EXPECT_TRUE(sweep.finished()) << "seed " << seed;
        EXPECT_LE(busy.max_open(), busy.plan().in_flight) << "seed " << seed;
        surprised += sweep.why_by_offset().empty() ? 0 : 1;
        if (!sweep.complete())
            continue;
        ++complete;
        EXPECT_TRUE(std::ranges::includes(seen(fleet), busy.stable())) << "seed " << seed;
    }
    EXPECT_GT(complete, seeds * 9 / 10); // or the above would say little
    EXPECT_LT(surprised, seeds / 2);     // the lists are replaced nearly whole while they are read
}

RC_GTEST_PROP(Keyset, AlwaysEndsWhateverIsAnswered, ())
{
    auto fleet = known(ids(0, *rc::gen::inRange(0, 50)));
    auto plan = tens;
    plan.in_flight = *rc::gen::inRange<std::size_t>(1, 5);
    Sweep sweep{fleet, sweep_number, plan, {ids(0, *rc::gen::inRange(0, 20)), false}};
    for (int i = 0; i < most_questions && !sweep.finished(); ++i)
        if (const auto request = sweep.next())
            sweep.accept(*request, test::page(ids(*rc::gen::inRange(0, 50), *rc::gen::inRange(0, 11))));
    RC_ASSERT(sweep.finished());
}

} // namespace
} // namespace simsync
