// Statuses and content types, sorted.
#include "api/classify_response.hpp"

#include <gmock/gmock.h>

#include <set>
#include <vector>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::sys_seconds now{784111777s}; // Sun, 06 Nov 1994 08:49:37 GMT

HttpReply reply(unsigned status, std::string body = "{}")
{
    HttpReply reply;
    reply.status = status;
    reply.content_type = "application/json; charset=utf-8";
    reply.body = std::move(body);
    return reply;
}

FailureKind query_failure_kind(const HttpReply& of)
{
    return classify_query_response(of, now).value().kind;
}

TEST(ClassifyQueryResponse, LetsAnAnswerPass)
{
    for (const auto* type :
         {"application/json", "application/graphql-response+json; charset=utf-8", "Text/JSON", ""})
    {
        auto answer = reply(200);
        answer.content_type = type;
        EXPECT_FALSE(classify_query_response(answer, now)) << type;
    }
}

TEST(ClassifyQueryResponse, SortsStatuses)
{
    EXPECT_EQ(query_failure_kind(reply(302)), FailureKind::redirected);
    EXPECT_EQ(query_failure_kind(reply(401)), FailureKind::unauthorized);
    EXPECT_EQ(query_failure_kind(reply(403)), FailureKind::forbidden);
    EXPECT_EQ(query_failure_kind(reply(404)), FailureKind::refused);
    EXPECT_EQ(query_failure_kind(reply(400)), FailureKind::refused);
    EXPECT_EQ(query_failure_kind(reply(429)), FailureKind::throttled);
    EXPECT_EQ(query_failure_kind(reply(500)), FailureKind::server_error);
    EXPECT_EQ(query_failure_kind(reply(503)), FailureKind::server_error);
    EXPECT_EQ(query_failure_kind(reply(101)), FailureKind::malformed);
    EXPECT_EQ(query_failure_kind(reply(408)), FailureKind::timed_out);
    EXPECT_EQ(query_failure_kind(reply(511)), FailureKind::not_json);
}

TEST(ClassifyQueryResponse, A403WithoutAWordOfJsonIsAFirewalls)
{
    for (const auto* body : {"", "  ", "<html>Access denied</html>", "Forbidden"})
        EXPECT_EQ(query_failure_kind(reply(403, body)), FailureKind::blocked) << body;
    EXPECT_EQ(query_failure_kind(reply(403, R"( {"message":"not yours"})")), FailureKind::forbidden);
    auto unread = reply(403, "");
    unread.body_fault = Failure{.kind = FailureKind::malformed, .what = "br"};
    EXPECT_EQ(query_failure_kind(unread), FailureKind::forbidden); // by its type
    unread.content_type = "text/html";
    EXPECT_EQ(query_failure_kind(unread), FailureKind::blocked);
}

TEST(ClassifyQueryResponse, HearsOfTheTokenBesideAnyStatus)
{
    for (const unsigned status : {400U, 403U, 404U, 422U, 500U})
        EXPECT_EQ(
            query_failure_kind(
                reply(status, R"({"errors":[{"message":"m","extensions":{"code":"UNAUTHENTICATED"}}]})")),
            FailureKind::unauthorized)
            << status;
    EXPECT_EQ(query_failure_kind(reply(500, R"({"errors":[{"message":"m"}]})")), FailureKind::server_error);
}

TEST(ClassifyQueryResponse, TellsABodyThatCannotBeHadOnlyWhereItIsContent)
{
    auto unread = reply(200, "");
    unread.body_fault = Failure{.kind = FailureKind::malformed, .what = "br"};
    EXPECT_EQ(classify_query_response(unread, now)->what, "br");
    unread.content_type = "text/html";
    EXPECT_EQ(classify_query_response(unread, now)->what, "br");
    unread.status = 500;
    EXPECT_EQ(query_failure_kind(unread), FailureKind::server_error);
}

