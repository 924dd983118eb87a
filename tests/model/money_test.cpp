// Exact amounts: what is read, how it is written, and how it is ordered.
#include "simsync/model/money.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace simsync
{
namespace
{

std::string canonical(std::string_view text)
{
    const auto money = Money::parse(text);
    return money ? money->text() : "no number";
}

Money money(std::string_view text)
{
    return Money::parse(text).value();
}

std::string decimal(const std::string& whole, const std::string& fraction)
{
    return fraction.empty() ? whole : whole + '.' + fraction;
}

std::string digits(std::size_t count, char digit = '9')
{
    return std::string(count, digit);
}

TEST(Money, IsZeroWhenNothingWasRead)
{
    EXPECT_EQ(Money{}.text(), "0");
    EXPECT_EQ(Money{}, money("0.00"));
}

TEST(Money, EqualAmountsHaveEqualText)
{
    for (const auto* five : {"5", "5.00", "+5", "005", "0.5e1", "0.05E+2", "500e-2", "50.0e-01"})
        EXPECT_EQ(canonical(five), "5") << five;
    for (const auto* half : {"-0.5", "-0.50", "-00.5", "-5e-1", "-0.005e2"})
        EXPECT_EQ(canonical(half), "-0.5") << half;
}

TEST(Money, ZeroHasNoSignAndNoExponent)
{
    for (const auto* zero : {"0", "-0", "+0", "0.000", "-0.0", "000", "0e5", "-0e-5", "0e999999"})
        EXPECT_EQ(canonical(zero), "0") << zero;
}

TEST(Money, KeepsWhatABinaryFractionWouldRound)
{
    EXPECT_EQ(canonical("0.1"), "0.1");
    EXPECT_EQ(canonical("12345678.91"), "12345678.91");
    EXPECT_EQ(canonical("9007199254740993"), "9007199254740993");
    EXPECT_EQ(canonical("0.1000000000000000055511151231257827"), "0.1000000000000000055511151231257827");
}

TEST(Money, WritesAnExponentOut)
{
    EXPECT_EQ(canonical("1e3"), "1000");
    EXPECT_EQ(canonical("1e-3"), "0.001");
    EXPECT_EQ(canonical("1.234e2"), "123.4");
    EXPECT_EQ(canonical("123.4e-2"), "1.234");
    EXPECT_EQ(canonical("-120e-4"), "-0.012");
}

TEST(Money, RefusesWhatIsNoNumber)
{
    for (const auto* text :
         {"",    "-",     "+",    ".",     "5.",    ".5",       "-.5",   "5..0",  "5,00", "1 000", " 5",
          "5 ",  "five",  "0x10", "NaN",   "inf",   "Infinity", "--5",   "+-5",   "5-",   "1e",    "1e+",
          "1e-", "1e1.5", "e5",   "1e5e5", "1e+-5", "1e-+5",    "1e--5", "1e++5", "5\n",  "₽5",    "５"})
        EXPECT_EQ(canonical(text), "no number") << text;
    EXPECT_EQ(canonical(std::string_view("5\0", 2)), "no number");
}

TEST(Money, HoldsAThousandDigitsAndNoMore)
{
    EXPECT_EQ(canonical(digits(1000)), digits(1000));
    EXPECT_EQ(canonical(digits(1001)), "no number");
    EXPECT_EQ(canonical("1e999"), "1" + digits(999, '0'));
    EXPECT_EQ(canonical("1e1000"), "no number");
    EXPECT_EQ(canonical("1e-1000"), "0." + digits(999, '0') + "1");
    EXPECT_EQ(canonical("1e-1001"), "no number");
}

TEST(Money, AnAbsurdExponentCostsNoMemory)
{
    EXPECT_EQ(canonical("1e999999999"), "no number");
    EXPECT_EQ(canonical("1e-999999999"), "no number");
    EXPECT_EQ(canonical("1e9223372036854775807"), "no number");
    EXPECT_EQ(canonical("1e-9223372036854775808"), "no number");
    EXPECT_EQ(canonical("1e99999999999999999999"), "no number");
}

TEST(Money, IsOrderedByAmount)
{
    const std::vector<std::string_view> ascending{
        "-1000", "-10.5", "-10", "-9.99", "-0.02", "-0.011", "-0.01", "0",     "0.001", "0.01", "0.02",
        "0.1",   "0.11",  "0.2", "1",     "1.5",   "2",      "10",    "10.01", "99.9",  "100",  "1e20"};
    for (std::size_t i = 1; i < ascending.size(); ++i)
    {
        EXPECT_LT(money(ascending[i - 1]), money(ascending[i])) << ascending[i];
        EXPECT_GT(money(ascending[i]), money(ascending[i - 1])) << ascending[i];
    }
}

// A number as the API might write it, by its parts.
struct Written
{
    std::string text;
    long double amount = 0;
};

// At most six digits on either side of the point: what a long double tells apart.
Written any_written()
{
    const auto whole = *rc::gen::inRange(0, 1'000'000);
    const auto fraction =
        *rc::gen::container<std::string>(*rc::gen::inRange<std::size_t>(0, 7), rc::gen::inRange('0', '9'));
    const auto exponent = *rc::gen::inRange(-3, 4);
    const auto sign = *rc::gen::element<std::string>("", "-", "+");
    const auto zeros = std::string(*rc::gen::inRange<std::size_t>(0, 3), '0');
    auto text = sign + zeros + decimal(std::to_string(whole), fraction);
    if (exponent != 0)
        text += *rc::gen::element<std::string>("e", "E") + std::to_string(exponent);
    return {text, std::strtold(text.c_str(), nullptr)};
}

RC_GTEST_PROP(Money, ReadingItsTextAgainChangesNothing, ())
{
    const auto once = money(any_written().text);
    RC_ASSERT(money(once.text()).text() == once.text());
}

RC_GTEST_PROP(Money, ItsTextIsCanonical, ())
{
    const auto text = money(any_written().text).text();
    const auto magnitude = text.substr(text.front() == '-' ? 1 : 0);
    RC_ASSERT(text != "-0");
    RC_ASSERT(text.find_first_not_of("-.0123456789") == std::string::npos);
    RC_ASSERT(magnitude.front() != '0' || magnitude == "0" || magnitude.starts_with("0."));
    if (magnitude.find('.') != std::string::npos)
        RC_ASSERT(magnitude.back() != '0' && magnitude.back() != '.');
}

RC_GTEST_PROP(Money, ItsTextIsTheSameAmount, ())
{
    const auto written = any_written();
    RC_ASSERT(std::strtold(money(written.text).text().c_str(), nullptr) == written.amount);
}

RC_GTEST_PROP(Money, OrderAgreesWithTheAmounts, ())
{
    const auto left = any_written();
    const auto right = *rc::gen::element(any_written(), left);
    const auto expected = left.amount <=> right.amount;
    RC_ASSERT((money(left.text) <=> money(right.text)) == expected);
    RC_ASSERT((money(left.text) == money(right.text)) == (expected == 0));
}

RC_GTEST_PROP(Money, TextOfItsCharactersIsReadExactlyOrRefused, ())
{
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("0019+-.eE")));
    if (const auto read = Money::parse(text))
        RC_ASSERT(std::strtold(read->text().c_str(), nullptr) == std::strtold(text.c_str(), nullptr));
}

