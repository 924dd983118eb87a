#include "daemon/log_once.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;

TEST(LogOnce, WhatLastsIsNewsWhenItBeginsAndWhenItEnds)
{
    LogOnce once;
    EXPECT_THAT(once.now(LogTopic::housekeeping, {"old", "new"}).begun, ElementsAre("new", "old"));
    const auto next = once.now(LogTopic::housekeeping, {"new", "newest"});
    EXPECT_THAT(next.begun, ElementsAre("newest"));
    EXPECT_THAT(next.ended, ElementsAre("old"));
    EXPECT_THAT(once.now(LogTopic::housekeeping, {}).ended, ElementsAre("new", "newest"));
    EXPECT_THAT(once.now(LogTopic::housekeeping, {"old"}).begun, ElementsAre("old")) << "it returns";
}

TEST(LogOnce, OfOneThingAtATimeAnotherOneIsNewsAndTheSameIsNot)
{
    LogOnce once;
    EXPECT_FALSE(once.begins(LogTopic::paging, "")) << "nothing is so";
    EXPECT_TRUE(once.begins(LogTopic::paging, "sort"));
    EXPECT_FALSE(once.begins(LogTopic::paging, "sort"));
    EXPECT_TRUE(once.begins(LogTopic::paging, "filter"));
    EXPECT_TRUE(once.begins(LogTopic::paging, "sort")) << "it took turns with another";
    EXPECT_FALSE(once.begins(LogTopic::paging, ""));
    EXPECT_TRUE(once.begins(LogTopic::paging, "sort")) << "it had ended meanwhile";
}

TEST(LogOnce, WhatIsMetAgainAndAgainIsToldOnceUntilItEnds)
{
    LogOnce once;
    EXPECT_TRUE(once.is_first(LogTopic::database, "start it"));
    EXPECT_TRUE(once.is_first(LogTopic::database, "grant it"));
    EXPECT_FALSE(once.is_first(LogTopic::database, "start it"));
    EXPECT_TRUE(once.end(LogTopic::database));
    EXPECT_TRUE(once.is_first(LogTopic::database, "start it"));
}

TEST(LogOnce, OfWhatManyShareOnlyTheFirstAreTold)
{
    LogOnce once;
    int told = 0;
    for (int sim = 0; sim < 100; ++sim)
        told += once.is_first(LogTopic::set_aside, "balance", std::to_string(sim)) ? 1 : 0;
    EXPECT_EQ(told, LogOnce::most_of_one);
    EXPECT_FALSE(once.is_first(LogTopic::set_aside, "balance", "0"));
    EXPECT_TRUE(once.is_first(LogTopic::set_aside, "description", "0")) << "another field";
}

TEST(LogOnce, NothingEndsThatWasNotToldAndTopicsDoNotMeet)
{
    LogOnce once;
    EXPECT_FALSE(once.end(LogTopic::set_aside));
    EXPECT_TRUE(once.is_first(LogTopic::lending, ""));
    EXPECT_FALSE(once.end(LogTopic::set_aside));
    EXPECT_FALSE(once.is_first(LogTopic::lending, ""));
    EXPECT_TRUE(once.begins(LogTopic::nobody, "it"));
}

} // namespace
} // namespace simsync
