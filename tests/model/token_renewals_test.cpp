// When a failing query earns a new token.
#include "model/token_renewals.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

constexpr TokenRenewals::SteadyClock::time_point begin{};

TEST(TokenRenewals, AreEarnedOnceByEachSymptom)
{
    TokenRenewals renewals;
    EXPECT_TRUE(renewals.earned("server_error", begin));
    for (int queries = 0; queries < 4; ++queries)
        renewals.in_vain("server_error", 1, begin);
    EXPECT_FALSE(renewals.earned("server_error", begin + 9s));
    EXPECT_TRUE(renewals.earned("server_error", begin + 10s));
    EXPECT_FALSE(renewals.earned("server_error", begin + 1s));
    EXPECT_TRUE(renewals.earned("forbidden", begin + 1s));
}

TEST(TokenRenewals, InVainAreEarnedEverMoreSeldomButNeverMoreSeldomThanEveryFiveMinutes)
{
    TokenRenewals renewals;
    auto now = begin;
    std::uint64_t renewal = 0;
    for (const auto rest : {10s, 20s, 40s, 80s, 160s, 300s, 300s})
    {
        renewals.in_vain("server_error", ++renewal, now);
        EXPECT_FALSE(renewals.earned("server_error", now + rest - 1ms)) << rest.count();
        now += rest;
        EXPECT_TRUE(renewals.earned("server_error", now)) << rest.count();
    }
    renewals.cured("server_error");
    renewals.in_vain("server_error", ++renewal, now);
    EXPECT_TRUE(renewals.earned("server_error", now + 10s));
}

TEST(TokenRenewals, AreNoStormWhereEveryTokenEndsAtOnce)
{
    TokenRenewals renewals;
    for (int i = 0; i < 10; ++i)
    {
        EXPECT_EQ(renewals.wait(begin), 0ms) << i;
        renewals.made(begin);
    }
    EXPECT_EQ(renewals.wait(begin + 1s), 9s);
    EXPECT_EQ(renewals.wait(begin + 10s), 0ms);
}

} // namespace
} // namespace simsync
