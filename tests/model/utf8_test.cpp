#include "model/utf8.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

TEST(Characters, AreCountedHoweverManyBytesEachHas)
{
    EXPECT_EQ(characters(""), 0u);
    EXPECT_EQ(characters("SIM 12"), 6u);
    EXPECT_EQ(characters("Žlutá – 電話 😀"), 12u);
}

TEST(Characters, ContinueBehindTheirFirstByte)
{
    constexpr std::string_view letter = "ž";
    EXPECT_FALSE(continues_character('z'));
    EXPECT_FALSE(continues_character(letter.front()));
    EXPECT_TRUE(continues_character(letter.back()));
}

} // namespace
} // namespace simsync
