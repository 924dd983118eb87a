// How large a request becomes for a receiver that refuses large ones.
#include "sink/batch_limit.hpp"

#include <gtest/gtest.h>

namespace simsync::test
{
namespace
{

// A receiver that takes so many at once, and is sent requests in full: how many of a hundred it refuses.
std::size_t refused_of_a_hundred(BatchLimit& limit, std::size_t takes)
{
    std::size_t refused = 0;
    for (int i = 0; i < 100; ++i)
    {
        const auto events = limit.now();
        if (events <= takes)
        {
            limit.taken(events);
            continue;
        }
        ++refused;
        auto part = events;
        while (part > takes)
            part = (part + 1) / 2;
        limit.too_large(events, part);
    }
    return refused;
}

TEST(BatchLimit, IsTheMostUntilThatIsRefused)
{
    BatchLimit limit(100);
    EXPECT_EQ(refused_of_a_hundred(limit, 100), 0);
    EXPECT_EQ(limit.now(), 100);
}

TEST(BatchLimit, IsWhatIsTakenAndSeldomTriesMore)
{
    BatchLimit limit(50);
    refused_of_a_hundred(limit, 5);
    for (int round = 0; round < 20; ++round)
        EXPECT_LE(refused_of_a_hundred(limit, 5), 1);
    EXPECT_GE(limit.now(), 5);
    EXPECT_LE(limit.now(), 6);
}

TEST(BatchLimit, GrowsAgainWhereMoreIsTaken)
{
    BatchLimit limit(50);
    refused_of_a_hundred(limit, 3);
    for (int round = 0; round < 40; ++round)
        refused_of_a_hundred(limit, 1'000);
    EXPECT_EQ(limit.now(), 50);
}

TEST(BatchLimit, ShrinksBelowWhatWasTakenOnceWhereEventsAreLarger)
{
    BatchLimit limit(20);
    limit.taken(20);
    limit.too_large(20, 10);
    EXPECT_EQ(limit.now(), 10);
    limit.too_large(20, 5);
    EXPECT_EQ(limit.now(), 10) << "that one was on its way";
    limit.too_large(10, 1);
    EXPECT_EQ(limit.now(), 1);
}

} // namespace
} // namespace simsync::test
