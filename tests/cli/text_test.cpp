// Figures as people read them.
#include "cli/text.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace simsync::cli
{
namespace
{

using namespace std::chrono_literals;

TEST(Text, GroupsDigitsByThree)
{
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1'000), "1,000");
    EXPECT_EQ(grouped(1'234'567), "1,234,567");
    EXPECT_EQ(grouped(-123), "-123");
    EXPECT_EQ(grouped(-123'456), "-123,456");
    EXPECT_EQ(grouped(INT64_MIN), "-9,223,372,036,854,775,808");
}

TEST(Text, TellsDurationsInTenthsOfASecond)
{
    EXPECT_EQ(seconds_text(0ms), "0.0 s");
    EXPECT_EQ(seconds_text(1'240ms), "1.2 s");
    EXPECT_EQ(seconds_text(90min), "5400.0 s");
}

TEST(Text, TellsAnAgeInTheLargestUnitOfWhichThereAreTwo)
{
    EXPECT_EQ(age_text(0s), "0s");
    EXPECT_EQ(age_text(119s), "119s");
    EXPECT_EQ(age_text(120s), "2m");
    EXPECT_EQ(age_text(119min), "119m");
    EXPECT_EQ(age_text(2h), "2h");
    EXPECT_EQ(age_text(47h), "47h");
    EXPECT_EQ(age_text(48h), "2d");
}

TEST(Text, TellsNoNegativeAgeWhereClocksDisagree)
{
    EXPECT_EQ(age_text(-3s), "0s");
}

TEST(Text, PadsByCharactersAndCutsNothing)
{
    EXPECT_EQ(padded("abc", 5), "abc  ");
    EXPECT_EQ(padded("шесть", 6), "шесть ");
    EXPECT_EQ(padded("too long", 3), "too long");
}

class Colour : public testing::Test
{
protected:
    Colour()
    {
        unsetenv("NO_COLOR");
        unsetenv("CLICOLOR_FORCE");
    }
    ~Colour() override
    {
        unsetenv("NO_COLOR");
        unsetenv("CLICOLOR_FORCE");
    }
};

TEST_F(Colour, CanBeForcedButNotAgainstNoColor)
{
    setenv("CLICOLOR_FORCE", "1", 1);
    EXPECT_TRUE(stdout_takes_colour());
    setenv("NO_COLOR", "1", 1);
    EXPECT_FALSE(stdout_takes_colour());
}

TEST_F(Colour, VariablesThatAreEmptySayNothing)
{
    setenv("CLICOLOR_FORCE", "1", 1);
    setenv("NO_COLOR", "", 1);
    EXPECT_TRUE(stdout_takes_colour());
}

} // namespace
} // namespace simsync::cli
