// The memory of a fleet, against a plain map.
#include "model/fleet.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>

namespace simsync
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Fingerprint one{1, 0};
constexpr Fingerprint other{1, 1};

std::vector<std::string> ids(const Fleet& fleet)
{
    std::vector<std::string> ids;
    fleet.each([&](Fleet::Place place) { ids.emplace_back(fleet.id(place)); });
    return ids;
}

Fleet fleet_of(std::size_t sims)
{
    Fleet fleet;
    for (std::size_t i = 0; i < sims; ++i)
        fleet.remember(std::to_string(i), {i, i});
    return fleet;
}

TEST(Fleet, IsEmptyAtFirst)
{
    const Fleet fleet;
    EXPECT_TRUE(fleet.empty());
    EXPECT_EQ(fleet.find("1001"), Fleet::nowhere);
    EXPECT_THAT(ids(fleet), IsEmpty());
}

TEST(Fleet, FindsWhatItRemembers)
{
    Fleet fleet;
    const auto place = fleet.remember("1001", one);
    EXPECT_EQ(fleet.find("1001"), place);
    EXPECT_EQ(fleet.id(place), "1001");
    EXPECT_EQ(fleet.fingerprint(place), one);
    EXPECT_EQ(fleet.seen_in(place), 0u);
    EXPECT_EQ(fleet.size(), 1u);
}

TEST(Fleet, TellsIdsApartThatLookAlike)
{
    Fleet fleet;
    fleet.remember("1", one);
    for (const auto* id : {"", "01", "1 ", "10", "l"})
        EXPECT_EQ(fleet.find(id), Fleet::nowhere) << id;
}

TEST(Fleet, RememberingAgainReplacesTheFingerprintOnly)
{
    Fleet fleet;
    const auto place = fleet.remember("1001", one);
    fleet.mark_seen(place, 7);
    EXPECT_EQ(fleet.remember("1001", other), place);
    EXPECT_EQ(fleet.fingerprint(place), other);
    EXPECT_EQ(fleet.seen_in(place), 7u);
    EXPECT_EQ(fleet.size(), 1u);
}

TEST(Fleet, ForgetsOneAndKeepsTheOthersInTheirPlaces)
{
    auto fleet = fleet_of(3);
    const auto last = fleet.find("2");
    fleet.forget("1");
    EXPECT_EQ(fleet.find("1"), Fleet::nowhere);
    EXPECT_EQ(fleet.find("2"), last);
    EXPECT_THAT(ids(fleet), ElementsAre("0", "2"));
    EXPECT_EQ(fleet.size(), 2u);
}

TEST(Fleet, ForgettingAStrangerChangesNothing)
{
    auto fleet = fleet_of(2);
    fleet.forget("2");
    EXPECT_THAT(ids(fleet), ElementsAre("0", "1"));
}

TEST(Fleet, ASimThatReturnsIsNewAndStandsLast)
{
    auto fleet = fleet_of(3);
    fleet.mark_seen(fleet.find("0"), 7);
    fleet.forget("0");
    const auto place = fleet.remember("0", other);
    EXPECT_EQ(fleet.seen_in(place), 0u);
    EXPECT_THAT(ids(fleet), ElementsAre("1", "2", "0"));
}

TEST(Fleet, VisitsInTheOrderInWhichSimsWereFirstRemembered)
{
    Fleet fleet;
    for (const auto* id : {"b", "a", "10", "9"})
        fleet.remember(id, one);
    fleet.remember("a", other);
    EXPECT_THAT(ids(fleet), ElementsAre("b", "a", "10", "9"));
}

TEST(Fleet, CompactingKeepsEverythingButTheGaps)
{
    auto fleet = fleet_of(100);
    for (int i = 0; i < 97; ++i)
        fleet.forget(std::to_string(i));
    fleet.mark_seen(fleet.find("98"), 7);
    const auto before = fleet.bytes();
    fleet.compact();
    EXPECT_LT(fleet.bytes(), before);
    EXPECT_THAT(ids(fleet), ElementsAre("97", "98", "99"));
    EXPECT_EQ(fleet.find("97"), 0u);
    EXPECT_EQ(fleet.seen_in(fleet.find("98")), 7u);
    EXPECT_EQ(fleet.fingerprint(fleet.find("99")), (Fingerprint{99, 99}));
}

TEST(Fleet, KeepsAPayloadHashAsLongAsTheFingerprintIsTheSame)
{
    constexpr PayloadHash payload_hash{17, 590};
    Fleet fleet;
    const auto place = fleet.remember("1001", one);
    EXPECT_EQ(fleet.payload_hash(place), PayloadHash{});
    fleet.note_payload_hash(place, payload_hash);
    fleet.remember("1001", one);
    EXPECT_EQ(fleet.payload_hash(place), payload_hash);
    fleet.remember("1001", other);
    EXPECT_EQ(fleet.payload_hash(place).length, 0u);
}

