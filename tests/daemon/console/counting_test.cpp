// When the fleet is counted again.
#include "daemon/console/counting.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

constexpr std::chrono::steady_clock::time_point noon{12h};

TEST(Counting, BeginsAtOnce)
{
    EXPECT_TRUE(count_is_due({}, noon));
}

TEST(Counting, OfAFewSimsIsAtMostEveryTenSeconds)
{
    EXPECT_FALSE(count_is_due(LastCount{noon, 38ms}, noon + 10s - 1ns));
    EXPECT_TRUE(count_is_due(LastCount{noon, 38ms}, noon + 10s));
}

TEST(Counting, OfManySimsTakesATwentiethOfTheTime)
{
    EXPECT_FALSE(count_is_due(LastCount{noon, 2s}, noon + 40s - 1ns));
    EXPECT_TRUE(count_is_due(LastCount{noon, 2s}, noon + 40s));
}

} // namespace
} // namespace simsync
