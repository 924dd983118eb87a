// When a token is renewed, whatever the clocks say.
#include "model/token_life.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

constexpr TokenLife::SteadyClock::time_point received{1000s};
const Timestamp issued = *parse_date("2026-03-01T12:00:00Z");

TEST(TokenLife, IsRenewedAMinuteBeforeItsEnd)
{
    const TokenLife life{issued + 1h, issued, received};
    EXPECT_EQ(life.renew_at(), received + 59min);
    EXPECT_FALSE(life.due(received + 58min));
    EXPECT_TRUE(life.due(received + 59min));
}

TEST(TokenLife, IsRenewedAFifthBeforeTheEndOfAShortLife)
{
    EXPECT_EQ((TokenLife{issued + 10s, issued, received}.renew_at()), received + 8s);
    EXPECT_EQ((TokenLife{issued + 300s, issued, received}.renew_at()), received + 240s);
}

TEST(TokenLife, FollowsTheServersClockOnly)
{
    const Timestamp a_day_off = issued + 24h;
    EXPECT_EQ((TokenLife{a_day_off + 1h, a_day_off, received}.renew_at()), received + 59min);
}

TEST(TokenLife, AnAbsurdLifeAsksForNoRenewal)
{
    EXPECT_FALSE((TokenLife{std::nullopt, issued, received}.due(received + 1000h)));
    EXPECT_FALSE((TokenLife{issued, issued, received}.due(received + 1000h)));
    EXPECT_FALSE((TokenLife{issued - 1h, issued, received}.due(received + 1000h)));
    EXPECT_FALSE((TokenLife{*parse_date("9999-12-31"), issued, received}.due(received + 1000h)));
    EXPECT_FALSE(TokenLife{}.due(received + 1000h));
}

} // namespace
} // namespace simsync
