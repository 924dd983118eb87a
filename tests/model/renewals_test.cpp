// When a failing query earns a new token.
#include "simsync/model/renewals.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

constexpr Renewals::Clock::time_point begin{};

TEST(Renewals, AreEarnedOnceByEachSymptom)
{
    Renewals renewals;
    EXPECT_TRUE(renewals.earned("server_error", begin));
    renewals.in_vain("server_error", begin);
    EXPECT_FALSE(renewals.earned("server_error", begin + 1s));
    EXPECT_TRUE(renewals.earned("forbidden", begin + 1s));
}

TEST(Renewals, InVainAreEarnedEverMoreSeldomButNeverMoreSeldomThanEveryFiveMinutes)
{
    Renewals renewals;
    auto now = begin;
    for (const auto rest : {30s, 60s, 120s, 240s, 300s, 300s})
    {
        renewals.in_vain("server_error", now);
        EXPECT_FALSE(renewals.earned("server_error", now + rest - 1ms)) << rest.count();
        now += rest;
        EXPECT_TRUE(renewals.earned("server_error", now)) << rest.count();
    }
    renewals.cured("server_error");
    renewals.in_vain("server_error", now);
    EXPECT_TRUE(renewals.earned("server_error", now + 30s));
}

TEST(Renewals, AreNoStormWhereEveryTokenEndsAtOnce)
{
    Renewals renewals;
    for (int i = 0; i < 5; ++i)
    {
        EXPECT_EQ(renewals.wait(begin), 0ms) << i;
        renewals.made(begin);
    }
    EXPECT_EQ(renewals.wait(begin + 1s), 9s);
    EXPECT_EQ(renewals.wait(begin + 10s), 0ms);
}

} // namespace
} // namespace simsync