TEST(Money, AddsAndSubtractsExactly)
{
    EXPECT_EQ((money("0.1") + money("0.2")).text(), "0.3");
    EXPECT_EQ((money("9.99") + money("0.01")).text(), "10");
    EXPECT_EQ((money("10") - money("0.001")).text(), "9.999");
    EXPECT_EQ((money("1") - money("2.5")).text(), "-1.5");
    EXPECT_EQ((money("-1") - money("-1")).text(), "0");
    EXPECT_EQ((money("-1.5") + money("1.4")).text(), "-0.1");
    EXPECT_EQ((Money{} - money("7")).text(), "-7");
    EXPECT_EQ((money(digits(1000)) + money("0.1")).text(), digits(1000) + ".1") << "longer than what is read";
}

TEST(Money, MultipliesExactly)
{
    EXPECT_EQ((money("0.25") * 4).text(), "1");
    EXPECT_EQ((money("-1.1") * 3).text(), "-3.3");
    EXPECT_EQ((money("5") * 0).text(), "0");
    EXPECT_EQ((money("-5") * 0).text(), "0");
    EXPECT_EQ((money("9.99") * 4'294'967'295U).text(), "42906723277.05");
}

TEST(Money, DividesAndRoundsHalvesAwayFromZero)
{
    EXPECT_EQ(money("10").divided_by(4, 4).text(), "2.5");
    EXPECT_EQ(money("1").divided_by(3, 4).text(), "0.3333");
    EXPECT_EQ(money("2").divided_by(3, 4).text(), "0.6667");
    EXPECT_EQ(money("1").divided_by(2, 0).text(), "1");
    EXPECT_EQ(money("-1").divided_by(2, 0).text(), "-1");
    EXPECT_EQ(money("0.00005").divided_by(1, 4).text(), "0.0001");
    EXPECT_EQ(money("0.000049999").divided_by(1, 4).text(), "0");
    EXPECT_EQ(money("-0.000049999").divided_by(1, 4).text(), "0");
    EXPECT_EQ(money("9.99995").divided_by(1, 4).text(), "10");
    EXPECT_EQ(money("1234.5678").divided_by(4'294'967'295U, 4).text(), "0");
}

// In units of 10^-decimals, as a machine's integers do it.
struct InUnits
{
    std::int64_t units = 0;
    int decimals = 0;

    std::string text() const { return std::to_string(units) + "e-" + std::to_string(decimals); }
};

InUnits any_units()
{
    return {*rc::gen::inRange<std::int64_t>(-1'000'000'000, 1'000'000'000), *rc::gen::inRange(0, 7)};
}

std::int64_t in_millionths(const InUnits& amount)
{
    std::int64_t scaled = amount.units;
    for (int i = amount.decimals; i < 6; ++i)
        scaled *= 10;
    return scaled;
}

RC_GTEST_PROP(Money, CountsAsIntegersDo, ())
{
    const auto left = any_units();
    const auto right = any_units();
    const auto times = *rc::gen::inRange<std::uint32_t>(0, 2'000);
    const auto millionths = [](std::int64_t units) { return money(InUnits{units, 6}.text()); };
    RC_ASSERT(
        money(left.text()) + money(right.text()) == millionths(in_millionths(left) + in_millionths(right)));
    RC_ASSERT(
        money(left.text()) - money(right.text()) == millionths(in_millionths(left) - in_millionths(right)));
    RC_ASSERT(money(left.text()) * times == millionths(in_millionths(left) * times));
}

RC_GTEST_PROP(Money, DividesAsIntegersDo, ())
{
    const auto amount = any_units();
    const auto divisor = *rc::gen::inRange<std::uint32_t>(1, 100'000);
    const auto magnitude = std::abs(in_millionths(amount));
    const auto unit = static_cast<std::int64_t>(divisor) * 100; // four decimals of six
    const auto rounded = (2 * magnitude + unit) / (2 * unit);
    RC_ASSERT(
        money(amount.text()).divided_by(divisor, 4) ==
        money(InUnits{amount.units < 0 ? -rounded : rounded, 4}.text()));
}

} // namespace
} // namespace simsync
