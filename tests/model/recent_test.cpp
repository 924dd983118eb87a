// Which questions a look asks, and which answers end a way of asking.
#include "model/recent.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;
using Way = RecentRequest::Way;

constexpr Timestamp noon{std::chrono::sys_days{std::chrono::May / 1 / 2026} + 12h};
constexpr RecentPlan plan{.rows = 10, .most_pages = 5};

// An API: the activities of its SIMs, and its habits.
struct Api
{
    std::vector<std::optional<Timestamp>> activities;
    bool sorts = true;
    bool filters = true;
    bool nulls_first = false;
    std::size_t cap = 1'000;
    std::function<bool(Timestamp activity, Timestamp since)> keeps = [](Timestamp activity, Timestamp since)
    { return activity >= since; };

    RecentAnswer answer(const RecentRequest& request) const
    {
        auto rows = activities;
        if (filters && request.filters())
            std::erase_if(rows, [&](const auto& each) { return !each || !keeps(*each, request.since); });
        if (filters && request.until)
            std::erase_if(rows, [&](const auto& each) { return !each || *each > *request.until; });
        const auto newer = [this](const auto& left, const auto& right)
        { return left.has_value() == right.has_value() ? left > right : left.has_value() != nulls_first; };
        if (sorts && request.sorts_by_time())
            std::ranges::stable_sort(rows, newer);
        RecentAnswer answer;
        const auto end =
            std::min<std::size_t>(rows.size(), request.offset + std::min<std::size_t>(request.limit, cap));
        for (auto row = request.offset; row < end; ++row)
            answer.activities.push_back(rows[row]);
        answer.rows = answer.activities.size();
        return answer;
    }
};

// SIMs that were active one second after the other, in no order, the last one at noon.
Api api_of(int sims)
{
    Api api;
    for (int i = 0; i < sims; ++i)
        api.activities.emplace_back(noon - std::chrono::seconds(i));
    std::ranges::shuffle(api.activities, std::minstd_rand{7});
    return api;
}

// One look of which so many rows are news on each page; what was shown.
std::vector<Timestamp>
look(Recent& recent, const Api& api, std::size_t news_until = 0, std::optional<Timestamp> until = {})
{
    std::vector<Timestamp> shown;
    recent.begin(until);
    while (const auto request = recent.next())
    {
        const auto answer = api.answer(*request);
        for (const auto& each : answer.activities)
            if (each)
                shown.push_back(*each);
        recent.accept(answer, std::min(news_until, answer.activities.size()));
    }
    return shown;
}

// Looks until what is shown is the newest rows of all; how many it took.
int looks_until_newest(Recent& recent, const Api& api)
{
    std::vector<Timestamp> newest;
    for (const auto& each : api.activities)
        if (each)
            newest.push_back(*each);
    std::ranges::sort(newest, std::greater{});
    newest.resize(std::min<std::size_t>(newest.size(), plan.rows));
    for (int looks = 1; looks < 100; ++looks)
    {
        auto shown = look(recent, api);
        std::ranges::sort(shown, std::greater{});
        if (shown.size() >= newest.size() &&
            std::ranges::equal(newest, std::span(shown).first(newest.size())))
            return looks;
    }
    return 100;
}

TEST(Recent, OfAnApiThatGivesFewerRowsThanAskedForNoneIsPassedOver)
{
    auto api = api_of(100);
    api.cap = 4;
    Recent recent{plan, noon};
    auto shown = look(recent, api, 4); // all of them news
    std::ranges::sort(shown, std::greater{});
    ASSERT_EQ(shown.size(), 4 * plan.most_pages);
    EXPECT_EQ(shown.back(), noon - std::chrono::seconds(shown.size() - 1)) << "one after the other";
}

