// What JetStream's answers mean, and what is told of them.
#include "sink/nats_answer.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::HasSubstr;
using testing::Not;

PublishAnswer judged(std::string_view reply)
{
    return judge_publish(reply, "SIMSYNC", "simsync");
}

Refusal refused(std::string_view reply)
{
    return std::get<Refusal>(judged(reply));
}

TEST(NatsAnswer, IsAnAcknowledgementWithItsPlace)
{
    const auto ack = std::get<PublishAck>(judged(R"({"stream":"SIMSYNC", "seq":17})"));
    EXPECT_EQ(ack.seq, 17);
    EXPECT_FALSE(ack.duplicate);
    EXPECT_TRUE(
        std::get<PublishAck>(judged(R"({"stream":"SIMSYNC","seq":17,"duplicate": true,"domain":"hub"})"))
            .duplicate);
}

TEST(NatsAnswer, TellsAMovedEndFromWhatIsRefused)
{
    for (const std::string code : {"10070", "10071"})
        EXPECT_TRUE(std::holds_alternative<StreamMoved>(judged(
            R"({"error":{"code":400,"err_code":)" + code +
            R"(,"description":"wrong last"},"stream":"S","seq":0})")));
    EXPECT_EQ(refused(R"({"error":{"code":400,"err_code":10054,"description":"too big"}})").status, 413);
    EXPECT_EQ(refused(R"({"error":{"code":400,"err_code":10060,"description":"no"}})").status, 0);
    const auto full =
        refused(R"({"error":{"code":503,"err_code":10077,"description":"maximum bytes exceeded"}})");
    EXPECT_EQ(full.failure.kind, FailureKind::server_error);
    EXPECT_THAT(full.failure.what, HasSubstr("maximum bytes exceeded"));
    EXPECT_THAT(full.failure.advice, HasSubstr("nats stream info SIMSYNC"));
}

TEST(NatsAnswer, OfSomethingElseIsNoAcknowledgement)
{
    for (const std::string reply :
         {"", "+OK", "{}", "[]", "null", R"({"seq":0})", R"({"seq":"7"})", R"({"error":7})", R"({"seq":-1})"})
        EXPECT_EQ(refused(reply).failure.kind, FailureKind::malformed) << reply;
}

TEST(NatsAnswer, QuotesWhatAServerSaysInOneLine)
{
    EXPECT_THAT(
        refused(R"({"error":{"code":500,"err_code":1,"description":"a\nb\u001b[31m"}})").failure.what,
        Not(testing::ContainsRegex("[\n\x1b]")));
}

TEST(NatsAnswer, NamesTheStreamOrTheCommandThatMakesIt)
{
    EXPECT_EQ(
        std::get<std::string>(judge_stream_names(R"({"total":1,"streams":["SIM"]})", "simsync")), "SIM");
    for (const std::string none : {R"({"total":0,"streams":null})", R"({"streams":[]})", "{}"})
    {
        const auto missing = std::get<Refusal>(judge_stream_names(none, "acme.simsync"));
        EXPECT_THAT(missing.failure.what, HasSubstr("no stream has the subjects acme.simsync.>"));
        EXPECT_THAT(
            missing.failure.advice, HasSubstr("nats stream add ACME_SIMSYNC --subjects 'acme.simsync.>'"));
        EXPECT_THAT(missing.failure.advice, HasSubstr("(one server alone: --replicas 1)"));
    }
    EXPECT_THAT(
        std::get<Refusal>(judge_stream_names(R"({"streams":["A","B"]})", "simsync")).failure.what,
        HasSubstr("several streams"));
    EXPECT_THAT(
        std::get<Refusal>(
            judge_stream_names(R"({"error":{"code":503,"description":"no leader"}})", "simsync"))
            .failure.what,
        HasSubstr("no leader"));
}

TEST(StreamFacts, AreDoubtedWhereIdsAreForgottenBeforeTheLastTry)
{
    using namespace std::chrono_literals;
    EXPECT_FALSE(doubt_about({"SIM", 2min, 3}, 2s));
    const auto doubt = doubt_about({"SIM", 5s, 3}, 2s);
    ASSERT_TRUE(doubt);
    EXPECT_THAT(doubt->failure.what, HasSubstr("for 5000 ms, and it may be sent again after 64 s"));
    EXPECT_THAT(doubt->failure.advice, HasSubstr("nats stream edit SIM --dupe-window"));
}

TEST(NatsAnswer, OfNobodySaysWhichSubjectsTheStreamShouldHave)
{
    EXPECT_THAT(
        nobody_stores("SIM", "simsync").failure.advice,
        HasSubstr("nats stream edit SIM --subjects 'simsync.>'"));
}

} // namespace
} // namespace simsync
