// When a connection is given up on which a question waits.
#include "postgres/silence.hpp"

#include <gtest/gtest.h>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;

TEST(SilenceTest, AStatementMayTakeAsLongAsItLikes)
{
    EXPECT_FALSE(gives_up(ServersSeen::ours, 10s));
    EXPECT_FALSE(gives_up(ServersSeen::ours, 24h));
}

TEST(SilenceTest, WhereAnotherServerServesOneThatHangsIsLeftAtOnce)
{
    EXPECT_TRUE(gives_up(ServersSeen::another, 10s));
}

TEST(SilenceTest, OneThatIsAloneGetsTimeToComeBack)
{
    EXPECT_FALSE(gives_up(ServersSeen::none, 29s));
    EXPECT_TRUE(gives_up(ServersSeen::none, 30s));
}

} // namespace
} // namespace simsync::test
