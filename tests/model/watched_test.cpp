// Whom to ask for between sweeps, and which of their readings count.
#include "model/watched.hpp"

#include <gmock/gmock.h>

#include <compare>
#include <string>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;
using std::strong_ordering;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr WatchList::Time start{1h};
constexpr Fingerprint first{1, 1};
constexpr Fingerprint second{2, 2};
constexpr Fingerprint third{3, 3};

TEST(WatchList, EachWatchHasItsBeginningAndItsEnd)
{
    WatchList list;
    list.add("a", WatchReason::person, start + 10s, start + 20s);
    EXPECT_THAT(list.next(start), IsEmpty());
    EXPECT_THAT(list.next(start + 10s), ElementsAre("a"));
    EXPECT_THAT(list.next(start + 19s), ElementsAre("a"));
    EXPECT_THAT(list.next(start + 20s), IsEmpty());
    EXPECT_EQ(list.size(), 0U);
}

TEST(WatchList, AsksTheMoreOftenTheMoreUrgentItIs)
{
    for (const auto& [why, times] :
         {std::pair(WatchReason::action, 30),
          {WatchReason::person, 30},
          {WatchReason::deadline, 10},
          {WatchReason::forecast, 1}})
    {
        WatchList list;
        list.add("a", why, start, start + 1h);
        int asked = 0;
        for (auto now = start; now < start + 60s; now += 2s)
            asked += static_cast<int>(list.next(now).size());
        EXPECT_EQ(asked, times) << static_cast<int>(why);
    }
}

TEST(WatchList, AsksForAHandfulAndForEverybodyInTurn)
{
    WatchList list{{.most = 100, .at_once = 2}};
    for (const auto* sim : {"a", "b", "c", "d"})
        list.add(sim, WatchReason::forecast, start, start + 1h);
    list.add("z", WatchReason::action, start, start + 1h);
    EXPECT_THAT(list.next(start), ElementsAre("z", "a"));
    EXPECT_THAT(list.next(start + 10ms), ElementsAre("b", "c"));
    EXPECT_THAT(list.next(start + 20ms), ElementsAre("d"));
    EXPECT_THAT(list.next(start + 30ms), IsEmpty());
    EXPECT_THAT(list.next(start + 61s), ElementsAre("z", "a"));
}

TEST(WatchList, IsBoundedAndLetsTheLeastUrgentGo)
{
    WatchList list{{.most = 2, .at_once = 9}};
    list.add("soon", WatchReason::forecast, start, start + 1h);
    list.add("later", WatchReason::forecast, start + 1s, start + 1h);
    list.add("as urgent", WatchReason::forecast, start, start + 1h);
    EXPECT_EQ(list.size(), 2U);
    list.add("person", WatchReason::person, start, start + 1h);
    EXPECT_THAT(list.next(start + 2s), ElementsAre("person", "soon"));
    list.add("deadline", WatchReason::deadline, start, start + 1h);
    EXPECT_EQ(list.size(), 2U);
    EXPECT_THAT(list.next(start + 5s), ElementsAre("person", "deadline"));
}

TEST(WatchList, ASecondReasonLengthensTheWatchAndCanMakeItUrgent)
{
    WatchList list;
    list.add("a", WatchReason::forecast, start + 1min, start + 2min);
    list.add("a", WatchReason::person, start, start + 10s);
    EXPECT_EQ(list.size(), 1U);
    EXPECT_THAT(list.next(start), ElementsAre("a"));
    EXPECT_THAT(list.next(start + 2s), ElementsAre("a"));
    EXPECT_THAT(list.next(start + 119s), ElementsAre("a"));
    list.add("b", WatchReason::person, start, start);
    EXPECT_EQ(list.size(), 1U) << "nothing that has ended";
}

TEST(WatchList, ALessUrgentReasonMakesNeitherLaterNorLessUrgent)
{
    WatchList list;
    list.add("a", WatchReason::person, start, start + 10s);
    list.add("a", WatchReason::forecast, start + 5s, start + 1min);
    EXPECT_THAT(list.next(start), ElementsAre("a"));
    EXPECT_THAT(list.next(start + 1s), ElementsAre("a")) << "as often as for a person";
}

