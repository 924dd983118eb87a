// How long we wait for an API that fails.
#include "model/backoff.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

constexpr double almost_one = 0.999999999;
constexpr Backoff backoff{.first = 500ms, .longest = 30s, .patience = 6};
constexpr Backoff endless{.first = 500ms, .longest = 30s, .patience = 0};

TEST(Backoff, DoublesUpToTheLongest)
{
    EXPECT_EQ(endless.delay(1, almost_one), 499ms);
    EXPECT_EQ(endless.delay(2, almost_one), 999ms);
    EXPECT_EQ(endless.delay(3, almost_one), 1'999ms);
    EXPECT_EQ(endless.delay(6, almost_one), 15'999ms);
    EXPECT_EQ(endless.delay(7, almost_one), 29'999ms);
    EXPECT_EQ(endless.delay(8, almost_one), 29'999ms);
}

TEST(Backoff, IsDrawnEvenlyFromZero)
{
    EXPECT_EQ(endless.delay(3, 0.0), 0ms);
    EXPECT_EQ(endless.delay(3, 0.25), 500ms);
    EXPECT_EQ(endless.delay(3, 0.5), 1s);
}

TEST(Backoff, GivesUpOncePatienceIsSpent)
{
    EXPECT_TRUE(backoff.delay(5, 0.5));
    EXPECT_FALSE(backoff.delay(6, 0.5));
    EXPECT_FALSE(backoff.delay(7, 0.5, 1s));
    EXPECT_FALSE((Backoff{.patience = 1}.delay(1, 0.5)));
}

TEST(Backoff, WithoutABoundItNeverGivesUp)
{
    EXPECT_EQ(endless.delay(1'000'000, 0.5), 15s);
    EXPECT_EQ(endless.delay(std::numeric_limits<int>::max(), 0.5), 15s);
}

TEST(Backoff, AsksNothingBeforeTheServerWantsIt)
{
    EXPECT_EQ(backoff.delay(1, 0.5, 10s), 10s);
    EXPECT_EQ(backoff.delay(1, 0.5, 5min), 5min);
}

TEST(Backoff, WaitsLongerThanTheServerAsksWhereTheDrawIsLonger)
{
    EXPECT_EQ(backoff.delay(5, 0.5, 1s), 4s);
    EXPECT_EQ(backoff.delay(5, 0.5, 0s), 4s);
}

RC_GTEST_PROP(Backoff, StaysWithinItsBounds, ())
{
    const auto failures = *rc::gen::inRange(1, 100);
    const auto chance = *rc::gen::inRange(0, 1000) / 1000.0;
    const auto delay = endless.delay(failures, chance);
    RC_ASSERT(delay >= 0ms);
    RC_ASSERT(delay < endless.longest);
    RC_ASSERT(delay <= endless.delay(failures + 1, chance));
}

} // namespace
} // namespace simsync
