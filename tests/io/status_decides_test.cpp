// A reply that is its status: whatever a receiver sends behind it, what was taken is taken.
#include "io/http_client.hpp"

#include "api/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include <optional>

namespace simsync
{
namespace
{

using testing::IsEmpty;

class StatusDecides : public testing::Test
{
protected:
    // What becomes of a post that is answered like this.
    Answer<HttpReply> post(Reaction reaction)
    {
        reaction_ = std::move(reaction);
        return post_again();
    }

    // On the connection that the last one left, if it did.
    Answer<HttpReply> post_again()
    {
        HttpRequest request;
        request.path = "/hook";
        request.body = "{}";
        request.status_decides = true;
        return run(connection_.post(std::move(request), std::chrono::steady_clock::now() + patience));
    }

    // A hang is a failure of the test.
    Answer<HttpReply> run(boost::asio::awaitable<Answer<HttpReply>> work)
    {
        std::optional<Answer<HttpReply>> result;
        boost::asio::co_spawn(
            io_, std::move(work),
            [&](const std::exception_ptr&, Answer<HttpReply> answer) { result = std::move(answer); });
        io_.restart();
        while (!result)
            if (io_.run_one_for(patience) == 0)
                throw std::runtime_error("nothing happened");
        return *result;
    }

    static constexpr std::chrono::seconds patience{30};

    boost::asio::io_context io_{1};
    Reaction reaction_;
    Server server_{io_, [this](const Request&) { return reaction_; }};
    HttpConnection connection_{
        io_.get_executor(), *parse_endpoint("http://127.0.0.1:" + std::to_string(server_.port())), nullptr,
        HttpOptions{.user_agent = "test", .body_limit = 1000}};
};

unsigned status_of(const Answer<HttpReply>& answer)
{
    return answer && !answer->body_fault ? answer->status : 0;
}

TEST_F(StatusDecides, AReplyThatIsWholeIsReadAndItsConnectionKept)
{
    const auto answer =
        post(reply(429, "not now", "Retry-After: 7\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\n"));
    ASSERT_EQ(status_of(answer), 429U);
    EXPECT_EQ(answer->body, "not now");
    EXPECT_EQ(answer->retry_after, "7");
    EXPECT_EQ(answer->date, "Sun, 01 Mar 2026 12:00:00 GMT");
    EXPECT_EQ(status_of(post_again()), 429U);
    EXPECT_EQ(server_.connections(), 1U);
}

TEST_F(StatusDecides, AHeadThatIsCutOrMakesNoSenseCountsByItsStatus)
{
    for (const auto* bytes :
         {"HTTP/1.1 204", "HTTP/1.1 204 No Content\r\nDat", "HTTP/1.1 204 \r\nContent-Length: many\r\n\r\n"})
        EXPECT_EQ(status_of(post({bytes, Then::close})), 204U) << bytes;
}

TEST_F(StatusDecides, WhatNeverEndsIsNotWaitedFor)
{
    EXPECT_EQ(status_of(post({"HTTP/1.1 204 No Content\r\nX-Drip: ", Then::drip})), 204U);
    EXPECT_EQ(status_of(post({"HTTP/1.1 200 OK\r\n\r\n", Then::flood})), 200U);
}

TEST_F(StatusDecides, ABodyThatCannotBeHadIsLeftOut)
{
    EXPECT_EQ(status_of(post(reply(200, "this is none", "Content-Encoding: gzip\r\n"))), 200U);
    const auto long_one = post(reply(500, std::string(2000, 'x')));
    EXPECT_EQ(status_of(long_one), 500U);
    EXPECT_THAT(long_one->body, IsEmpty());
}

TEST_F(StatusDecides, OfABodyThatIsCutIsShownWhatCame)
{
    const auto answer = post({"HTTP/1.1 500 \r\nContent-Length: 100\r\n\r\nthe disk is full", Then::close});
    ASSERT_EQ(status_of(answer), 500U);
    EXPECT_EQ(answer->body, "the disk is full");
}

TEST_F(StatusDecides, InterimAnswersArePassedOver)
{
    const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    EXPECT_EQ(status_of(post({hints + hints + "HTTP/1.1 202 Accepted\r\n", Then::close})), 202U);
    EXPECT_FALSE(post({hints, Then::close}));
}

TEST_F(StatusDecides, WithoutAStatusItIsAFailure)
{
    EXPECT_EQ(post({"HTTP/1.1 20", Then::close}).error().kind, FailureKind::unreachable);
    EXPECT_EQ(post({"SSH-2.0-OpenSSH\r\n", Then::keep}).error().kind, FailureKind::malformed);
}

TEST_F(StatusDecides, AConnectionThatWasClosedMeanwhileWentStale)
{
    EXPECT_EQ(status_of(post({reply(200, "").bytes, Then::close})), 200U);
    EXPECT_FALSE(post_again());
    EXPECT_TRUE(connection_.went_stale());
}

} // namespace
} // namespace simsync
