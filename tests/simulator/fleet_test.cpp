// The fleet keeps its order and finds what it holds.
#include "simulator/fleet.hpp"
#include "simulator/population.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace simsync::simulator
{
namespace
{

using testing::ElementsAre;

Simcard with_id(const std::string& id)
{
    Simcard simcard;
    simcard.id = id;
    return simcard;
}

Fleet fleet_of(const std::vector<std::string>& ids, IdOrder order)
{
    Fleet fleet{order};
    for (const auto& id : ids)
        fleet.add(with_id(id));
    return fleet;
}

std::vector<std::string> ids(const Fleet& fleet)
{
    std::vector<std::string> listed;
    for (std::size_t position = 0; position < fleet.size(); ++position)
        listed.push_back(fleet.at(position).id);
    return listed;
}

TEST(Fleet, ListsByIdAsTextOrAsNumber)
{
    EXPECT_THAT(ids(fleet_of({"10", "9", "100"}, IdOrder::as_text)), ElementsAre("10", "100", "9"));
    EXPECT_THAT(ids(fleet_of({"10", "9", "100"}, IdOrder::as_number)), ElementsAre("9", "10", "100"));
}

TEST(Fleet, FindsUpdatesAndRemovesById)
{
    auto fleet = fleet_of({"3", "1", "2"}, IdOrder::as_text);
    EXPECT_TRUE(fleet.update("2", [](Simcard& simcard) { simcard.is_blocked = true; }));
    EXPECT_TRUE(fleet.find("2")->is_blocked);
    EXPECT_FALSE(fleet.update("4", [](Simcard&) {}));

    EXPECT_EQ(fleet.remove("1")->id, "1");
    EXPECT_FALSE(fleet.remove("1"));
    EXPECT_EQ(fleet.find("1"), nullptr);
    EXPECT_THAT(ids(fleet), ElementsAre("2", "3"));
}

TEST(Fleet, HoldsAnIdOnce)
{
    auto fleet = fleet_of({"1", "2"}, IdOrder::as_text);
    EXPECT_THROW(fleet.add(with_id("1")), std::invalid_argument);
    EXPECT_THROW(fleet.add(with_id("2")), std::invalid_argument);
    EXPECT_EQ(fleet.size(), 2U);
}

TEST(Fleet, BoundsTheNeighboursOfAnId)
{
    const auto fleet = fleet_of({"10", "20", "30"}, IdOrder::as_text);
    EXPECT_EQ(fleet.lower_bound("20"), 1U);
    EXPECT_EQ(fleet.upper_bound("20"), 2U);
    EXPECT_EQ(fleet.upper_bound("25"), 2U);
    EXPECT_EQ(fleet.lower_bound("40"), 3U);
}

TEST(Fleet, CountsItsChanges)
{
    auto fleet = fleet_of({"1", "2"}, IdOrder::as_text);
    const auto before = fleet.revision();
    fleet.update("1", [](Simcard&) {});
    EXPECT_GT(fleet.revision(), before);
    EXPECT_GT(fleet.find("1")->revision, fleet.find("2")->revision);
    fleet.remove("1");
    EXPECT_GT(fleet.revision(), before + 1);
}

TEST(Population, IsTheSameForTheSameSeed)
{
    const Instant now{std::chrono::days{20'000}};
    Fleet first;
    Fleet second;
    Fleet other;
    populate(first, 500, 7, now);
    populate(second, 500, 7, now);
    populate(other, 500, 8, now);

    std::size_t differing = 0;
    for (std::size_t position = 0; position < 500; ++position)
    {
        EXPECT_EQ(first.at(position).iccid_plastic, second.at(position).iccid_plastic);
        EXPECT_EQ(first.at(position).balance, second.at(position).balance);
        EXPECT_EQ(first.at(position).tariff_expires_at, second.at(position).tariff_expires_at);
        differing += first.at(position).iccid_plastic != other.at(position).iccid_plastic ? 1 : 0;
    }
    EXPECT_GT(differing, 490U);
}

TEST(Population, LooksLikeAFleet)
{
    Fleet fleet;
    populate(fleet, 5'000, 1, Instant{std::chrono::days{20'000}});
    std::size_t blocked = 0;
    std::set<std::string> tariff_types;
    for (std::size_t position = 0; position < fleet.size(); ++position)
    {
        const auto& simcard = fleet.at(position);
        EXPECT_GE(simcard.iccid_plastic.size(), 18U);
        EXPECT_LE(simcard.iccid_plastic.size(), 22U);
        blocked += simcard.is_blocked ? 1 : 0;
        if (simcard.current_tariff)
            tariff_types.insert(simcard.current_tariff->tariff_type);
    }
    EXPECT_NEAR(static_cast<double>(blocked), 100, 40);
    EXPECT_EQ(tariff_types.size(), 5U);
}

} // namespace
} // namespace simsync::simulator