// After a busy look a page's rows are known to lie behind the horizon, and no answer ever holds as many.
TEST(Recent, AnApiThatGivesFewerRowsThanAskedForIsNotTakenForOneThatLeavesThemOut)
{
    auto api = api_of(1'000);
    api.cap = 4;
    Recent recent{plan, noon};
    for (int looks = 0; looks < 20; ++looks)
        look(recent, api, 4); // all of them news
    EXPECT_EQ(recent.way(), Way::newest_since);
    EXPECT_EQ(recent.pages(), 3U) << "ten rows lie behind the horizon";
}

TEST(Recent, AStaleAnswerDoesNotTakeTheHorizonBack)
{
    const auto stale = api_of(100);
    auto api = stale;
    for (int second = 1; second <= 20; ++second)
        api.activities.emplace_back(noon + std::chrono::seconds(second));
    Recent recent{plan, noon};
    look(recent, api);
    const auto horizon = noon + 11s;
    recent.begin();
    EXPECT_EQ(recent.next()->since, horizon);
    RecentAnswer older; // by a replica that does not filter what it shows
    for (int second = 0; second < 10; ++second)
        older.activities.emplace_back(noon - std::chrono::seconds(second));
    older.rows = older.activities.size();
    recent.accept(older, 0);
    recent.begin();
    EXPECT_EQ(recent.next()->since, horizon);
}

// Such a server counts whoever was active in the second that it is asked from.
TEST(Recent, AServerThatComparesBySecondsIsHonestWithoutASort)
{
    Api api;
    for (int i = 0; i < 100; ++i)
        api.activities.emplace_back(noon - i * 300ms);
    std::ranges::shuffle(api.activities, std::minstd_rand{7});
    api.sorts = false;
    api.keeps = [](Timestamp activity, Timestamp since)
    {
        return std::chrono::floor<std::chrono::seconds>(activity) >=
               std::chrono::floor<std::chrono::seconds>(since);
    };
    Recent recent{plan, noon};
    for (int looks = 0; looks < 20; ++looks)
        look(recent, api);
    EXPECT_FALSE(recent.impossible());
    EXPECT_EQ(recent.way(), Way::since);
}

TEST(Recent, OfMoreThanCanBeReadWithoutASortTheNextLookHasHalfBeforeIt)
{
    auto api = api_of(3'000);
    api.sorts = false;
    Recent recent{plan, noon};
    while (recent.way() != Way::since)
        look(recent, api);
    auto shown = look(recent, api);
    std::ranges::sort(shown, std::greater{});
    recent.begin();
    EXPECT_EQ(recent.next()->since, shown.at(shown.size() / 2));
}

// Behind an API that took 5 s an answer, or that is asked for small pages: what came in while the second page
// was asked for pushed the first page's rows into it. They were known by then, and looked like the depth.
TEST(Recent, ALookThatIsOvertakenByWhatComesInIsMadeUpForByTheNext)
{
    auto api = api_of(100);
    Recent recent{plan, noon};
    look(recent, api);
    const auto come_in = [&](int first, int last)
    {
        for (int second = first; second <= last; ++second)
            api.activities.emplace_back(noon + std::chrono::seconds(second));
    };
    come_in(1, 30);
    recent.begin();
    recent.accept(api.answer(*recent.next()), 10);
    come_in(31, 42);
    recent.accept(api.answer(*recent.next()), 2); // of the second page 32 and 31 are news, the others known
    EXPECT_FALSE(recent.next()) << "there is no getting deeper";

    const auto shown = look(recent, api, 0);
    for (int second = 1; second <= 20; ++second)
        EXPECT_THAT(shown, testing::Contains(noon + std::chrono::seconds(second)));
    EXPECT_EQ(look(recent, api).size(), plan.rows) << "and then all is as ever";
}

TEST(Recent, OfManyThatMovedAtOnceNoneIsPassedOver)
{
    auto api = api_of(100);
    Recent recent{plan, noon};
    look(recent, api);
    for (int i = 0; i < 25; ++i)
        api.activities.emplace_back(noon + 1s);
    const auto shown = look(recent, api, plan.rows);
    EXPECT_EQ(std::ranges::count(shown, noon + 1s), 25);
}

TEST(Recent, ShowsTheNewestAtOnceAndAsksForNoMoreThanAPageOfThem)
{
    const auto api = api_of(10'000);
    Recent recent{plan, noon};
    EXPECT_EQ(looks_until_newest(recent, api), 1);
    recent.begin();
    const auto request = recent.next();
    ASSERT_TRUE(request);
    EXPECT_EQ(request->way, Way::newest_since);
    EXPECT_EQ(request->since, noon - 9s) << "ten rows are behind it";
    EXPECT_EQ(request->limit, 10U);
}

TEST(Recent, IsOverAfterAPageThatTellsNothingNewInItsSecondHalf)
{
    const auto api = api_of(10'000);
    for (const auto& [news, pages] : {std::pair(0U, 1U), {5U, 1U}, {6U, 5U}})
    {
        Recent recent{plan, noon};
        look(recent, api, news);
        EXPECT_EQ(recent.pages(), pages) << news;
    }
}

TEST(Recent, FindsTheNewestWhateverOurClockSays)
{
    const auto api = api_of(1'000);
    for (const auto off : {-1000 * 24h, -24h, 0h, 24h, 1000 * 24h, 300'000 * 24h})
    {
        Recent recent{plan, noon + off};
        EXPECT_LE(looks_until_newest(recent, api), 20) << off.count();
        EXPECT_EQ(recent.way(), Way::newest_since);
    }
}

TEST(Recent, IsNotBlindedByASimThatIsActiveInTheFuture)
{
    auto api = api_of(1'000);
    Recent recent{plan, noon};
    look(recent, api);
    for (int i = 0; i < 9; ++i)
        api.activities.emplace_back(noon + 24h * 365 * (i + 1));
    look(recent, api);
    api.activities.emplace_back(noon + 1s);
    EXPECT_THAT(look(recent, api), testing::Contains(noon + 1s));
}

TEST(Recent, KnowsThatItIsShownTheFutureAlone)
{
    auto api = api_of(1'000);
    Recent recent{plan, noon};
    look(recent, api);
    EXPECT_FALSE(recent.lies_beyond(noon));
    for (int i = 0; i < 9; ++i)
        api.activities.emplace_back(noon + 24h);
    look(recent, api);
    EXPECT_FALSE(recent.lies_beyond(noon)) << "one row of ten is not";
    api.activities.emplace_back(noon + 24h);
    look(recent, api);
    EXPECT_TRUE(recent.lies_beyond(noon));
    EXPECT_FALSE(recent.lies_beyond(noon + 24h));
}

TEST(Recent, FindsTheNewestUntilATimeByWhicheverWayTheApiAnswers)
{
    for (const auto& [sorts, filters] : {std::pair(true, true), {false, true}, {true, false}})
    {
        auto api = api_of(1'000);
        for (int i = 0; i < 100; ++i)
            api.activities.emplace_back(noon + 24h);
        api.sorts = sorts;
        api.filters = filters;
        Recent recent{plan, noon};
        bool found = false;
        for (int looks = 0; looks < 30; ++looks)
            found |= std::ranges::count(look(recent, api, 0, noon), noon) > 0;
        EXPECT_EQ(found, filters);
        EXPECT_EQ(recent.impossible(), !filters) << "a filter that is ignored shows whom it should not";
    }
}

TEST(Recent, SeesWhatIsWrittenLateAmongAPageOfRows)
{
    auto api = api_of(1'000);
    Recent recent{plan, noon};
    look(recent, api);
    api.activities.emplace_back(noon - 4500ms);
    EXPECT_THAT(look(recent, api), testing::Contains(noon - 4500ms));
}

TEST(Recent, AsksForAllOfASmallFleet)
{
    const auto api = api_of(4);
    Recent recent{plan, noon + 1000h};
    EXPECT_LT(looks_until_newest(recent, api), 10);
    for (int i = 0; i < 30; ++i)
        look(recent, api);
    EXPECT_FALSE(recent.impossible());
    EXPECT_EQ(look(recent, api).size(), 4U);
}

TEST(Recent, DoesWithoutAFilterThatIsIgnored)
{
    auto api = api_of(1'000);
    api.filters = false;
    Recent recent{plan, noon};
    EXPECT_EQ(looks_until_newest(recent, api), 1);
    EXPECT_EQ(recent.way(), Way::newest_since) << "sorted, it does no harm";
}

TEST(Recent, DoesWithoutAFilterThatComparesByAnotherRule)
{
    auto api = api_of(1'000);
    api.keeps = [](Timestamp, Timestamp) { return false; };
    Recent recent{plan, noon};
    EXPECT_LE(looks_until_newest(recent, api), 30);
    EXPECT_EQ(recent.way(), Way::newest);
}

TEST(Recent, AFilterThatLeavesOutWhatItHasShownIsGivenUp)
{
    auto api = api_of(1'000);
    Recent recent{plan, noon};
    look(recent, api);
    api.keeps = [](Timestamp activity, Timestamp since) { return activity >= since + 3h; };
    EXPECT_LE(looks_until_newest(recent, api), 4);
    EXPECT_EQ(recent.way(), Way::newest);
}

TEST(Recent, GoesByTheFilterAloneWhereNothingIsSorted)
{
    auto api = api_of(1'000);
    api.sorts = false;
    for (const auto off : {-24h, 0h, 24h})
    {
        Recent recent{plan, noon + off};
        EXPECT_LE(looks_until_newest(recent, api), 30) << off.count();
        EXPECT_EQ(recent.way(), Way::since);
        look(recent, api);
        EXPECT_LE(recent.pages(), 3U) << "few more than a page's rows are behind it";
    }
}

TEST(Recent, IsImpossibleWhereTheApiDoesNeither)
{
    auto api = api_of(1'000);
    api.sorts = api.filters = false;
    Recent recent{plan, noon};
    int looks = 0;
    for (; !recent.impossible() && looks < 100; ++looks)
        look(recent, api);
    EXPECT_LE(looks, 12);
    recent.begin();
    EXPECT_FALSE(recent.next());
}

TEST(Recent, IsImpossibleWhereNobodyHasATime)
{
    Api api;
    api.activities.resize(50);
    Recent recent{plan, noon};
    for (int i = 0; i < 100 && !recent.impossible(); ++i)
        look(recent, api);
    EXPECT_TRUE(recent.impossible());
}

TEST(Recent, SimsWithoutATimeDoNotHideTheOthers)
{
    for (const bool nulls_first : {false, true})
    {
        auto api = api_of(1'000);
        api.activities.resize(1'500);
        api.nulls_first = nulls_first;
        Recent recent{plan, noon};
        EXPECT_EQ(looks_until_newest(recent, api), 1);
    }
}

TEST(Recent, LooksAtTheNewestOfAnApiThatGivesLessThanItIsAskedFor)
{
    auto api = api_of(1'000);
    api.cap = 3;
    Recent recent{plan, noon};
    for (int i = 0; i < 40; ++i)
        EXPECT_THAT(look(recent, api), testing::Contains(noon));
    look(recent, api, 3);
    EXPECT_EQ(recent.pages(), 5U) << "it goes on where all is news";
}

TEST(Recent, ALookThatWasBrokenOffIsMadeUpForPastWhatIsKnownByThen)
{
    for (const auto way : {Way::newest_since, Way::newest})
    {
        auto api = api_of(1'000);
        Recent recent{plan, noon};
        for (int i = 0; way == Way::newest && i < 3; ++i)
        {
            recent.begin();
            recent.refused();
        }
        look(recent, api);
        for (int i = 1; i <= 35; ++i)
            api.activities.emplace_back(noon + std::chrono::seconds(i));

        recent.begin();
        recent.accept(api.answer(*recent.next()), 10); // the newest ten, and then the API goes away
        ASSERT_TRUE(recent.next());
        recent.give_up();

        const auto shown = look(recent, api, 0); // the newest ten are known
        EXPECT_EQ(recent.way(), way);
        EXPECT_THAT(shown, testing::Contains(noon + 1s));
        look(recent, api, 0);
        EXPECT_EQ(recent.pages(), 1U) << "once";
    }
}

TEST(Recent, OneRefusalEndsALookAndThreeInARowTheWay)
{
    const auto api = api_of(1'000);
    Recent recent{plan, noon};
    for (int i = 0; i < 2; ++i)
    {
        recent.begin();
        recent.refused();
        EXPECT_FALSE(recent.next());
    }
    look(recent, api);
    for (int i = 0; i < 2; ++i)
    {
        recent.begin();
        recent.refused();
    }
    EXPECT_EQ(recent.way(), Way::newest_since);
    recent.begin();
    recent.refused();
    EXPECT_EQ(recent.way(), Way::newest);
}

} // namespace
} // namespace simsync
