// Durations of the command line.
#include "simulator/duration.hpp"

#include <gtest/gtest.h>

namespace simsync::simulator
{
namespace
{

using namespace std::chrono_literals;

TEST(Duration, IsAnIntegerAndAUnit)
{
    EXPECT_EQ(parse_duration("250ms"), 250ms);
    EXPECT_EQ(parse_duration("90s"), 90s);
    EXPECT_EQ(parse_duration("15m"), 15min);
    EXPECT_EQ(parse_duration("2h"), 2h);
    EXPECT_EQ(parse_duration("7d"), 168h);
    EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(Duration, IsNothingElse)
{
    for (const auto* text : {"", "5", "s", "-1s", "1.5s", "1 s", "1sec", "4000000000d", "99999999999999s"})
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

} // namespace
} // namespace simsync::simulator
