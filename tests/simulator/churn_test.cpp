// What happens to a fleet is decided by the seed, and leaves nothing out for long.
#include "simulator/churn.hpp"

#include "simulator/population.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

namespace simsync::simulator
{
namespace
{

using namespace std::chrono_literals;
using testing::UnorderedElementsAreArray;

constexpr Instant now{std::chrono::days{20'000}};

Fleet fleet_of(std::size_t sims)
{
    Fleet fleet;
    populate(fleet, sims, 1, now);
    return fleet;
}

std::map<std::string_view, int> happen(Fleet& fleet, int steps)
{
    Churn churn{1};
    std::map<std::string_view, int> kinds;
    for (int step = 0; step < steps; ++step)
        ++kinds[churn.step(fleet, now)];
    return kinds;
}

// The state that later readers compare, without what only the clock decides.
std::string summary(const Fleet& fleet)
{
    std::string text;
    for (std::size_t position = 0; position < fleet.size(); ++position)
    {
        const auto& simcard = fleet.at(position);
        text += simcard.id + (simcard.is_blocked ? "b" : "") + std::to_string(simcard.revision) +
                std::to_string(simcard.balance->millionths) + simcard.description.value_or("") + "\n";
    }
    return text;
}

TEST(Churn, ShowsEveryKindWithinTwentySecondsAtTwentyAChange)
{
    auto fleet = fleet_of(5'000);
    std::vector<std::string_view> seen;
    for (const auto& [kind, times] : happen(fleet, 400))
        seen.push_back(kind);
    EXPECT_THAT(seen, UnorderedElementsAreArray(Churn::kinds()));
}

TEST(Churn, DependsOnTheSeedAndNotOnTheClock)
{
    auto first = fleet_of(300);
    auto second = fleet_of(300);
    Churn churn_of_first{5};
    Churn churn_of_second{5};
    for (int step = 0; step < 2'000; ++step)
    {
        churn_of_first.step(first, now);
        churn_of_second.step(second, now + step * 7s);
    }
    EXPECT_EQ(summary(first), summary(second));

    auto third = fleet_of(300);
    Churn churn_of_third{6};
    for (int step = 0; step < 2'000; ++step)
        churn_of_third.step(third, now);
    EXPECT_NE(summary(first), summary(third));
}

TEST(Churn, KeepsTheFleetsSize)
{
    auto fleet = fleet_of(1'000);
    happen(fleet, 10'000);
    EXPECT_NEAR(static_cast<double>(fleet.size()), 1'000, 10);
}

TEST(Churn, GivesNewcomersIdsThatWereNeverUsed)
{
    auto fleet = fleet_of(100);
    const auto last = fleet.at(fleet.size() - 1).id;
    happen(fleet, 300);
    EXPECT_GT(fleet.at(fleet.size() - 1).id, last);
}

TEST(Churn, FillsAnEmptyFleetAndNeverFails)
{
    Fleet fleet;
    happen(fleet, 500);
    EXPECT_LT(fleet.size(), 20U);
}

} // namespace
} // namespace simsync::simulator
