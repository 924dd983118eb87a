// What a receiver's answer means.
#include "sink/receipt.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

const auto now = std::chrono::sys_seconds{std::chrono::seconds{1'795'680'000}};

const std::vector<std::string> secrets{"/services/T0B/s3cr3tpath", "?token=4711abc"};

std::optional<Refusal>
judged(unsigned status, const std::string& body = {}, const std::string& retry_after = {})
{
    HttpReply reply;
    reply.status = status;
    reply.body = body;
    reply.retry_after = retry_after;
    return judge_delivery(reply, now, secrets);
}

std::string hint_of(unsigned status, const std::string& way_past = "select past()")
{
    return delivery_hint(*judged(status), way_past);
}

TEST(Receipt, IsAny2xxAndNothingElse)
{
    for (const unsigned status : {200U, 201U, 202U, 204U, 205U, 206U, 299U})
        EXPECT_FALSE(judged(status)) << status;
    EXPECT_EQ(judged(301)->failure.kind, FailureKind::redirected);
    EXPECT_EQ(judged(400)->failure.kind, FailureKind::refused);
    EXPECT_EQ(judged(401)->failure.kind, FailureKind::unauthorized);
    EXPECT_EQ(judged(410)->failure.kind, FailureKind::refused);
    EXPECT_EQ(judged(413)->failure.kind, FailureKind::too_large);
    EXPECT_EQ(judged(429)->failure.kind, FailureKind::throttled);
    EXPECT_EQ(judged(503)->failure.kind, FailureKind::server_error);
}

TEST(Receipt, QuotesWhatTheReceiverSaysAsOneLine)
{
    EXPECT_EQ(judged(400, "no\nroute")->failure.what, "the receiver answers 400: no\\x0Aroute");
}

TEST(Receipt, DoesNotQuoteWhatRepeatsTheAddressOrASecret)
{
    for (const auto& body :
         {"nothing at /services/T0B/s3cr3tpath", "NOTHING AT S3CR3TPATH", "s3cr3tpa…", "bad 4711abc",
          "<code>T0B</code>"})
        EXPECT_THAT(judged(404, body)->failure.what, testing::HasSubstr("not shown")) << body;
    EXPECT_THAT(judged(404, "nothing here")->failure.what, testing::HasSubstr("nothing here"));
}

TEST(Receipt, MindsWhenToComeAgain)
{
    EXPECT_EQ(judged(429, "", "7")->failure.retry_after, std::chrono::seconds{7});
    EXPECT_EQ(judged(503, "", "soon")->failure.retry_after, std::nullopt);
}

TEST(Receipt, HasAHintForEveryRefusal)
{
    for (const unsigned status : {302U, 400U, 401U, 403U, 404U, 413U, 422U, 429U, 500U})
        EXPECT_THAT(hint_of(status), testing::HasSubstr("it is sent again")) << status;
    Refusal unreached;
    for (const auto kind : {FailureKind::unreachable, FailureKind::timed_out, FailureKind::tls})
    {
        unreached.failure.kind = kind;
        EXPECT_THAT(delivery_hint(unreached, "select past()"), testing::HasSubstr("it is sent again"));
        EXPECT_THAT(delivery_hint(unreached, "select past()"), testing::Not(testing::HasSubstr("past()")));
    }
}

TEST(Receipt, OfAny4xxSaysHowToGoPastIt)
{
    for (const unsigned status : {400U, 401U, 404U, 409U, 413U, 415U, 422U})
        EXPECT_THAT(hint_of(status), testing::HasSubstr("to leave it out: select past()")) << status;
    EXPECT_THAT(hint_of(503), testing::Not(testing::HasSubstr("past()")));
    EXPECT_THAT(hint_of(400, ""), testing::Not(testing::HasSubstr("leave it out")));
    EXPECT_THAT(hint_of(413), testing::HasSubstr("larger requests"));
}

TEST(Receipt, TellsWhatIsAboutTheContentFromWhatIsAboutTheSender)
{
    for (const unsigned status : {400U, 406U, 409U, 413U, 415U, 422U})
        EXPECT_TRUE(is_about_the_content(*judged(status))) << status;
    for (const unsigned status : {302U, 401U, 403U, 404U, 405U, 407U, 408U, 410U, 429U, 500U, 503U})
        EXPECT_FALSE(is_about_the_content(*judged(status))) << status;
    EXPECT_FALSE(is_about_the_content(Refusal{}));
}

TEST(Receipt, Of410IsThatNobodyIsThereAnyMore)
{
    EXPECT_TRUE(is_gone(*judged(410)));
    EXPECT_FALSE(is_gone(*judged(404)));
    EXPECT_THAT(hint_of(410), testing::HasSubstr("nothing more is sent"));
}

} // namespace
} // namespace simsync