TEST(Fleet, KeepsPayloadHashesWhenItIsCompacted)
{
    auto fleet = fleet_of(3);
    fleet.note_payload_hash(fleet.find("2"), {17, 590});
    fleet.forget("0");
    fleet.forget("1");
    fleet.compact();
    EXPECT_EQ(fleet.find("2"), 0u);
    EXPECT_EQ(fleet.payload_hash(0), (PayloadHash{17, 590}));
}

TEST(Fleet, GuessesTheOrderOfItsPlacesUntilItIsToldAnother)
{
    auto fleet = fleet_of(3);
    EXPECT_EQ(fleet.after(0), 1u);
    fleet.note_after(0, 2);
    EXPECT_EQ(fleet.after(0), 2u);
    EXPECT_EQ(fleet.find("0"), 0u);
    EXPECT_EQ(fleet.find("1"), 1u) << "a guess that is wrong finds nothing else";
    EXPECT_TRUE(fleet.holds(2));
    EXPECT_FALSE(fleet.holds(fleet.after(2))) << "nobody comes after the last";
    fleet.forget("2");
    EXPECT_FALSE(fleet.holds(2));
    EXPECT_EQ(fleet.find("0"), 0u);
    EXPECT_EQ(fleet.find("2"), Fleet::nowhere) << "although it is the guess";
}

TEST(Fleet, CompactsOnlyOnceTheGapsOutweighTheSims)
{
    auto fleet = fleet_of(4);
    fleet.forget("0");
    fleet.forget("1");
    const auto place = fleet.find("3");
    fleet.compact();
    EXPECT_EQ(fleet.find("3"), place);
    fleet.forget("2");
    fleet.compact();
    EXPECT_EQ(fleet.find("3"), 0u);
}

TEST(Fleet, StaysWithinItsMemoryBudget)
{
    constexpr std::size_t sims = 100'000;
    const std::string tail(36 - 6, 'x'); // ids as long as a UUID
    Fleet fleet;
    fleet.reserve(sims);
    for (std::size_t i = 0; i < sims; ++i)
        fleet.remember(std::to_string(100'000 + i) + tail, one);
    EXPECT_LE(fleet.bytes() / sims, 120u);
}

TEST(Fleet, DoesNotGrowWhileSimsComeAndGo)
{
    auto fleet = fleet_of(100);
    const auto round = [&fleet](int number)
    {
        for (int i = 0; i < 100; ++i)
        {
            fleet.forget(std::to_string(number * 100 + i));
            fleet.remember(std::to_string((number + 1) * 100 + i), one);
        }
        fleet.compact();
    };
    for (int number = 0; number < 5; ++number)
        round(number);
    const auto settled = fleet.bytes();
    for (int number = 5; number < 50; ++number)
        round(number);
    EXPECT_LE(fleet.bytes(), settled * 2);
    EXPECT_EQ(fleet.size(), 100u);
}

// What a fleet should remember of a SIM.
struct Remembered
{
    std::uint64_t fingerprint = 0;
    std::uint32_t seen = 0;
};
using Model = std::map<std::string, Remembered>;

void step(Fleet& fleet, Model& model)
{
    const auto id = std::to_string(*rc::gen::inRange(0, 120));
    const auto number = *rc::gen::inRange<std::uint32_t>(1, 1000);
    switch (*rc::gen::inRange(0, 8))
    {
    case 0:
    case 1:
        fleet.forget(id);
        model.erase(id);
        break;
    case 2:
        fleet.compact();
        break;
    case 3:
        fleet.reserve(model.size());
        break;
    case 4:
        if (const auto place = fleet.find(id); place != Fleet::nowhere)
            fleet.mark_seen(place, number);
        if (const auto known = model.find(id); known != model.end())
            known->second.seen = number;
        break;
    default:
        fleet.remember(id, {number, 0});
        model[id].fingerprint = number;
    }
}

void expect_same(const Fleet& fleet, const Model& model)
{
    RC_ASSERT(fleet.size() == model.size());
    RC_ASSERT(ids(fleet).size() == model.size());
    for (const auto& [id, known] : model)
    {
        const auto place = fleet.find(id);
        RC_ASSERT(place != Fleet::nowhere);
        RC_ASSERT(fleet.id(place) == id);
        RC_ASSERT(fleet.fingerprint(place) == (Fingerprint{known.fingerprint, 0}));
        RC_ASSERT(fleet.seen_in(place) == known.seen);
    }
}

RC_GTEST_PROP(Fleet, IsAMapWhateverHappensToIt, ())
{
    Fleet fleet;
    Model model;
    const auto steps = *rc::gen::inRange(0, 400);
    for (int i = 0; i < steps; ++i)
        step(fleet, model);
    expect_same(fleet, model);
}

} // namespace
} // namespace simsync
