// Where the words, quotations and signs of a match begin and end.
#include "model/match_scanner.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = MatchToken::Kind;

std::vector<std::string> written(std::string_view text)
{
    std::vector<std::string> all;
    MatchScanner scanner(text);
    for (auto token = scanner.next(); token.kind != Kind::end; token = scanner.next())
        all.emplace_back(token.written);
    return all;
}

MatchToken first(std::string_view text)
{
    return MatchScanner(text).next();
}

TEST(MatchScanner, PartsWordsAtBlanksAndSigns)
{
    EXPECT_THAT(written(" kind=sim.* \r\n"), ElementsAre("kind", "=", "sim.*"));
    EXPECT_THAT(written("(a!~b,c)"), ElementsAre("(", "a", "!~", "b", ",", "c", ")"));
    EXPECT_THAT(written("a>=b"), ElementsAre("a", ">=", "b"));
    EXPECT_THAT(written("a!=b~c"), ElementsAre("a", "!=", "b", "~", "c"));
    EXPECT_THAT(written(" \t"), ElementsAre());
}

TEST(MatchScanner, EndsForEver)
{
    MatchScanner scanner(" a ");
    EXPECT_EQ(scanner.next().kind, Kind::word);
    EXPECT_EQ(scanner.next().kind, Kind::end);
    const auto again = scanner.next();
    EXPECT_EQ(again.kind, Kind::end);
    EXPECT_EQ(again.at, 3U);
}

TEST(MatchScanner, TakesAStarApartUnlessItMeansItself)
{
    EXPECT_THAT(first("a*b").parts, ElementsAre("a", "b"));
    EXPECT_THAT(first("*").parts, ElementsAre("", ""));
    EXPECT_THAT(first(R"("a*\*")").parts, ElementsAre("a", "*"));
}

TEST(MatchScanner, EndsAQuotationWithTheMarkThatItBeganWith)
{
    const auto token = first(R"('it is "so"' and)");
    EXPECT_EQ(token.kind, Kind::quotation);
    EXPECT_EQ(token.plain(), R"(it is "so")");
    EXPECT_THAT(first(R"("a \"b\" \\")").parts, ElementsAre(R"(a "b" \)"));
    EXPECT_EQ(first("''").plain(), "");
}

TEST(MatchScanner, KnowsKeywordsInAnyCaseButNotInQuotes)
{
    EXPECT_TRUE(first("AND").is_keyword());
    EXPECT_TRUE(first("Or").is_keyword("or"));
    EXPECT_FALSE(first("\"and\"").is_keyword());
    EXPECT_FALSE(first("android").is_keyword());
}

TEST(MatchScanner, RefusesWhatBeginsNothingAndSaysWhere)
{
    for (const auto& [text, at] :
         {std::pair{"kind < x", 5U}, std::pair{" \\", 1U}, std::pair{"a 'b", 2U}, std::pair{"\"a\\\"", 0U},
          std::pair{"!", 0U}})
        try
        {
            written(text);
            ADD_FAILURE() << "was taken: " << text;
        }
        catch (const MatchRefusal& refusal)
        {
            EXPECT_EQ(refusal.at, at) << text;
            EXPECT_NE(refusal.hint, "") << text;
        }
}

TEST(MatchScanner, QuotesWhatItFoundInOneShortLine)
{
    EXPECT_EQ(quoted_match("a\nb"), "\"a\\x0Ab\"");
    EXPECT_LT(quoted_match(std::string(500, 'x')).size(), 70U);
    EXPECT_EQ(quoted_match(first("")), "the end");
    EXPECT_THAT(quoted_match(first("word")), HasSubstr("word"));
}

} // namespace
} // namespace simsync
