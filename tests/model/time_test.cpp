// The API's dates, read; ours, written.
#include "simsync/model/time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::sys_days;
using std::chrono::year;

constexpr Timestamp noon = sys_days{year{2023} / 7 / 16} + 12h;

std::string reread(std::string_view text)
{
    const auto time = parse_date(text);
    return time ? to_text(*time) : "no date";
}

TEST(Date, IsReadInEveryFormThatTheApiMayUse)
{
    for (const auto* text :
         {"2023-07-16T12:00:00Z", "2023-07-16t12:00:00z", "2023-07-16 12:00:00Z", "2023-07-16T12:00:00",
          "2023-07-16 12:00:00", "2023-07-16T12:00:00.000Z", "2023-07-16T12:00:00,0Z",
          "2023-07-16T14:00:00+02:00", "2023-07-16T14:00:00+0200", "2023-07-16T06:30:00-05:30",
          "2023-07-17T11:59:00+23:59", "2023-07-16T12:00:00-00:00"})
        EXPECT_EQ(parse_date(text), noon) << text;
}

TEST(Date, WithoutATimeIsMidnight)
{
    EXPECT_EQ(parse_date("2023-07-16"), noon - 12h);
}

TEST(Date, WithoutAZoneIsUtc)
{
    EXPECT_EQ(parse_date("2023-07-16T12:00:00"), parse_date("2023-07-16T12:00:00Z"));
}

TEST(Date, AZoneMovesItAcrossMidnight)
{
    EXPECT_EQ(reread("2023-12-31T23:30:00-01:00"), "2024-01-01T00:30:00Z");
    EXPECT_EQ(reread("2024-03-01T00:30:00+01:00"), "2024-02-29T23:30:00Z");
}

TEST(Date, KeepsMicrosecondsAndCutsWhatIsFiner)
{
    EXPECT_EQ(parse_date("2023-07-16T12:00:00.1Z"), noon + 100ms);
    EXPECT_EQ(parse_date("2023-07-16T12:00:00.000001Z"), noon + 1us);
    EXPECT_EQ(parse_date("2023-07-16T12:00:00.1234567Z"), noon + 123456us);
    EXPECT_EQ(parse_date("2023-07-16T12:00:00.999999999Z"), noon + 999999us);
}

