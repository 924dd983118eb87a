#include "model/cadence.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

const Cadence::Time start{1'000s};

TEST(Cadence, StartsLieOnTheGridOfTheFirstOne)
{
    const Cadence cadence{start, 60s};
    EXPECT_EQ(cadence.next(start + 1s, 0), start + 60s);
    EXPECT_EQ(cadence.next(start + 61s, 0), start + 120s);
}

TEST(Cadence, ASweepLongerThanTheIntervalSkipsWhatItMissed)
{
    EXPECT_EQ(Cadence(start, 60s).next(start + 185s, 0), start + 240s);
}

TEST(Cadence, JitterMovesAStartByLessThanATenthAndNeverAddsUp)
{
    const Cadence cadence{start, 60s};
    auto now = start;
    for (int sweep = 1; sweep <= 1000; ++sweep)
    {
        now = cadence.next(now, 0.999);
        EXPECT_GE(now, start + sweep * 60s);
        EXPECT_LT(now, start + sweep * 60s + 6s);
    }
}

} // namespace
} // namespace simsync
