// A token lives as long as the clock says, and only the one that was issued.
#include "simulator/tokens.hpp"

#include <gtest/gtest.h>

namespace simsync::simulator
{
namespace
{

using namespace std::chrono_literals;

TEST(Tokens, ExpireByTheServersClock)
{
    const Instant start{1'000s};
    Tokens tokens{15min};
    const auto login = tokens.issue(start);

    EXPECT_EQ(login.access.expires, start + 15min);
    EXPECT_TRUE(tokens.accepts(login.access.text, start + 15min - 1ms));
    EXPECT_FALSE(tokens.accepts(login.access.text, start + 15min));
    EXPECT_FALSE(tokens.accepts(login.refresh.text, start));
    EXPECT_FALSE(tokens.accepts("", start));
}

TEST(Tokens, LiveSideBySideUntilRevoked)
{
    const Instant start{};
    Tokens tokens{1min};
    const auto first = tokens.issue(start);
    const auto second = tokens.issue(start);
    EXPECT_NE(first.access.text, second.access.text);
    EXPECT_TRUE(tokens.accepts(first.access.text, start));

    tokens.revoke_all();
    EXPECT_FALSE(tokens.accepts(first.access.text, start));
    EXPECT_FALSE(tokens.accepts(second.access.text, start));
}

} // namespace
} // namespace simsync::simulator
