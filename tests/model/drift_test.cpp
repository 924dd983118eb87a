// When fields that the API did not know are asked for again.
#include "model/drift.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Drift, AsksForNothingAgainWhereNothingIsLeftOut)
{
    Drift drift;
    EXPECT_FALSE(drift.asks_again());
    EXPECT_THAT(drift.left_out(), IsEmpty());
}

TEST(Drift, AsksAgainAtOnceAndThenInEverySecondSweep)
{
    Drift drift;
    drift.unknown({"dataBalance"});
    std::vector<bool> asks;
    for (int sweep = 0; sweep < 7; ++sweep)
    {
        asks.push_back(drift.asks_again());
        if (asks.back())
            drift.unknown({"dataBalance"});
    }
    EXPECT_THAT(asks, ElementsAre(true, false, true, false, true, false, true));
    EXPECT_THAT(drift.left_out(), ElementsAre("dataBalance"));
}

TEST(Drift, BeginsAnewOnceAllIsKnown)
{
    Drift drift;
    drift.unknown({"dataBalance"});
    drift.unknown({"imei"});
    EXPECT_THAT(drift.left_out(), ElementsAre("dataBalance", "imei"));
    drift.known();
    EXPECT_THAT(drift.left_out(), IsEmpty());
    EXPECT_FALSE(drift.asks_again());
    drift.unknown({"imei"});
    EXPECT_TRUE(drift.asks_again());
}

TEST(Drift, AsksAtOnceForWhatAnEarlierLeaderLeftOut)
{
    Drift drift{{"imei"}};
    EXPECT_TRUE(drift.asks_again());
}

} // namespace
} // namespace simsync
