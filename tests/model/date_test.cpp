// Dates as the stacks behind an API write them.
#include "model/date.hpp"

#include <gtest/gtest.h>

#include <string>

namespace simsync
{
namespace
{

std::string reread(std::string_view text)
{
    const auto date = read_date(text);
    return !date ? "unreadable" : date->at ? to_text(*date->at) : "none";
}

TEST(ForeignDate, IsReadInTheFormsOfManyStacks)
{
    for (const auto* text :
         {"2023-07-16T11:58:20Z",
          "2023-07-16T11:58:20+00",
          "2023-07-16T14:58:20+0300",
          "2023-07-16T14:58:20+03",
          "2023-07-16T11:58:20 Z",
          "2023-07-16T11:58:20 +00:00",
          "2023-07-16 14:58:20 +0300",
          "2023-07-16 11:58:20+00",
          "2023-07-16 11:58:20 UTC",
          "2023-07-16 11:58:20 GMT",
          "2023-07-16 14:58:20 +0300 MSK",
          "2023-07-16 11:58:20 +0000 UTC",
          "2023-07-16T14:58:20+03:00[Europe/Moscow]",
          "2023-07-16T11:58:20Z[UTC]",
          "2023-07-16T14:28:37+02:30:17",
          "20230716T115820Z",
          "20230716T145820+0300",
          " 2023-07-16T11:58:20Z ",
          "2023-07-16T11:58:20.0000000000000Z",
          "2023-07-16T11:58:20,000",
          "1689508700",
          "1689508700000",
          "1689508700000000",
          "1689508700000000000",
          "1689508700.0",
          "/Date(1689508700000)/",
          "/Date(1689508700000+0300)/"})
        EXPECT_EQ(reread(text), "2023-07-16T11:58:20Z") << text;
}

TEST(ForeignDate, WithoutSecondsIsTheFullMinute)
{
    for (const auto* text :
         {"2023-07-16T11:58Z", "2023-07-16 11:58", "2023-07-16T14:58+03:00", "20230716T1158Z"})
        EXPECT_EQ(reread(text), "2023-07-16T11:58:00Z") << text;
}

TEST(ForeignDate, TwentyFourHoursAreTheMidnightThatFollows)
{
    EXPECT_EQ(reread("2023-12-31T24:00:00Z"), "2024-01-01T00:00:00Z");
    EXPECT_EQ(reread("2024-02-28T24:00+03:00"), "2024-02-28T21:00:00Z");
    EXPECT_EQ(reread("2023-07-16T24:00:00.000"), "2023-07-17T00:00:00Z");
    for (const auto* text :
         {"2023-07-16T24:01Z", "2023-07-16T24:00:01Z", "2023-07-16T24:00:00.1Z", "2023-07-16T25:00Z"})
        EXPECT_EQ(reread(text), "unreadable") << text;
}

TEST(ForeignDate, OfAnyPrecisionIsCutToMicroseconds)
{
    EXPECT_EQ(reread("2023-07-16T11:58:20.1234567891234Z"), "2023-07-16T11:58:20.123456Z");
    EXPECT_EQ(reread("1689508700.3333339"), "2023-07-16T11:58:20.333333Z");
    EXPECT_EQ(reread("1689508700333.25"), "2023-07-16T11:58:20.33325Z");
    EXPECT_EQ(reread("1689508700333444555"), "2023-07-16T11:58:20.333444Z");
}

TEST(ForeignDate, IsNoneWhereItsStackMeansNone)
{
    for (const auto* text :
         {"",
          " ",
          "0001-01-01",
          "0001-01-01T00:00:00",
          "0001-01-01T00:00:00Z",
          "0001-01-01T02:30:17+02:30:17",
          "0001-01-01T00:00:00+03:00",
          "9999-12-31",
          "9999-12-31T23:59:59.9999999",
          "9999-12-31T23:59:59-05:00",
          "1970-01-01",
          "1970-01-01T00:00:00Z",
          "1970-01-01T00:00:00+03:00",
          "1970-01-01T03:00:00+03:00",
          "1969-12-31T19:00:00-05:00",
          "0000-00-00 00:00:00",
          "0000-12-31T21:00:00Z",
          "infinity",
          "-infinity",
          "0",
          "0.0",
          "/Date(-62135596800000)/",
          "-62135596800",
          "253402300799999",
          "253402214400"})
        EXPECT_EQ(reread(text), "none") << '"' << text << '"';
}

TEST(ForeignDate, ThatHasToBeGuessedAtIsUnreadable)
{
    for (const auto* text :
         {"soon",
          "null",
          "16.07.2023",
          "07/16/2023",
          "2023-7-16",
          "23-07-16",
          "2023",
          "2023-07",
          "2023-02-29",
          "2023-07-16T11",
          "2023-07-16T11:58:20 Europe/Moscow",
          "2023-07-16T11:58:20[Europe/Moscow]",
          "2023-07-16T11:58:20 MSK",
          "2023-07-16T11:58:20+",
          "2023-07-16T11:58:20+3",
          "2023-07-16T11:58:20+24",
          "2023-07-16T11:58:20.",
          "2023-07-16T11:58:61Z",
          "2023-07-16T11:58:20ZZ",
          "9999-12-31 soon",
          "17",
          "-1",
          "86400",
          "1689508700.",
          "1.5e9",
          "99999999999999999999",
          "/Date(soon)/",
          "2023-07-1611:58"})
        EXPECT_EQ(reread(text), "unreadable") << text;
    EXPECT_EQ(reread(std::string_view("2023-07-16\0", 11)), "unreadable");
}

} // namespace
} // namespace simsync
