#include "daemon/database_health.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

TEST(DatabaseHealth, IsAwayFromTheFirstFailureUntilItServes)
{
    const DatabaseHealth::Time begin{};
    DatabaseHealth health;
    EXPECT_FALSE(health.last_answer() || health.away_since());

    health.failed("refused", begin + 1s);
    health.failed("reset", begin + 2s);
    EXPECT_EQ(health.away_since(), begin + 1s);
    EXPECT_EQ(health.error(), "reset");
    EXPECT_EQ(health.failures(), 2);

    health.answered(begin + 3s);
    EXPECT_EQ(health.last_answer(), begin + 3s);
    EXPECT_EQ(health.failures(), 2) << "an answer is no service";

    health.served(begin + 4s);
    EXPECT_EQ(health.last_answer(), begin + 4s);
    EXPECT_EQ(health.away_since(), std::nullopt);
    EXPECT_EQ(health.error(), "");
    EXPECT_EQ(health.failures(), 0);
}

} // namespace
} // namespace simsync
