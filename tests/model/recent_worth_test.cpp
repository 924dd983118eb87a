#include "model/recent_worth.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

RecentWorth after(int sweeps, FoundChanges each)
{
    RecentWorth worth;
    for (int i = 0; i < sweeps; ++i)
        worth.sweep_ended(each);
    return worth;
}

TEST(RecentWorth, IsTheShareOfChangesThatLooksFound)
{
    EXPECT_EQ(RecentWorth{}.share(), std::nullopt);
    EXPECT_EQ(after(3, {}).share(), std::nullopt);
    EXPECT_DOUBLE_EQ(after(3, {1, 3}).share().value(), 0.25);
}

TEST(RecentWorth, IsDoubtedAfterTenSweepsBelowOneInFive)
{
    EXPECT_TRUE(after(9, {0, 7}).worthwhile());
    EXPECT_FALSE(after(10, {0, 7}).worthwhile());
    EXPECT_TRUE(after(10, {1, 4}).worthwhile());
    EXPECT_FALSE(after(10, {19, 81}).worthwhile());
    EXPECT_TRUE(after(10, {}).worthwhile()) << "nothing changed";
}

TEST(RecentWorth, ForgetsWhatLiesTenSweepsBack)
{
    auto worth = after(10, {0, 7});
    for (int i = 0; i < 9; ++i)
        worth.sweep_ended({7, 7});
    EXPECT_TRUE(worth.worthwhile());
    worth.sweep_ended({7, 7});
    EXPECT_DOUBLE_EQ(worth.share().value(), 0.5);
}

constexpr AutomaticLooks each_minute{.sweep_interval = 60s, .page_size = 500};

TEST(AutomaticInterval, AsksNoMoreOftenThanSweepsDoAndNeverMoreThanEveryTwoSeconds)
{
    EXPECT_EQ(automatic_interval(each_minute, 200'000), 2s);
    EXPECT_EQ(automatic_interval(each_minute, 10'000), 60'000ms / 21);
    EXPECT_EQ(automatic_interval(each_minute, 2'000), 12s);
}

TEST(AutomaticInterval, LeavesASmallFleetToItsSweeps)
{
    EXPECT_EQ(automatic_interval(each_minute, 1'500), 15s);
    EXPECT_EQ(automatic_interval(each_minute, 1'499), std::nullopt);
    EXPECT_EQ(automatic_interval(each_minute, 0), std::nullopt);
}

TEST(AutomaticInterval, IsNoneWhereSweepsComeAsOften)
{
    auto often = each_minute;
    often.sweep_interval = 7s;
    EXPECT_EQ(automatic_interval(often, 1'000'000), std::nullopt);
    often.sweep_interval = 8s;
    EXPECT_EQ(automatic_interval(often, 1'000'000), 2s);
}

TEST(AutomaticInterval, TakesAQuarterOfWhatIsAllowedAtMost)
{
    auto allowed = each_minute;
    allowed.requests_per_second = 5;
    EXPECT_EQ(automatic_interval(allowed, 200'000), 2s);
    allowed.requests_per_second = 1;
    EXPECT_EQ(automatic_interval(allowed, 200'000), 4s);
    allowed.requests_per_second = 0.001;
    EXPECT_EQ(automatic_interval(allowed, 200'000), std::nullopt);
}

} // namespace
} // namespace simsync
