// Durations as text.
#include "config/duration.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

TEST(Duration, IsAnIntegerAndAUnit)
{
    EXPECT_EQ(parse_duration("250ms"), 250ms);
    EXPECT_EQ(parse_duration("60s"), 60s);
    EXPECT_EQ(parse_duration("5m"), 5min);
    EXPECT_EQ(parse_duration("2h"), 2h);
    EXPECT_EQ(parse_duration("400d"), std::chrono::days{400});
    EXPECT_EQ(parse_duration("007s"), 7s);
}

TEST(Duration, OfZeroNeedsNoUnit)
{
    EXPECT_EQ(parse_duration("0"), 0ms);
    EXPECT_EQ(parse_duration("0d"), 0ms);
}

TEST(Duration, IsNothingElse)
{
    for (const auto* text :
         {"", "5", "s", "1.5s", "-1s", "+1s", " 1s", "1s ", "1 s", "1h30m", "1S", "1min", "1w", "1y", "0x1s",
          "1e3s", "00"})
        EXPECT_EQ(parse_duration(text), std::nullopt) << '"' << text << '"';
}

TEST(Duration, EndsBeforeItOverflows)
{
    EXPECT_EQ(parse_duration("36525d"), longest_duration);
    EXPECT_EQ(parse_duration("36526d"), std::nullopt);
    EXPECT_EQ(parse_duration("18446744073709551615d"), std::nullopt);
    EXPECT_EQ(parse_duration("18446744073709551615ms"), std::nullopt);
    EXPECT_EQ(parse_duration("18446744073709551616ms"), std::nullopt); // beyond 64 bits
}

TEST(Duration, IsWrittenAsShortAsItCanBe)
{
    EXPECT_EQ(duration_text(0ms), "0s");
    EXPECT_EQ(duration_text(1ms), "1ms");
    EXPECT_EQ(duration_text(90s), "90s");
    EXPECT_EQ(duration_text(300s), "5m");
    EXPECT_EQ(duration_text(24h), "1d");
    EXPECT_EQ(duration_text(25h), "25h");
}

TEST(Duration, IsReadBackAsTheSame)
{
    for (const auto duration : std::initializer_list<std::chrono::milliseconds>{
             0ms, 1ms, 999ms, 1000ms, 59'999ms, 90s, 1h, 36h, longest_duration})
        EXPECT_EQ(parse_duration(duration_text(duration)), duration) << duration_text(duration);
}

} // namespace
} // namespace simsync
