// What an answer says of the token and of the words in which it was asked for.
#include "api/api_call.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

Failure failure(FailureKind kind, std::vector<std::string> unknown_fields = {})
{
    return {.kind = kind, .what = "no", .unknown_fields = std::move(unknown_fields)};
}

ApiCall call(std::string_view doubted_if_empty = {})
{
    return {
        .operation = "simcards",
        .body = {},
        .decode = {},
        .time_left = {},
        .doubted_if_empty = doubted_if_empty};
}

Page page_of(std::uint64_t rows)
{
    Page page;
    page.rows = rows;
    return page;
}

TEST(Doubt, BeginsWhereANewTokenMayCureTheFailure)
{
    const auto doubt = doubt_of(failure(FailureKind::unauthorized), call());
    ASSERT_TRUE(doubt);
    EXPECT_EQ(doubt->symptom, "unauthorized");
    EXPECT_EQ(doubt->failure.what, "no");
    EXPECT_FALSE(doubt_of(failure(FailureKind::unreachable), call()));
}

TEST(Doubt, BeginsWithAnEmptyAnswerWhereRowsAreKnown)
{
    const auto doubt = doubt_of(page_of(0), call("empty_list"));
    ASSERT_TRUE(doubt);
    EXPECT_EQ(doubt->symptom, "empty_list");
    EXPECT_EQ(doubt->failure.kind, FailureKind::malformed);
    EXPECT_FALSE(doubt_of(page_of(1), call("empty_list")));
    EXPECT_FALSE(doubt_of(page_of(0), call()));
}

TEST(Credentials, AreWhatARefusedLoginOrTokenIsAbout)
{
    EXPECT_TRUE(is_about_credentials(failure(FailureKind::unauthorized)));
    EXPECT_TRUE(is_about_credentials(failure(FailureKind::token_refused)));
    EXPECT_FALSE(is_about_credentials(failure(FailureKind::forbidden)));
}

TEST(Reading, IsDoubtedWhereTheApiDoesNotKnowItsWords)
{
    EXPECT_TRUE(is_about_the_reading(failure(FailureKind::schema, {"items"})));
    EXPECT_TRUE(is_about_the_reading(failure(FailureKind::schema, {"fmcs", "id"})));
    EXPECT_TRUE(is_about_the_reading(failure(FailureKind::schema)));
    EXPECT_FALSE(is_about_the_reading(failure(FailureKind::schema, {"fmcs"})));
    EXPECT_FALSE(is_about_the_reading(failure(FailureKind::malformed, {"items"})));
}

} // namespace
} // namespace simsync
