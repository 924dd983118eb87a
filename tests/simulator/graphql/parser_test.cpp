// GraphQL text in all the ways that clients write it.
#include "simulator/graphql/parser.hpp"

#include <gtest/gtest.h>

namespace simsync::simulator::graphql
{
namespace
{

std::string refusal(std::string_view source)
{
    try
    {
        parse(source);
    }
    catch (const Refusal& refused)
    {
        const auto& error = refused.errors.front();
        return std::to_string(error.where.line) + ":" + std::to_string(error.where.column) + " " +
               error.message;
    }
    return "accepted";
}

TEST(Parser, ReadsVariablesArgumentsAndSelections)
{
    const auto operation =
        parse("query Page($offset: Int = 5, $sort: [SortInput!]!) {\n"
              "  simcards(pagination: {offset: $offset, limit: 10}, sort: $sort) { items { id } count }\n"
              "}")
            .front();
    EXPECT_EQ(operation.kind, "query");
    EXPECT_EQ(operation.name, "Page");
    ASSERT_EQ(operation.variables.size(), 2U);
    EXPECT_EQ(std::get<Number>(operation.variables[0].fallback.front().is).text, "5");
    EXPECT_EQ(operation.variables[1].type.text(), "[SortInput!]!");

    const auto& field = operation.selections.front();
    EXPECT_EQ(field.name, "simcards");
    EXPECT_EQ(std::get<VariableName>(field.arguments[0].value.member("offset")->is).text, "offset");
    EXPECT_EQ(std::get<Number>(field.arguments[0].value.member("limit")->is).text, "10");
    EXPECT_EQ(field.selections[0].selections[0].name, "id");
    EXPECT_EQ(field.selections[1].where.line, 2U);
}

TEST(Parser, IgnoresSpacesCommasAndComments)
{
    const auto spread = parse("\xef\xbb\xbf# a comment\n{ a , , b # another\r\n\t c }").front();
    ASSERT_EQ(spread.selections.size(), 3U);
    EXPECT_EQ(spread.selections[2].name, "c");
    EXPECT_EQ(parse("{a b c}").front().selections.size(), 3U);
}

TEST(Parser, ReadsAliasesAndEveryKindOfValue)
{
    const auto field =
        parse(R"({x: f(a: -1.5e3, b: "q\"\u00e9\ud83d\ude00", c: true, d: null, e: [A, $v], f: {g: ""})})")
            .front()
            .selections.front();
    EXPECT_EQ(field.key, "x");
    EXPECT_EQ(field.name, "f");
    EXPECT_EQ(std::get<Number>(field.arguments[0].value.is).text, "-1.5e3");
    EXPECT_EQ(std::get<std::string>(field.arguments[1].value.is), "q\"é😀");
    EXPECT_TRUE(std::get<bool>(field.arguments[2].value.is));
    EXPECT_TRUE(std::holds_alternative<Null>(field.arguments[3].value.is));
    const auto& list = std::get<Value::List>(field.arguments[4].value.is);
    EXPECT_EQ(std::get<EnumName>(list[0].is).text, "A");
    EXPECT_EQ(std::get<VariableName>(list[1].is).text, "v");
}

TEST(Parser, ReadsSeveralOperations)
{
    const auto operations = parse("query A {a} mutation B {b}");
    ASSERT_EQ(operations.size(), 2U);
    EXPECT_EQ(operations[1].kind, "mutation");
}

TEST(Parser, SaysWhereTheSyntaxIsWrong)
{
    EXPECT_EQ(refusal("{a"), "1:3 Syntax Error: Expected Name, found \"<EOF>\".");
    EXPECT_EQ(refusal("{\n  a(b: )\n}"), "2:8 Syntax Error: Expected a value, found \")\".");
    EXPECT_EQ(refusal("{}"), "1:2 Syntax Error: Expected Name, found \"}\".");
    EXPECT_EQ(refusal("subscription {a}"), "1:1 Syntax Error: Unexpected \"subscription\".");
    EXPECT_EQ(refusal("{a(b: \"c)}"), "1:11 Syntax Error: Unterminated string.");
    EXPECT_EQ(refusal("{a ?}"), "1:4 Syntax Error: Unexpected character.");
    for (const auto* source :
         {"", "{a(b: 1.)}", "{a(b: 1x)}", "{a(b: \"\\q\")}", "{a(b: \"\\ud800\")}", "{...f}", "query($a) {a}",
          "{a(b: \"\"\"c\"\"\")}", "{a(b: \"\\u12\")}"})
        EXPECT_NE(refusal(source), "accepted") << source;
}

TEST(Parser, RefusesToNestTooDeeply)
{
    std::string deep;
    for (int level = 0; level < 100'000; ++level)
        deep += "{a";
    EXPECT_NE(refusal(deep).find("nested too deeply"), std::string::npos);
    EXPECT_NE(refusal("{a(b:" + std::string(100'000, '[')).find("nested too deeply"), std::string::npos);
}

} // namespace
} // namespace simsync::simulator::graphql
