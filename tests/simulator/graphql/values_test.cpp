// Variables as JSON brings them, against the types that the document declares.
#include "simulator/graphql/values.hpp"

#include "simulator/graphql/parser.hpp"
#include "simulator/json_value.hpp"

#include <gtest/gtest.h>

namespace simsync::simulator::graphql
{
namespace
{

const Schema schema;

// The argument that a document's first field gets, as the simulator sees it.
Value argument(std::string_view document, std::string_view variables)
{
    const auto operation = parse(document).front();
    const auto sent = parse_json(variables);
    return resolve(operation.selections.front().arguments, coerce(operation.variables, *sent, schema));
}

bool refuses(std::string_view type, std::string_view value)
{
    const auto operation = parse("query($v: " + std::string{type} + ") {f(a: $v)}").front();
    const auto sent = parse_json("{\"v\":" + std::string{value} + "}");
    try
    {
        coerce(operation.variables, *sent, schema);
        return false;
    }
    catch (const Refusal&)
    {
        return true;
    }
}

TEST(Variables, MustHaveTheirDeclaredType)
{
    EXPECT_FALSE(refuses("Int", "5"));
    EXPECT_FALSE(refuses("Int", "null"));
    EXPECT_TRUE(refuses("Int!", "null"));
    EXPECT_TRUE(refuses("Int", "5.5"));
    EXPECT_TRUE(refuses("Int", "3000000000"));
    EXPECT_TRUE(refuses("Int", "\"5\""));
    EXPECT_FALSE(refuses("ID!", "5"));
    EXPECT_FALSE(refuses("ID!", "\"5\""));
    EXPECT_TRUE(refuses("ID!", "true"));
    EXPECT_TRUE(refuses("String", "5"));
    EXPECT_FALSE(refuses("[SortInput]", R"([{"field":"id","order":"ASC"}])"));
    EXPECT_FALSE(refuses("[SortInput]", R"({"field":"id"})"));
    EXPECT_TRUE(refuses("[SortInput]", R"([{"field":"id","order":"UP"}])"));
    EXPECT_TRUE(refuses("[SortInput]", R"([{"order":"ASC"}])"));
    EXPECT_TRUE(refuses("[SortInput!]", "[null]"));
    EXPECT_FALSE(refuses("FilterValue", R"(["a", 1, true])"));
}

TEST(Variables, AreRequiredWhereTheirTypeSaysSo)
{
    EXPECT_THROW(argument("query($id: ID!) {simcard(id: $id) {count}}", "{}"), Refusal);
    EXPECT_THROW(argument("query($id: ID!) {simcard(id: $id) {count}}", "null"), Refusal);
}

TEST(Variables, LeaveOutWhatWasNotSent)
{
    constexpr auto document =
        "query($o: Int, $l: Int = 7) {simcards(pagination: {offset: $o, limit: $l}) {count}}";
    const auto given = argument(document, R"({"o":3})");
    EXPECT_EQ(std::get<Number>(given.member("pagination")->member("offset")->is).text, "3");
    EXPECT_EQ(std::get<Number>(given.member("pagination")->member("limit")->is).text, "7");
    EXPECT_EQ(argument(document, "{}").member("pagination")->member("offset"), nullptr);
    EXPECT_EQ(argument("query($s: [SortInput]) {simcards(sort: $s) {count}}", "{}").member("sort"), nullptr);
}

TEST(Variables, KeepDecimalsExact)
{
    const auto value = parse_json("[4.99, 12345678.91, 0.1, 5.0, 9007199254740993]");
    const auto& list = std::get<Value::List>(value->is);
    EXPECT_EQ(std::get<Number>(list[0].is).text, "4.99");
    EXPECT_EQ(std::get<Number>(list[1].is).text, "12345678.91");
    EXPECT_EQ(std::get<Number>(list[2].is).text, "0.1");
    EXPECT_EQ(std::get<Number>(list[3].is).text, "5");
    EXPECT_EQ(std::get<Number>(list[4].is).text, "9007199254740993");
}

} // namespace
} // namespace simsync::simulator::graphql
