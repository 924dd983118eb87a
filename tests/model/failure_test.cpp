// Names and hints of what can go wrong with an answer.
#include "simsync/model/failure.hpp"

#include <gtest/gtest.h>

#include <set>

namespace simsync
{
namespace
{

constexpr FailureKind all_kinds[]{
    FailureKind::unreachable,    FailureKind::timed_out,  FailureKind::tls,
    FailureKind::unauthorized,   FailureKind::forbidden,  FailureKind::throttled,
    FailureKind::server_error,   FailureKind::refused,    FailureKind::schema,
    FailureKind::graphql_errors, FailureKind::not_json,   FailureKind::malformed,
    FailureKind::too_large,      FailureKind::redirected, FailureKind::token_refused,
    FailureKind::blocked,
};

TEST(FailureKind, IsNamedAsInTheMetrics)
{
    EXPECT_EQ(to_text(FailureKind::unreachable), "unreachable");
    EXPECT_EQ(to_text(FailureKind::tls), "tls");
    EXPECT_EQ(to_text(FailureKind::throttled), "throttled");
    EXPECT_EQ(to_text(FailureKind::schema), "schema");
    EXPECT_EQ(to_text(FailureKind::graphql_errors), "graphql_errors");
    EXPECT_EQ(to_text(FailureKind::redirected), "redirected");
}

TEST(FailureKind, HasANameAndAHintOfItsOwn)
{
    std::set<std::string_view> names;
    std::set<std::string_view> hints;
    for (const auto kind : all_kinds)
    {
        names.insert(to_text(kind));
        hints.insert(hint(kind));
    }
    EXPECT_EQ(names.size(), std::size(all_kinds));
    EXPECT_EQ(hints.size(), std::size(all_kinds));
}

TEST(FailureKind, HintsNameTheSettingThatHelps)
{
    const auto names = [](FailureKind kind, std::string_view setting)
    { return hint(kind).find(setting) != std::string_view::npos; };
    EXPECT_TRUE(names(FailureKind::timed_out, "request_timeout"));
    EXPECT_TRUE(names(FailureKind::tls, "ca_file"));
    EXPECT_TRUE(names(FailureKind::unauthorized, "password_file"));
    EXPECT_TRUE(names(FailureKind::throttled, "max_requests_per_second"));
    EXPECT_TRUE(names(FailureKind::too_large, "page_size"));
    EXPECT_TRUE(names(FailureKind::redirected, "endpoint"));
}

TEST(FailureKind, IsNotAskedAboutAgainWhereOnlyAPersonCanMendIt)
{
    for (const auto kind :
         {FailureKind::unreachable, FailureKind::timed_out, FailureKind::throttled, FailureKind::server_error,
          FailureKind::graphql_errors, FailureKind::malformed})
        EXPECT_FALSE(is_permanent(kind)) << to_text(kind);
    for (const auto kind :
         {FailureKind::unauthorized, FailureKind::forbidden, FailureKind::tls, FailureKind::refused,
          FailureKind::schema, FailureKind::redirected})
        EXPECT_TRUE(is_permanent(kind)) << to_text(kind);
}

TEST(FailureKind, JudgesTheQuestionWhereTheApiUnderstoodThatItWasAsked)
{
    for (const auto kind :
         {FailureKind::unreachable, FailureKind::unauthorized, FailureKind::throttled, FailureKind::tls})
        EXPECT_FALSE(judges_the_question(kind)) << to_text(kind);
    for (const auto kind :
         {FailureKind::server_error, FailureKind::refused, FailureKind::schema, FailureKind::graphql_errors,
          FailureKind::malformed})
        EXPECT_TRUE(judges_the_question(kind)) << to_text(kind);
}

} // namespace
} // namespace simsync
