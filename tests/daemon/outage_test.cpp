#include "daemon/outage.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

TEST(Outage, IsToldOnceOfEachCauseHoweverManyItStrikes)
{
    Outage outage;
    EXPECT_TRUE(outage.begins("main", "it is shutting down"));
    EXPECT_FALSE(outage.begins("backup", "it is shutting down"));
    EXPECT_TRUE(outage.begins("backup", "there is no primary"));
    EXPECT_FALSE(outage.begins("main", "there is no primary"));
    EXPECT_FALSE(outage.begins("sink pager", "it is shutting down")) << "it comes and goes";
}

TEST(Outage, IsOverWithTheLastThatIsServedAgainAndThenBeginsAnew)
{
    Outage outage;
    outage.begins("main", "away");
    outage.begins("backup", "away");
    EXPECT_EQ(outage.ends("main"), 0);
    EXPECT_FALSE(outage.begins("main", "away")) << "struck again, by the same outage";
    EXPECT_EQ(outage.ends("backup"), 0);
    EXPECT_EQ(outage.ends("main"), 2);
    EXPECT_TRUE(outage.begins("main", "away"));
}

TEST(Outage, ThatLastsForOneAloneHidesNoOther)
{
    Outage outage;
    outage.begins("refused", "a trigger");
    for (int times = 0; times < 2; ++times)
    {
        EXPECT_TRUE(outage.begins("main", "away"));
        EXPECT_FALSE(outage.begins("refused", "away"));
        EXPECT_EQ(outage.ends("main"), 0);
        EXPECT_EQ(outage.ends("refused"), 2);
        EXPECT_TRUE(outage.begins("refused", "a trigger"));
    }
    EXPECT_TRUE(outage.begins("main", "away"));
    EXPECT_EQ(outage.ends("main"), 1) << "the trigger is none of its business";
}

TEST(Outage, WhatComesOfItIsToldOnceAndOfTheNextOneAnew)
{
    Outage outage;
    EXPECT_TRUE(outage.has_news("promoted")) << "found when the first began to lead";
    EXPECT_FALSE(outage.has_news("promoted"));
    for (int times = 0; times < 2; ++times)
    {
        outage.begins("main", "away");
        EXPECT_TRUE(outage.has_news("promoted"));
        EXPECT_FALSE(outage.has_news("promoted"));
        outage.ends("main");
        EXPECT_FALSE(outage.has_news("promoted")) << "by one that comes late";
    }
}

TEST(Outage, KnowsWhomItStrikesNow)
{
    Outage outage;
    outage.begins("main", "away");
    EXPECT_TRUE(outage.strikes("main"));
    EXPECT_FALSE(outage.strikes("backup"));
    outage.ends("main");
    EXPECT_FALSE(outage.strikes("main"));
}

TEST(Outage, DoesNotEndForWhomItDidNotStrike)
{
    Outage outage;
    EXPECT_EQ(outage.ends("main"), 0);
    outage.begins("backup", "away");
    EXPECT_EQ(outage.ends("main"), 0);
    EXPECT_EQ(outage.ends("backup"), 1);
}

} // namespace
} // namespace simsync
