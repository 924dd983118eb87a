// How long a server may keep us away.
#include "io/http_dates.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

const std::chrono::sys_seconds now = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").value();

TEST(HttpDate, IsReadInAllThreeForms)
{
    EXPECT_EQ(now.time_since_epoch(), 784111777s);
    EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), now);
    EXPECT_EQ(
        parse_http_date("Saturday, 06-Nov-94 08:49:37 GMT"),
        parse_http_date("Sat, 06 Nov 2094 08:49:37 GMT").value());
}

TEST(HttpDate, IsNothingElse)
{
    for (const auto* text :
         {"", "tomorrow", "2026-03-01T12:00:00Z", "Sun, 31 Feb 2026 08:49:37 GMT",
          "Sun, 257 Nov 1994 08:49:37 GMT", "Sun Nov 262 08:49:37 1994", "Sun, 06 Nov 1994 25:49:37 GMT",
          "Sun, 06 Nov 1994 08:49:37 EST", "Sun, 06 Nov 1994"})
        EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
}

TEST(RetryAfter, IsSeconds)
{
    EXPECT_EQ(parse_retry_after("7", now), 7s);
    EXPECT_EQ(parse_retry_after("299", now), 299s);
}

TEST(RetryAfter, IsADateByTheServersClock)
{
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:50:07 GMT", now), 30s);
}

TEST(RetryAfter, IsCappedAtFiveMinutes)
{
    EXPECT_EQ(parse_retry_after("3600", now), 5min);
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 18:49:37 GMT", now), 5min);
}

TEST(RetryAfter, ThatIsPastAbsurdOrUnreadableIsNone)
{
    for (const auto* text :
         {"", "0", "-5", "soon", "1.5", "86401", "99999999999999999999", "5 minutes",
          "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1993 08:49:37 GMT", "Sun, 06 Nov 2094 08:49:37 GMT"})
        EXPECT_EQ(parse_retry_after(text, now), std::nullopt) << text;
}

} // namespace
} // namespace simsync