TEST(ClassifyQueryResponse, AdvisesByTheStatus)
{
    std::set<std::string> advice;
    const std::vector<unsigned> statuses{101, 402, 403, 404, 406, 407, 408, 413, 422, 429, 451, 500, 511};
    for (const auto status : statuses)
        advice.insert(hint(*classify_query_response(reply(status, "<html>"), now)));
    EXPECT_EQ(advice.size(), statuses.size());
    EXPECT_THAT(hint(*classify_query_response(reply(404), now)), HasSubstr("check the endpoint"));
}

TEST(ClassifyQueryResponse, HearsRetryAfter)
{
    auto busy = reply(503);
    busy.retry_after = "7";
    EXPECT_EQ(query_failure_kind(busy), FailureKind::throttled);
    EXPECT_EQ(classify_query_response(busy, now)->retry_after, 7s);

    busy.status = 429;
    busy.retry_after = "Sun, 06 Nov 1994 08:49:47 GMT";
    EXPECT_EQ(classify_query_response(busy, now)->retry_after, 10s);
    busy.date = "Sun, 06 Nov 1994 08:49:45 GMT"; // the server's clock wins
    EXPECT_EQ(classify_query_response(busy, now)->retry_after, 2s);
    busy.retry_after = "whenever";
    EXPECT_EQ(classify_query_response(busy, now)->retry_after, std::nullopt);
}

TEST(ClassifyQueryResponse, RefusesAnotherContentType)
{
    auto page = reply(200, "<html>\x1B[31m" + std::string(5000, 'x'));
    page.content_type = "text/html";
    EXPECT_EQ(query_failure_kind(page), FailureKind::not_json);
    EXPECT_THAT(classify_query_response(page, now)->what, HasSubstr(R"(<html>\x1B[31m)"));
    EXPECT_LT(classify_query_response(page, now)->what.size(), 400U);
}

TEST(ClassifyQueryResponse, ReadsValidationErrors)
{
    const auto failure = classify_query_response(
        reply(400, R"({"errors":[{"message":"Cannot query field \"fmcs\" on type \"Simcard\"."}]})"), now);
    EXPECT_EQ(failure.value().kind, FailureKind::schema);
    EXPECT_THAT(failure->unknown_fields, ElementsAre("fmcs"));

    EXPECT_EQ(
        query_failure_kind(reply(400, R"({"errors":[{"message":"You cannot do that."}]})")),
        FailureKind::schema);
}

TEST(ClassifyLoginResponse, KnowsARefusal)
{
    for (const unsigned status : {400U, 401U, 403U, 422U})
        EXPECT_EQ(classify_login_response(reply(status), now).value().kind, FailureKind::unauthorized)
            << status;
    EXPECT_EQ(classify_login_response(reply(401, "<html>"), now).value().kind, FailureKind::unauthorized);
    EXPECT_EQ(classify_login_response(reply(403, "<html>"), now).value().kind, FailureKind::blocked);
    EXPECT_EQ(classify_login_response(reply(403, ""), now).value().kind, FailureKind::blocked);
    EXPECT_EQ(classify_login_response(reply(400, "<html>"), now).value().kind, FailureKind::refused);
    EXPECT_EQ(classify_login_response(reply(404), now).value().kind, FailureKind::refused);
    EXPECT_EQ(classify_login_response(reply(500), now).value().kind, FailureKind::server_error);
    EXPECT_EQ(classify_login_response(reply(429), now).value().kind, FailureKind::throttled);
    EXPECT_FALSE(classify_login_response(reply(200), now));
}

TEST(ClassifyLoginResponse, QuotesNothingOfTheBody)
{
    for (const unsigned status : {302U, 400U, 401U, 404U, 429U, 500U})
        EXPECT_THAT(
            classify_login_response(reply(status, "password: hunter2"), now).value().what,
            Not(HasSubstr("hunter2")));
    auto page = reply(200, "<html>hunter2");
    page.content_type = "text/html";
    EXPECT_THAT(classify_login_response(page, now).value().what, Not(HasSubstr("hunter2")));
}

} // namespace
} // namespace simsync
