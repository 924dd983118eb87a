// What the API understands, and the words in which it says that it does not.
#include "simulator/graphql/validation.hpp"

#include "simulator/graphql/parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace simsync::simulator::graphql
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> errors(std::string_view document, const Schema& schema = Schema{})
{
    std::vector<std::string> messages;
    try
    {
        validate(parse(document).front(), schema);
    }
    catch (const Refusal& refused)
    {
        for (const auto& error : refused.errors)
            messages.push_back(error.message);
    }
    return messages;
}

TEST(Validation, AcceptsTheReferencesOperations)
{
    EXPECT_THAT(
        errors(R"(query($offset: Int, $limit: Int, $filter: [FilterInput], $sort: [SortInput]) {
                            simcards(pagination: {offset: $offset, limit: $limit}, filter: $filter, sort: $sort) {
                              items { id resource { balance } callerIds { msisdn } imei { imei imeiIsCorrect } } count } })"),
        IsEmpty());
    EXPECT_THAT(errors("query($id: ID!) { simcard(id: $id) { items { id } count } }"), IsEmpty());
    EXPECT_THAT(errors("mutation($simcardId: ID!) { simcard { block(simcardId: $simcardId) } }"), IsEmpty());
    EXPECT_THAT(
        errors("mutation($i: ID!, $c: String!) { simcard { attachCallerId(id: $i, msisdn: $c) } }"),
        IsEmpty());
}

TEST(Validation, AcceptsLiteralsAndStricterVariables)
{
    EXPECT_THAT(
        errors(
            R"({simcards(filter: {field: "id", comparator: GT, value: 5}, sort: [{field: "id", order: ASC}]) {count}})"),
        IsEmpty());
    EXPECT_THAT(errors("query($f: [FilterInput!]!) {simcards(filter: $f) {count}}"), IsEmpty());
    EXPECT_THAT(
        errors(
            R"(query($v: [String!]) {simcards(filter: [{field: "id", comparator: IN, value: $v}]) {count}})"),
        IsEmpty());
}

TEST(Validation, NamesEveryUnknownField)
{
    EXPECT_THAT(
        errors("{simcards {items {id colour resource {gold}} total}}"),
        ElementsAre(
            "Cannot query field \"colour\" on type \"Simcard\".",
            "Cannot query field \"gold\" on type \"Resource\".",
            "Cannot query field \"total\" on type \"SimcardList\"."));
    EXPECT_THAT(
        errors("{simcard {block}}"),
        ElementsAre(
            "Field \"simcard\" argument \"id\" of type \"ID!\" is required, but it "
            "was not provided.",
            "Cannot query field \"block\" on type \"SimcardList\"."));
}

TEST(Validation, ForgetsWithheldFields)
{
    const Schema schema{{"description", "imeiIsCorrect"}};
    EXPECT_THAT(
        errors("{simcards {items {description imei {imei imeiIsCorrect}}}}", schema),
        ElementsAre(
            "Cannot query field \"description\" on type \"Simcard\".",
            "Cannot query field \"imeiIsCorrect\" on type \"Imei\"."));
}

TEST(Validation, WantsSelectionsOnObjectsAlone)
{
    EXPECT_THAT(
        errors("{simcards {items {imei}}}"),
        ElementsAre("Field \"imei\" of type \"Imei\" must have a selection of subfields. Did you "
                    "mean \"imei { ... }\"?"));
    EXPECT_THAT(
        errors("{simcards {items {id {x}}}}"),
        ElementsAre("Field \"id\" must not have a selection since type \"ID\" has no subfields."));
}

TEST(Validation, ChecksArguments)
{
    EXPECT_THAT(
        errors("{simcards(first: 5) {count}}"),
        ElementsAre("Unknown argument \"first\" on field \"Query.simcards\"."));
    EXPECT_THAT(
        errors("{simcards(pagination: {page: 1}) {count}}"),
        ElementsAre("Field \"page\" is not defined by type \"PaginationInput\"."));
    EXPECT_THAT(
        errors("{simcards(pagination: {limit: \"5\"}) {count}}"),
        ElementsAre("Expected value of type \"Int\", found \"5\"."));
    EXPECT_THAT(
        errors("{simcards(filter: [{field: \"id\"}]) {count}}"),
        ElementsAre("Field \"FilterInput.comparator\" of required type \"Comparator!\" was not provided."));
    EXPECT_THAT(
        errors("{simcards(sort: [{field: \"id\", order: OR}]) {count}}"),
        ElementsAre("Expected value of type \"SortOrder\", found OR."));
    EXPECT_THAT(
        errors("mutation {simcard {block(simcardId: null)}}"),
        ElementsAre("Expected value of type \"ID!\", found null."));
}

TEST(Validation, ChecksVariables)
{
    EXPECT_THAT(
        errors("{simcards(pagination: {limit: $n}) {count}}"),
        ElementsAre("Variable \"$n\" is not defined."));
    EXPECT_THAT(errors("query($n: Int) {simcards {count}}"), ElementsAre("Variable \"$n\" is never used."));
    EXPECT_THAT(
        errors("query($n: String) {simcards(pagination: {limit: $n}) {count}}"),
        ElementsAre("Variable \"$n\" of type \"String\" used in position expecting type \"Int\"."));
    EXPECT_THAT(
        errors("query($id: ID) {simcard(id: $id) {count}}"),
        ElementsAre("Variable \"$id\" of type \"ID\" used in position expecting type \"ID!\"."));
    EXPECT_THAT(
        errors("query($s: SortInput) {simcards(sort: $s) {count}}"),
        ElementsAre(
            "Variable \"$s\" of type \"SortInput\" used in position expecting type \"[SortInput]\"."));
    EXPECT_THAT(
        errors("query($n: Long) {simcards(pagination: {limit: $n}) {count}}"),
        ElementsAre("Unknown type \"Long\"."));
    EXPECT_THAT(
        errors("query($n: Simcard) {simcards {count}}"),
        ElementsAre("Variable \"$n\" cannot be non-input type \"Simcard\"."));
    EXPECT_THAT(
        errors("query($n: Int, $n: Int) {simcards(pagination: {limit: $n}) {count}}"),
        ElementsAre("There can be only one variable named \"$n\"."));
}

} // namespace
} // namespace simsync::simulator::graphql
