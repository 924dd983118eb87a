// What is told to whom gets no answer.
#include "daemon/problem.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

TEST(Problem, IsJsonForPrograms)
{
    const auto reply =
        problem_reply({404, "no such SIM", "main has no 7", "look at \"find\""}, "/api/sims/main/7");
    EXPECT_EQ(reply.status, 404U);
    EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
    EXPECT_EQ(reply.header("Cache-Control"), "no-store");
    EXPECT_EQ(
        std::get<std::string>(reply.body),
        R"({"type":"about:blank","title":"no such SIM","status":404,"detail":"main has no 7","hint":"look at \"find\""})"
        "\n");
}

TEST(Problem, LeavesOutWhatItDoesNotKnow)
{
    const auto reply = problem_json({400, "bad", "", ""});
    EXPECT_EQ(
        std::get<std::string>(reply.body), "{\"type\":\"about:blank\",\"title\":\"bad\",\"status\":400}\n");
    EXPECT_EQ(reply.header("Retry-After"), "");
}

TEST(Problem, IsTextForPeople)
{
    const auto reply = problem_reply({503, "busy", "8 wait", "try again"}, "/");
    EXPECT_EQ(reply.header("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_EQ(std::get<std::string>(reply.body), "busy\n8 wait\nHINT: try again\n");
    EXPECT_EQ(reply.header("Retry-After"), "1");
}

} // namespace
} // namespace simsync
