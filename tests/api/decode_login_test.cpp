// The tokens of a login's answer, and what is said where there are none.
#include "api/decode_login.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

TEST(DecodeLogin, ReadsBothTokens)
{
    const auto tokens = decode_login(R"({"data":{"access":{"token":"a","expires":"2023-07-16T11:58:20.333Z"},
                                        "refresh":{"token":"r","expires":"2023-07-23T11:58:20.333Z"}}})")
                            .value();
    EXPECT_EQ(tokens.access.token, "a");
    EXPECT_EQ(tokens.access.expires, parse_date("2023-07-16T11:58:20.333Z"));
    EXPECT_EQ(tokens.refresh->token, "r");
}

TEST(DecodeLogin, CanDoWithoutRefreshAndExpiry)
{
    const auto tokens = decode_login(R"({"data":{"access":{"token":"a","expires":7}}})").value();
    EXPECT_EQ(tokens.access.expires, std::nullopt);
    EXPECT_FALSE(tokens.refresh);
}

TEST(DecodeLogin, ReadsItsEndInOtherForms)
{
    const auto end_of = [](const std::string& expires)
    {
        return decode_login(R"({"data":{"access":{"token":"a","expires":)" + expires + "}}}")
            .value()
            .access.expires;
    };
    EXPECT_EQ(end_of("1689508700333"), parse_date("2023-07-16T11:58:20.333Z"));
    EXPECT_EQ(end_of(R"("2023-07-16 11:58:20 +00")"), parse_date("2023-07-16T11:58:20Z"));
    EXPECT_EQ(end_of(R"("0001-01-01T00:00:00")"), std::nullopt);
}

TEST(DecodeLogin, RefusesWhatIsNoToken)
{
    for (const auto* json :
         {"", "<html>", "{}", R"({"data":null})", R"({"data":{"access":null}})",
          R"({"data":{"access":{"token":""}}})", R"({"data":{"access":{"token":5}}})",
          R"({"data":{"access":{"token":"a\r\nX-Evil: 1"}}})"})
    {
        const auto answer = decode_login(json);
        ASSERT_TRUE(answer.has_error()) << json;
        EXPECT_EQ(answer.error().kind, FailureKind::malformed);
    }
}

TEST(DecodeLogin, OfAnErrorIsRefusedAndQuotesNothing)
{
    for (const auto* json :
         {R"({"errors":[{"message":"hunter2"}]})", R"({"error":"hunter2"})",
          R"({"data":{"access":null},"errors":[]})"})
    {
        const auto answer = decode_login(json);
        ASSERT_TRUE(answer.has_error()) << json;
        EXPECT_EQ(answer.error().kind, FailureKind::unauthorized) << json;
        EXPECT_EQ(answer.error().what.find("hunter2"), std::string::npos) << json;
    }
}

} // namespace
} // namespace simsync
