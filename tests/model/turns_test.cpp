// Who comes first, and that sweeps get on all the same.
#include "model/turns.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace simsync
{
namespace
{

using testing::ElementsAre;
using enum Urgency;

// Who gets their turns while all of them wait, each again as soon as it was served.
std::vector<Urgency> served(const std::vector<Urgency>& waiting, int turns)
{
    Turns order;
    std::vector<Urgency> all;
    for (int turn = 0; turn < turns; ++turn)
        all.push_back(waiting.at(order.next(waiting)));
    return all;
}

TEST(Turns, GoToTheMostUrgentFirst)
{
    EXPECT_THAT(served({recent, action, watched}, 2), ElementsAre(action, action));
    EXPECT_THAT(served({recent, watched}, 1), ElementsAre(watched));
}

TEST(Turns, AmongEqualsGoToWhoeverAskedFirst)
{
    Turns turns;
    EXPECT_EQ(turns.next(std::vector{sweep, recent, recent}), 1U);
    EXPECT_EQ(turns.next(std::vector{sweep, sweep}), 0U);
}

TEST(Turns, PassASweepOverOnceAtMost)
{
    EXPECT_THAT(served({sweep, action, recent}, 5), ElementsAre(action, sweep, action, sweep, action));
}

TEST(Turns, OweASweepNothingThatDidNotWait)
{
    Turns turns;
    EXPECT_EQ(turns.next(std::vector{recent}), 0U);
    EXPECT_EQ(turns.next(std::vector{sweep, recent}), 1U) << "it is passed over for the first time";
    EXPECT_EQ(turns.next(std::vector{action}), 0U) << "it waits no more";
    EXPECT_EQ(turns.next(std::vector{sweep, recent}), 1U);
}

} // namespace
} // namespace simsync