TEST(Date, BeforeTheEpochIsCutTowardsThePast)
{
    EXPECT_EQ(reread("1969-12-31T23:59:59.9999999Z"), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(parse_date("1969-12-31T23:59:59.5Z"), Timestamp{-500ms});
}

TEST(Date, ALeapSecondIsTheSecondAfter)
{
    EXPECT_EQ(reread("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00Z");
}

TEST(Date, KnowsWhichYearsLeap)
{
    EXPECT_TRUE(parse_date("2024-02-29"));
    EXPECT_TRUE(parse_date("2000-02-29"));
    EXPECT_FALSE(parse_date("2023-02-29"));
    EXPECT_FALSE(parse_date("1900-02-29"));
}

TEST(Date, ReachesFromYear1ToYear9999)
{
    EXPECT_EQ(reread("0001-01-01T00:00:00Z"), "0001-01-01T00:00:00Z");
    EXPECT_EQ(reread("9999-12-31T23:59:59.999999Z"), "9999-12-31T23:59:59.999999Z");
    EXPECT_FALSE(parse_date("0000-12-31"));
    EXPECT_FALSE(parse_date("10000-01-01"));
}

TEST(Date, AZoneCannotCarryItOutOfThoseYears)
{
    EXPECT_FALSE(parse_date("0001-01-01T00:00:00+00:01"));
    EXPECT_FALSE(parse_date("9999-12-31T23:59:00-00:01"));
    EXPECT_FALSE(parse_date("9999-12-31T23:59:60Z"));
    EXPECT_TRUE(parse_date("0001-01-01T00:01:00+00:01"));
}

TEST(Date, IsRefusedWhereAFieldIsOutOfRange)
{
    for (const auto* text :
         {"2023-00-16", "2023-13-16", "2023-07-00", "2023-07-32", "2023-06-31", "2023-07-16T24:00:00Z",
          "2023-07-16T12:60:00Z", "2023-07-16T12:00:61Z", "2023-07-16T12:00:00+24:00",
          "2023-07-16T12:00:00+02:60"})
        EXPECT_FALSE(parse_date(text)) << text;
}

TEST(Date, AnythingElseIsRefused)
{
    for (const auto* text :
         {"",
          "null",
          "0",
          "1689508700",
          "2023",
          "2023-07",
          "2023-7-16",
          "23-07-16",
          "16.07.2023",
          "2023/07/16",
          "20230716",
          " 2023-07-16",
          "2023-07-16 ",
          "2023-07-16T",
          "2023-07-16Z",
          "2023-07-16X12:00:00Z",
          "2023-07-16T12:00",
          "2023-07-16T12:00Z",
          "2023-07-16T1:00:00Z",
          "2023-07-16T12:00:00.Z",
          "2023-07-16T12:00:00.",
          "2023-07-16T12:00:00.0123456789Z",
          "2023-07-16T12:00:00ZZ",
          "2023-07-16T12:00:00 Z",
          "2023-07-16T12:00:00+",
          "2023-07-16T12:00:00+2",
          "2023-07-16T12:00:00+02:",
          "2023-07-16T12:00:00+02:00:00",
          "2023-07-16T12:00:00 UTC",
          "-2023-07-16",
          "+2023-07-16",
          "2023-07--6",
          "2023-07-16T-1:00:00Z"})
        EXPECT_FALSE(parse_date(text)) << text;
    EXPECT_FALSE(parse_date(std::string_view("2023-07-16\0", 11)));
}

TEST(Date, IsWrittenInUtcWithTheShortestFraction)
{
    EXPECT_EQ(to_text(noon), "2023-07-16T12:00:00Z");
    EXPECT_EQ(to_text(noon + 333ms), "2023-07-16T12:00:00.333Z");
    EXPECT_EQ(to_text(noon + 10us), "2023-07-16T12:00:00.00001Z");
    EXPECT_EQ(to_text(noon + 500ms + 1us), "2023-07-16T12:00:00.500001Z");
    EXPECT_EQ(to_text(Timestamp{}), "1970-01-01T00:00:00Z");
    EXPECT_EQ(to_text(Timestamp{-1us}), "1969-12-31T23:59:59.999999Z");
}

constexpr Timestamp first = sys_days{year{1} / 1 / 1};
constexpr Timestamp past_the_last = sys_days{year{10000} / 1 / 1};

Timestamp any_time()
{
    const auto last = past_the_last - 1us;
    return Timestamp{microseconds{
        *rc::gen::inRange(first.time_since_epoch().count(), last.time_since_epoch().count() + 1)}};
}

std::string two_digits(int value)
{
    return (value < 10 ? "0" : "") + std::to_string(value);
}

RC_GTEST_PROP(Date, EveryTimeIsReadFromItsText, ())
{
    const auto time = any_time();
    RC_ASSERT(parse_date(to_text(time)) == time);
}

RC_GTEST_PROP(Date, TextsOfUtcSortAsTheirTimesDo, ())
{
    const auto whole = [](Timestamp time) { return std::chrono::floor<std::chrono::seconds>(time); };
    const Timestamp one = whole(any_time());
    const Timestamp other = whole(any_time());
    RC_PRE(one >= first && other >= first);
    RC_ASSERT((to_text(one) < to_text(other)) == (one < other));
}

RC_GTEST_PROP(Date, AZoneIsTakenOff, ())
{
    const Timestamp local = std::chrono::floor<std::chrono::seconds>(any_time());
    const auto hours = *rc::gen::inRange(0, 24);
    const auto minutes = *rc::gen::inRange(0, 60);
    const bool west = *rc::gen::arbitrary<bool>();
    const auto offset = (std::chrono::hours{hours} + std::chrono::minutes{minutes}) * (west ? -1 : 1);
    RC_PRE(local - offset >= first && local - offset < past_the_last);

    auto text = to_text(local);
    text.back() = west ? '-' : '+';
    text += two_digits(hours) + ':' + two_digits(minutes);
    RC_ASSERT(parse_date(text) == local - offset);
}

RC_GTEST_PROP(Date, AWrongCharacterMakesItAnotherDateOrNone, ())
{
    const Timestamp time = any_time();
    const auto right = to_text(time);
    auto wrong = right;
    const auto at =
        *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, right.size())); // evenly
    wrong[at] = *rc::gen::elementOf(std::string("0123456789-+:.TZ "));
    RC_PRE(wrong != right);

    // Other spellings of the same: a space for the "T"; for the "Z", which may be missing, one more digit of
    // the fraction, if that is a zero or beyond microseconds.
    const auto dot = right.find('.');
    const bool is_digit = wrong[at] >= '0' && wrong[at] <= '9';
    const bool digit_is_idle = wrong[at] == '0' || at - dot > 6;
    const bool means_the_same =
        right[at] == 'T' ? wrong[at] == ' '
                         : right[at] == 'Z' && dot != std::string::npos && is_digit && digit_is_idle;
    const auto read = parse_date(wrong);
    RC_ASSERT((read == time) == means_the_same);
    if (read)
        RC_ASSERT(parse_date(to_text(*read)) == read);
}

} // namespace
} // namespace simsync
