// Names and hints of what can go wrong with an answer.
#include "simsync/model/failure.hpp"

#include <gtest/gtest.h>

#include <set>

namespace simsync
{
namespace
{

constexpr Trouble all_troubles[]{
    Trouble::unreachable, Trouble::timed_out,      Trouble::tls,           Trouble::unauthorized,
    Trouble::forbidden,   Trouble::throttled,      Trouble::server_error,  Trouble::refused,
    Trouble::schema,      Trouble::graphql_errors, Trouble::not_json,      Trouble::malformed,
    Trouble::too_large,   Trouble::redirected,     Trouble::token_refused, Trouble::blocked,
};

TEST(Trouble, IsNamedAsInTheMetrics)
{
    EXPECT_EQ(to_text(Trouble::unreachable), "unreachable");
    EXPECT_EQ(to_text(Trouble::tls), "tls");
    EXPECT_EQ(to_text(Trouble::throttled), "throttled");
    EXPECT_EQ(to_text(Trouble::schema), "schema");
    EXPECT_EQ(to_text(Trouble::graphql_errors), "graphql_errors");
    EXPECT_EQ(to_text(Trouble::redirected), "redirected");
}

TEST(Trouble, HasANameAndAHintOfItsOwn)
{
    std::set<std::string_view> names;
    std::set<std::string_view> hints;
    for (const auto trouble : all_troubles)
    {
        names.insert(to_text(trouble));
        hints.insert(hint(trouble));
    }
    EXPECT_EQ(names.size(), std::size(all_troubles));
    EXPECT_EQ(hints.size(), std::size(all_troubles));
}

TEST(Trouble, HintsNameTheSettingThatHelps)
{
    const auto names = [](Trouble trouble, std::string_view setting)
    { return hint(trouble).find(setting) != std::string_view::npos; };
    EXPECT_TRUE(names(Trouble::timed_out, "request_timeout"));
    EXPECT_TRUE(names(Trouble::tls, "ca_file"));
    EXPECT_TRUE(names(Trouble::unauthorized, "password_file"));
    EXPECT_TRUE(names(Trouble::throttled, "max_requests_per_second"));
    EXPECT_TRUE(names(Trouble::too_large, "page_size"));
    EXPECT_TRUE(names(Trouble::redirected, "endpoint"));
}

TEST(Trouble, IsNotAskedAboutAgainWhereOnlyAPersonCanMendIt)
{
    for (const auto trouble :
         {Trouble::unreachable, Trouble::timed_out, Trouble::throttled, Trouble::server_error,
          Trouble::graphql_errors, Trouble::malformed})
        EXPECT_FALSE(hopeless(trouble)) << to_text(trouble);
    for (const auto trouble :
         {Trouble::unauthorized, Trouble::forbidden, Trouble::tls, Trouble::refused, Trouble::schema,
          Trouble::redirected})
        EXPECT_TRUE(hopeless(trouble)) << to_text(trouble);
}

TEST(Trouble, JudgesTheQuestionWhereTheApiUnderstoodThatItWasAsked)
{
    for (const auto trouble : {Trouble::unreachable, Trouble::unauthorized, Trouble::throttled, Trouble::tls})
        EXPECT_FALSE(judges_the_question(trouble)) << to_text(trouble);
    for (const auto trouble :
         {Trouble::server_error, Trouble::refused, Trouble::schema, Trouble::graphql_errors,
          Trouble::malformed})
        EXPECT_TRUE(judges_the_question(trouble)) << to_text(trouble);
}

} // namespace
} // namespace simsync
