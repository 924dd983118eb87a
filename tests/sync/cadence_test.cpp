#include "model/cadence.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

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

// Those of a thousand accounts whose first sweeps came soon after each other.
TEST(Cadence, ByTheirPhasesSweepsAreSpreadOverTheIntervalFromTheSecondOneOn)
{
    std::vector<int> in_each_tenth(10);
    for (int i = 0; i < 1'000; ++i)
    {
        const auto phase = phase_of("account-" + std::to_string(i));
        ASSERT_GE(phase, 0);
        ASSERT_LT(phase, 1);
        const Cadence cadence{start, 60s, phase};
        const auto second = cadence.next(start + 1s, 0);
        EXPECT_GE(second, start + 30s);
        EXPECT_LT(second, start + 90s);
        EXPECT_EQ(cadence.next(second, 0), second + 60s);
        ++in_each_tenth[static_cast<std::size_t>((second - start - 30s) / 6s)];
    }
    for (const auto sweeps : in_each_tenth)
        EXPECT_NEAR(sweeps, 100, 40);
}

TEST(Cadence, FirstSweepsOfManyTakeTheirTurnAndOneAloneBeginsAtOnce)
{
    EXPECT_EQ(first_delay(0.9, 1, 60s), 0s);
    EXPECT_LT(first_delay(0.9, 2, 60s), 100ms);
    EXPECT_EQ(first_delay(0.5, 1'000, 60s), 25s);
    EXPECT_LT(first_delay(0.999, 100'000, 60s), 60s) << "no longer than until the second one";
}

TEST(ResumedDelay, KeepsTheRhythmOfWhoSweptBefore)
{
    EXPECT_EQ(resumed_delay(0s, 60s), 60s);
    EXPECT_EQ(resumed_delay(20s, 60s), 40s);
    EXPECT_EQ(resumed_delay(60s, 60s), 0s);
}

TEST(ResumedDelay, MakesUpAtOnceForASweepThatWasJustMissed)
{
    EXPECT_EQ(resumed_delay(75s, 60s), 0s);
    EXPECT_EQ(resumed_delay(119s, 60s), 0s);
}

TEST(ResumedDelay, IsNoneWhereThereIsNoRhythm)
{
    EXPECT_EQ(resumed_delay(120s, 60s), std::nullopt) << "nobody has swept it lately";
    EXPECT_EQ(resumed_delay(-1s, 60s), std::nullopt) << "another host's clock is ahead";
}

} // namespace
} // namespace simsync
