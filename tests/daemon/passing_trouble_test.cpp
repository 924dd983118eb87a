// A trouble that comes and goes is told, and does not fill the log.
#include "daemon/passing_trouble.hpp"

#include <gtest/gtest.h>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;

TEST(PassingTrouble, ThatLastsIsToldOnceAndItsEndWithIt)
{
    PassingTrouble trouble;
    PassingTrouble::Time now{1h};
    EXPECT_TRUE(trouble.begins("500", now));
    for (int hours = 0; hours < 5; ++hours)
        EXPECT_FALSE(trouble.begins("500", now += 1h));
    EXPECT_TRUE(trouble.begins("timed out", now)) << "another cause";
    EXPECT_TRUE(trouble.ends());
    EXPECT_FALSE(trouble.ends());
}

TEST(PassingTrouble, ThatComesBackAllTheTimeIsToldOnceAMinute)
{
    PassingTrouble trouble;
    PassingTrouble::Time now{1h};
    int begun = 0;
    int ended = 0;
    for (int i = 0; i < 600; ++i, now += 1s)
    {
        begun += trouble.begins(i % 2 == 0 ? "500" : "timed out", now) ? 1 : 0;
        ended += trouble.ends() ? 1 : 0;
    }
    EXPECT_EQ(begun, 20);
    EXPECT_EQ(ended, begun);
}

TEST(PassingTrouble, ThatComesBackAndStaysIsToldWithinAMinute)
{
    PassingTrouble trouble;
    PassingTrouble::Time now{1h};
    ASSERT_TRUE(trouble.begins("500", now));
    ASSERT_TRUE(trouble.ends());
    EXPECT_FALSE(trouble.begins("500", now += 1s));
    EXPECT_TRUE(trouble.begins("500", now += 59s));
    EXPECT_TRUE(trouble.ends());
}

TEST(PassingTrouble, IsNewsAfterAFreshBeginning)
{
    PassingTrouble trouble;
    const PassingTrouble::Time now{1h};
    ASSERT_TRUE(trouble.begins("500", now));
    trouble.forget();
    EXPECT_FALSE(trouble.ends());
    EXPECT_TRUE(trouble.begins("500", now));
}

} // namespace
} // namespace simsync::test
