// GraphQL errors in the wordings of the servers that exist.
#include "api/graphql_errors.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;

TEST(UnknownName, IsReadInEveryServersWording)
{
    EXPECT_EQ(
        unknown_name(R"(Cannot query field "dataBalance" on type "Resource". Did you mean "balance"?)"),
        "dataBalance");
    EXPECT_EQ(unknown_name("Cannot query field 'dataBalance' on type 'Resource'."), "dataBalance");
    EXPECT_EQ(unknown_name(R"(Unknown argument "sort" on field "Query.simcards".)"), "sort");
    EXPECT_EQ(unknown_name("Field 'imei' doesn't exist on type 'Simcard'"), "imei");
    EXPECT_EQ(
        unknown_name("Validation error (FieldUndefined@[simcards/x]) : Field 'x' in type 'S' is undefined"),
        "x");
    EXPECT_EQ(unknown_name("field 'fmcs' not found in type: 'simcards'"), "fmcs");
    EXPECT_EQ(unknown_name("The field `fmcs` does not exist on the type `Simcard`."), "fmcs");
}

TEST(UnknownName, IsNotFoundInOtherErrors)
{
    EXPECT_EQ(unknown_name("Internal server error"), std::nullopt);
    EXPECT_EQ(unknown_name(R"(Field "simcards" is slow today)"), std::nullopt);
    EXPECT_EQ(unknown_name("Cannot query field "), std::nullopt);
    EXPECT_EQ(unknown_name("Cannot query field \"; drop table\""), std::nullopt);
}

TEST(GraphqlErrors, QuoteTheFirstMessageEscaped)
{
    GraphqlErrors graphql_errors;
    graphql_errors.message("boom\n");
    graphql_errors.message("bang");
    EXPECT_EQ(graphql_errors.failure().kind, FailureKind::graphql_errors);
    EXPECT_THAT(graphql_errors.failure().what, testing::EndsWith(R"(boom\x0A)"));
    EXPECT_THAT(graphql_errors.failure().unknown_fields, IsEmpty());
}

TEST(GraphqlErrors, OfUnknownFieldsAreSchemaTrouble)
{
    GraphqlErrors graphql_errors;
    graphql_errors.message(R"(Cannot query field "a" on type "T".)");
    graphql_errors.message(R"(Cannot query field "b" on type "T".)");
    graphql_errors.message(R"(Cannot query field "a" on type "U".)");
    EXPECT_EQ(graphql_errors.failure().kind, FailureKind::schema);
    EXPECT_THAT(graphql_errors.failure().unknown_fields, ElementsAre("a", "b"));
}

TEST(GraphqlErrors, CodesTellWhatMessagesDoNot)
{
    GraphqlErrors validation;
    validation.message("bad query");
    validation.code("GRAPHQL_VALIDATION_FAILED");
    EXPECT_EQ(validation.failure().kind, FailureKind::schema);

    GraphqlErrors token;
    token.message("who are you?");
    token.code("UNAUTHENTICATED");
    EXPECT_EQ(token.failure().kind, FailureKind::unauthorized);
}

TEST(GraphqlErrors, WithoutAMessageAreStillErrors)
{
    GraphqlErrors graphql_errors;
    EXPECT_FALSE(graphql_errors.any());
    graphql_errors.begin();
    EXPECT_TRUE(graphql_errors.any());
    EXPECT_EQ(graphql_errors.failure().kind, FailureKind::graphql_errors);
}

} // namespace
} // namespace simsync
