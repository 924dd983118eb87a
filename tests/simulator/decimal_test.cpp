// Decimals are exact both ways, or refused.
#include "simulator/decimal.hpp"

#include <gtest/gtest.h>

namespace simsync::simulator
{
namespace
{

std::string shortest(std::string_view text)
{
    const auto value = Decimal::parse(text);
    if (!value)
        return "refused";
    std::string out;
    append(out, *value);
    return out;
}

TEST(Decimal, IsWrittenAsTheShortestJsonNumber)
{
    EXPECT_EQ(shortest("0"), "0");
    EXPECT_EQ(shortest("-0.00"), "0");
    EXPECT_EQ(shortest("12.50"), "12.5");
    EXPECT_EQ(shortest("-0.01"), "-0.01");
    EXPECT_EQ(shortest("12345678.91"), "12345678.91");
    EXPECT_EQ(shortest("0.000001"), "0.000001");
    EXPECT_EQ(shortest("100"), "100");
}

TEST(Decimal, ReadsScientificNotation)
{
    EXPECT_EQ(shortest("5e-1"), "0.5");
    EXPECT_EQ(shortest("1E3"), "1000");
}

TEST(Decimal, RefusesWhatItCannotHoldExactly)
{
    for (const auto* text :
         {"", "-", ".", "1.", ".5", "1.2.3", "0x1", "1 ", "0.0000001", "9999999999999999", "1e300", "e"})
        EXPECT_EQ(shortest(text), "refused") << text;
    EXPECT_EQ(shortest("0.5000000"), "0.5");
}

TEST(Decimal, ComparesByAmount)
{
    EXPECT_LT(Decimal::cents(499), *Decimal::parse("5"));
    EXPECT_EQ(Decimal::cents(500), *Decimal::parse("5.00"));
    EXPECT_LT(*Decimal::parse("-3"), *Decimal::parse("-2.5"));
}

} // namespace
} // namespace simsync::simulator
