#include "sink/send_limit.hpp"

#include <gtest/gtest.h>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;

const SendLimit::Time now{1h};

// As many as may are on their way, and all are taken.
void take_a_round(SendLimit& limit)
{
    const auto on_their_way = limit.now();
    for (auto i = on_their_way; i > 0; --i)
        limit.taken(limit.now());
}

TEST(SendLimit, DoublesWithEachRoundUpToTheMost)
{
    SendLimit limit(20);
    EXPECT_EQ(limit.now(), 1);
    for (const auto expected : {2U, 4U, 8U, 16U, 20U, 20U})
    {
        take_a_round(limit);
        EXPECT_EQ(limit.now(), expected);
    }
}

TEST(SendLimit, OfOneIsOne)
{
    SendLimit limit(1);
    take_a_round(limit);
    EXPECT_EQ(limit.now(), 1);
    limit.too_much(now, now);
    EXPECT_EQ(limit.now(), 1);
}

TEST(SendLimit, DoesNotGrowByWhatItDoesNotNeed)
{
    SendLimit limit(20);
    take_a_round(limit);
    for (int i = 0; i < 100; ++i)
        limit.taken(1);
    EXPECT_EQ(limit.now(), 2);
}

TEST(SendLimit, HalvesOnceForAllThatWereOnTheirWayAndGoesOnOneByOne)
{
    SendLimit limit(64);
    for (int i = 0; i < 5; ++i)
        take_a_round(limit);
    ASSERT_EQ(limit.now(), 32);
    for (int i = 0; i < 32; ++i)
        limit.too_much(now, now + 1s);
    EXPECT_EQ(limit.now(), 16);
    take_a_round(limit);
    EXPECT_EQ(limit.now(), 17);
    take_a_round(limit);
    EXPECT_EQ(limit.now(), 18);
    limit.too_much(now + 2s, now + 3s);
    EXPECT_EQ(limit.now(), 9);
}

TEST(SendLimit, IsOneWhereNothingIsTakenAndDoublesFromThere)
{
    SendLimit limit(64);
    for (int i = 0; i < 5; ++i)
        take_a_round(limit);
    limit.nothing_taken(now);
    EXPECT_EQ(limit.now(), 1);
    take_a_round(limit);
    take_a_round(limit);
    EXPECT_EQ(limit.now(), 4);
}

TEST(SendLimit, LearnsNothingOfRequestsThatBeganBeforeNothingWasTaken)
{
    SendLimit limit(64);
    limit.nothing_taken(now + 1s);
    limit.too_much(now, now + 2s);
    take_a_round(limit);
    take_a_round(limit);
    EXPECT_EQ(limit.now(), 4) << "it doubles";
}

TEST(SendLimit, GrowsByOneForAWholeRoundSinceItWasCut)
{
    SendLimit limit(64);
    for (int i = 0; i < 3; ++i)
        take_a_round(limit);
    limit.too_much(now, now);
    ASSERT_EQ(limit.now(), 4);
    for (int i = 0; i < 3; ++i)
        limit.taken(4);
    limit.too_much(now + 1s, now + 1s);
    ASSERT_EQ(limit.now(), 2);
    limit.taken(2);
    EXPECT_EQ(limit.now(), 2) << "those before the cut are no part of the round";
    limit.taken(2);
    EXPECT_EQ(limit.now(), 3);
}

} // namespace
} // namespace simsync::test
