// When what stands is counted.
#include "daemon/count_pace.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

constexpr CountPace::Time start{1'000h};

TEST(CountPace, CountsAtOnceAndThenOnlyWhatChanged)
{
    CountPace pace;
    EXPECT_TRUE(pace.is_due(start));
    pace.begins();
    pace.ended(start, start);
    EXPECT_FALSE(pace.is_due(start + 1h));
    pace.changed();
    EXPECT_TRUE(pace.is_due(start));
}

TEST(CountPace, RestsAHundredTimesAsLongAsItTook)
{
    CountPace pace;
    pace.begins();
    pace.ended(start, start + 1s);
    pace.changed();
    EXPECT_FALSE(pace.is_due(start + 99s));
    EXPECT_TRUE(pace.is_due(start + 100s));
}

TEST(CountPace, WhatChangesDuringACountIsCountedNext)
{
    CountPace pace;
    pace.begins();
    pace.changed();
    pace.ended(start, start);
    EXPECT_TRUE(pace.is_due(start));
}

} // namespace
} // namespace simsync
