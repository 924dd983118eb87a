// The reference's comparators and how they are spelled.
#include "simsync/model/page.hpp"

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

} // namespace
} // namespace simsync
