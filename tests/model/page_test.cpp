// The reference's comparators and how they are spelled, and what a page weighs.
#include "simsync/model/page.hpp"

#include "model/sim_columns.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

struct Spelling
{
    Comparator comparator;
    std::string_view text;
};

constexpr Spelling reference[]{
    {Comparator::eq, "EQ"},
    {Comparator::neq, "NEQ"},
    {Comparator::lt, "LT"},
    {Comparator::lte, "LTE"},
    {Comparator::gt, "GT"},
    {Comparator::gte, "GTE"},
    {Comparator::in, "IN"},
    {Comparator::nin, "NIN"},
    {Comparator::contains, "CONTAINS"},
    {Comparator::starts_with, "STARTS_WITH"},
    {Comparator::ends_with, "ENDS_WITH"},
    {Comparator::null, "NULL"},
};

TEST(Comparator, IsSpelledAsTheReferenceSpellsIt)
{
    for (const auto& each : reference)
    {
        EXPECT_EQ(to_text(each.comparator), each.text);
        EXPECT_EQ(comparator_named(each.text), each.comparator) << each.text;
    }
}

TEST(Comparator, IsReadInAnyCase)
{
    EXPECT_EQ(comparator_named("gte"), Comparator::gte);
    EXPECT_EQ(comparator_named("Starts_With"), Comparator::starts_with);
}

TEST(Comparator, AnUnknownOneIsRefused)
{
    for (const auto* text : {"", "E", "EQUALS", "EQ ", "STARTS-WITH", "LIKE", "="})
        EXPECT_FALSE(comparator_named(text)) << text;
}

const std::string many_digits(1000, '7');

// False for a type whose values are all of one size.
bool make_long(auto&)
{
    return false;
}

bool make_long(std::string& text)
{
    text = many_digits;
    return true;
}

bool make_long(std::optional<std::string>& text)
{
    text = many_digits;
    return true;
}

bool make_long(std::optional<Money>& amount)
{
    amount = Money::parse(many_digits);
    return true;
}

bool make_long(std::vector<std::string>& texts)
{
    texts = {many_digits};
    return true;
}

bool make_long(std::map<std::string, std::string>& texts)
{
    texts = {{"balance", many_digits}};
    return true;
}

TEST(Footprint, CountsWhatEachColumnHolds)
{
    int columns = 0;
    each_sim_column(
        [&]<class Column>(Column)
        {
            ObservedSim seen;
            const auto empty = footprint(seen);
            if (!make_long(Column::of(seen.sim)))
                return;
            EXPECT_GE(footprint(seen), empty + many_digits.size()) << Column::name;
            ++columns;
        });
    EXPECT_EQ(columns, 14);
}

} // namespace
} // namespace simsync
