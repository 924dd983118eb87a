// text[] as PostgreSQL writes it.
#include "postgres/array_literal.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ArrayLiteral, WhatWasWrittenIsReadAgain)
{
    const std::vector<std::string> odd{"", "NULL", "a,b", "{c}", R"(d"e)", R"(f\g)", " h ", "\xc3\xa9"};
    EXPECT_EQ(array_elements(array_literal(odd)), odd);
    EXPECT_THAT(array_elements(array_literal({})), IsEmpty());
}

TEST(ArrayLiteral, ANullIsWrittenWithoutQuotes)
{
    ArrayLiteral literal;
    literal.add(std::optional<std::string>());
    literal.add(std::optional<std::string>("NULL"));
    EXPECT_EQ(literal.text(), R"({NULL,"NULL"})");
}

// The server quotes only where it must.
TEST(ArrayElements, MayBeBareOrQuoted)
{
    EXPECT_THAT(array_elements(R"({7,"x y","a\\b","\""})"), ElementsAre("7", "x y", R"(a\b)", R"(")"));
    EXPECT_THAT(array_elements("{}"), IsEmpty());
}

TEST(ArrayElements, LeaveANullOut)
{
    EXPECT_THAT(array_elements(R"({a,NULL,"NULL",b})"), ElementsAre("a", "NULL", "b"));
}

// Somebody may have written such a column by hand.
TEST(ArrayElements, OfSeveralDimensionsOrWithBoundsAreAList)
{
    EXPECT_THAT(array_elements("{{a,b},{c,d}}"), ElementsAre("a", "b", "c", "d"));
    EXPECT_THAT(array_elements("[0:1]={a,b}"), ElementsAre("a", "b"));
}

TEST(ArrayElements, OfATextThatIsNoArrayEndWithIt)
{
    EXPECT_THAT(array_elements(""), IsEmpty());
    EXPECT_THAT(array_elements("a"), IsEmpty());
    EXPECT_THAT(array_elements(R"({"a)"), ElementsAre("a"));
    EXPECT_THAT(array_elements(R"({"a\)"), ElementsAre(R"(a\)"));
}

} // namespace
} // namespace simsync