TEST(WatchList, WhoBeginsLastGivesWayAndNobodyToAnEqual)
{
    WatchList list{{.most = 2, .at_once = 2}};
    list.add("a", WatchReason::forecast, start, start + 1h);
    list.add("b", WatchReason::forecast, start + 1min, start + 1h);
    list.add("c", WatchReason::forecast, start, start + 1h);
    EXPECT_THAT(list.next(start + 1min), ElementsAre("a", "b"));
    list.add("d", WatchReason::person, start, start + 1h);
    EXPECT_THAT(list.next(start + 1h - 1s), ElementsAre("d", "a"));
}

TEST(WatchList, OfEqualsWhoeverWasNotAskedForTheLongestComesFirst)
{
    WatchList list{{.most = 2, .at_once = 1}};
    list.add("a", WatchReason::person, start, start + 1h);
    list.add("b", WatchReason::person, start, start + 1h);
    EXPECT_THAT(list.next(start), ElementsAre("a"));
    EXPECT_THAT(list.next(start + 1s), ElementsAre("b"));
    EXPECT_THAT(list.next(start + 2s), ElementsAre("a"));
}

class Reading : public testing::Test
{
protected:
    void SetUp() override
    {
        list.add("a", WatchReason::forecast, start, start + 1h);
        list.note_known("a", first);
    }

    bool equal(Fingerprint seen) { return list.is_newer("a", seen, strong_ordering::equal); }

    WatchList list;
};

TEST_F(Reading, WithALaterActivityCountsAtOnceWithAnEarlierOneNever)
{
    EXPECT_TRUE(list.is_newer("a", second, strong_ordering::greater));
    EXPECT_FALSE(list.is_newer("a", second, strong_ordering::less));
    EXPECT_FALSE(list.is_newer("a", second, strong_ordering::less));
}

TEST_F(Reading, WithTheSameActivityCountsOnceItWasShownTwiceInARow)
{
    EXPECT_FALSE(equal(second));
    EXPECT_FALSE(equal(third));
    EXPECT_FALSE(equal(second));
    list.shows_known("a");
    EXPECT_FALSE(equal(second)) << "an answer between them showed what is known";
    EXPECT_TRUE(equal(second));
}

TEST_F(Reading, ThatWasShownOnceIsSoonAskedForAgain)
{
    EXPECT_THAT(list.next(start), ElementsAre("a"));
    EXPECT_FALSE(equal(second));
    EXPECT_THAT(list.next(start + 2s), ElementsAre("a"));
    EXPECT_TRUE(equal(second));
    list.note_known("a", second);
    EXPECT_THAT(list.next(start + 4s), IsEmpty());
}

TEST_F(Reading, OfAStateThatWasKnownBeforeNeverCounts)
{
    list.note_known("a", second); // an action of ours, say
    for (int i = 0; i < 5; ++i)
        EXPECT_FALSE(equal(first)) << "a replica has not heard of it";
    EXPECT_FALSE(equal(third));
    EXPECT_TRUE(equal(third));
}

TEST_F(Reading, OfAStateOfLongAgoMayCountAgain)
{
    for (std::uint64_t state = 10; state < 20; ++state)
        list.note_known("a", {state, state});
    EXPECT_FALSE(equal(first));
    EXPECT_TRUE(equal(first)) << "what is remembered is bounded";
}

TEST_F(Reading, KnowsWhetherItHasChangedSinceItIsWatched)
{
    EXPECT_FALSE(list.knew_another("a"));
    list.note_known("a", first);
    EXPECT_FALSE(list.knew_another("a"));
    list.note_known("a", second);
    EXPECT_TRUE(list.knew_another("a"));
    EXPECT_FALSE(list.knew_another("b"));
}

TEST_F(Reading, ADoubtEndsWithWhatItWasADoubtOf)
{
    EXPECT_FALSE(equal(third));
    list.note_known("a", second);
    EXPECT_FALSE(equal(third)) << "once since it is known otherwise";
    EXPECT_TRUE(equal(third));
}

TEST_F(Reading, OfWhoIsNotWatchedIsNoneOfOurs)
{
    list.note_known("b", first);
    EXPECT_FALSE(list.is_newer("b", second, strong_ordering::greater));
}

} // namespace
} // namespace simsync
