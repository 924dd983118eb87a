// What a text with stars stands for.
#include "model/event_pattern.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::ElementsAre;

TEST(EventPattern, CoversTheWholeText)
{
    EXPECT_TRUE(EventPattern("sim.added").covers("sim.added"));
    EXPECT_FALSE(EventPattern("sim.added").covers("sim.added "));
    EXPECT_TRUE(EventPattern("sim.*").covers("sim."));
    EXPECT_FALSE(EventPattern("sim.*").covers("a sim.added"));
    EXPECT_TRUE(EventPattern("").covers(""));
    EXPECT_FALSE(EventPattern("").covers("x"));
    EXPECT_TRUE(EventPattern("*").covers(""));
}

TEST(EventPattern, CountsNothingTwice)
{
    EXPECT_FALSE(EventPattern("aba*aba").covers("ababa"));
    EXPECT_TRUE(EventPattern("aba*aba").covers("abaaba"));
    EXPECT_FALSE(EventPattern("a*b*b").covers("ab"));
    EXPECT_TRUE(EventPattern("a*b*b").covers("abb"));
}

TEST(EventPattern, FindsItsPartsInTheirOrder)
{
    EXPECT_TRUE(EventPattern("*1*2*").covers("x1x2x"));
    EXPECT_FALSE(EventPattern("*1*2*").covers("x2x1x"));
    EXPECT_TRUE(EventPattern("**").covers("anything"));
}

TEST(EventPattern, IsPartOfATextWhateverItsCase)
{
    EXPECT_TRUE(EventPattern("tRUCK").is_part_of("a Truck 12"));
    EXPECT_TRUE(EventPattern("truck*12").is_part_of("a Truck, 12 t"));
    EXPECT_FALSE(EventPattern("12*truck").is_part_of("a Truck, 12 t"));
    EXPECT_TRUE(EventPattern("").is_part_of(""));
}

TEST(EventPattern, TakesAStarInAPartForItself)
{
    const EventPattern starless(std::vector<std::string>{"*"});
    EXPECT_FALSE(starless.has_star());
    EXPECT_TRUE(starless.covers("*"));
    EXPECT_FALSE(starless.covers("x"));
}

TEST(EventPattern, NamesWhatItCovers)
{
    const std::vector<std::string_view> names{"sim.added", "sim.removed", "imei.changed"};
    EXPECT_THAT(names_like("sim.*", names), ElementsAre("sim.added", "sim.removed"));
    EXPECT_THAT(names_like("sim.added", names), ElementsAre("sim.added"));
    EXPECT_THAT(names_like("added", names), ElementsAre());
}

} // namespace
} // namespace simsync
