// GraphQL errors in the wordings of the servers that exist.
#include "api/complaint.hpp"

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

TEST(Complaints, QuoteTheFirstMessageEscaped)
{
    Complaints complaints;
    complaints.message("boom\n");
    complaints.message("bang");
    EXPECT_EQ(complaints.failure().kind, FailureKind::graphql_errors);
    EXPECT_THAT(complaints.failure().what, testing::EndsWith(R"(boom\x0A)"));
    EXPECT_THAT(complaints.failure().unknown_fields, IsEmpty());
}

TEST(Complaints, OfUnknownFieldsAreSchemaTrouble)
{
    Complaints complaints;
    complaints.message(R"(Cannot query field "a" on type "T".)");
    complaints.message(R"(Cannot query field "b" on type "T".)");
    complaints.message(R"(Cannot query field "a" on type "U".)");
    EXPECT_EQ(complaints.failure().kind, FailureKind::schema);
    EXPECT_THAT(complaints.failure().unknown_fields, ElementsAre("a", "b"));
}

TEST(Complaints, CodesTellWhatMessagesDoNot)
{
    Complaints validation;
    validation.message("bad query");
    validation.code("GRAPHQL_VALIDATION_FAILED");
    EXPECT_EQ(validation.failure().kind, FailureKind::schema);

    Complaints token;
    token.message("who are you?");
    token.code("UNAUTHENTICATED");
    EXPECT_EQ(token.failure().kind, FailureKind::unauthorized);
}

TEST(Complaints, WithoutAMessageAreStillComplaints)
{
    Complaints complaints;
    EXPECT_FALSE(complaints.any());
    complaints.begin();
    EXPECT_TRUE(complaints.any());
    EXPECT_EQ(complaints.failure().kind, FailureKind::graphql_errors);
}

} // namespace
} // namespace simsync
