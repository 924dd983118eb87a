#include "daemon/database_outage.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

TEST(DatabaseOutage, IsToldOnceOfEachCauseHoweverManyItStrikes)
{
    DatabaseOutage outage;
    EXPECT_TRUE(outage.begins("main", "it is shutting down"));
    EXPECT_FALSE(outage.begins("backup", "it is shutting down"));
    EXPECT_TRUE(outage.begins("backup", "there is no primary"));
    EXPECT_FALSE(outage.begins("main", "there is no primary"));
    EXPECT_FALSE(outage.begins("sink pager", "it is shutting down")) << "it comes and goes";
}

TEST(DatabaseOutage, IsOverWithTheLastThatIsServedAgainAndThenBeginsAnew)
{
    DatabaseOutage outage;
    outage.begins("main", "away");
    outage.begins("backup", "away");
    EXPECT_EQ(outage.ends("main"), 0);
    EXPECT_FALSE(outage.begins("main", "away")) << "struck again, by the same outage";
    EXPECT_EQ(outage.ends("backup"), 0);
    EXPECT_EQ(outage.ends("main"), 2);
    EXPECT_TRUE(outage.begins("main", "away"));
}

TEST(DatabaseOutage, DoesNotEndForWhomItDidNotStrike)
{
    DatabaseOutage outage;
    EXPECT_EQ(outage.ends("main"), 0);
    outage.begins("backup", "away");
    EXPECT_EQ(outage.ends("main"), 0);
    EXPECT_EQ(outage.ends("backup"), 1);
}

} // namespace
} // namespace simsync
