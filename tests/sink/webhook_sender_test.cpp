// What a webhook is sent, request by request, and what follows its answers: a receiver on a real socket that
// does what the test says.
#include "sink/webhook_sender.hpp"

#include "api/server.hpp"
#include "sink/cloud_event.hpp"
#include "sink/event_records.hpp"
#include "sink/signature.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>

namespace simsync::test
{
namespace
{

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

struct Told
{
    std::int64_t seq;
    std::string sim;
};

class Webhook : public testing::Test
{
protected:
    WebhookOptions options()
    {
        return {
            .address =
                parse_address("http://127.0.0.1:" + std::to_string(receiver.port()) + "/h00k?key=s3cret")
                    .value(),
            .secret = {},
            .timeout = 5s,
            .ca_file = {},
            .user_agent = "simsync/test"};
    }

    static Window::Group group(const std::vector<Told>& events)
    {
        Window::Group group;
        for (const auto& each : events)
            group.entries.push_back(std::make_shared<Window::Entry>(
                Window::Entry{event(Kind::balance_changed, each.seq, each.sim)}));
        return group;
    }

    SendResult send(WebhookSender& sender, const std::vector<Told>& events)
    {
        std::optional<SendResult> outcome;
        const auto what = group(events);
        asio::co_spawn(
            io, sender.send(what),
            [&](const std::exception_ptr& thrown, SendResult result)
            {
                if (thrown)
                    std::rethrow_exception(thrown);
                outcome = std::move(result);
            });
        io.restart();
        while (!outcome)
            io.run_one();
        return std::move(*outcome);
    }

    const std::vector<Request>& requests() const { return receiver.requests(); }

    // Refuses whatever tells of such a SIM.
    static Server::React refuses(const std::string& sim)
    {
        return [sim](const Request& request)
        { return reply(request.body.find('"' + sim + '"') == std::string::npos ? 204 : 422, "no " + sim); };
    }

    asio::io_context io;
    Server::React react = [](const Request&) { return reply(204, ""); };
    Server receiver{io, [this](const Request& request) { return react(request); }};
};

TEST_F(Webhook, IsSentEachEventUnderItsIdWithItsPathAsItWasWritten)
{
    WebhookSender sender{io.get_executor(), options()};
    EXPECT_THAT(send(sender, {{7, "1001"}}).arrived, ElementsAre(true));
    ASSERT_THAT(requests(), SizeIs(1));
    const auto& request = requests().front();
    EXPECT_THAT(request.head, StartsWith("POST /h00k?key=s3cret HTTP/1.1"));
    EXPECT_EQ(header_of(request, "Content-Type"), cloud_event_type);
    EXPECT_EQ(header_of(request, "User-Agent"), "simsync/test");
    const auto told = event(Kind::balance_changed, 7, "1001");
    EXPECT_EQ(header_of(request, "webhook-id"), request_id(std::vector<const EventRecord*>{&told}));
    EXPECT_EQ(request.body, cloud_event(told, "main"));
    EXPECT_EQ(header_of(request, "webhook-signature"), "") << "it has no secret";
}

TEST_F(Webhook, IsSentARequestSignedWithTheSecretOfTheMoment)
{
    std::string secret = "first";
    auto with = options();
    with.secret = [&secret]() -> Answer<std::string> { return secret; };
    WebhookSender sender{io.get_executor(), with};
    send(sender, {{1, "1001"}});
    secret = "second";
    send(sender, {{2, "1001"}});
    ASSERT_THAT(requests(), SizeIs(2));
    for (std::size_t i = 0; i < 2; ++i)
    {
        const auto& request = requests()[i];
        const std::chrono::sys_seconds at{
            std::chrono::seconds{std::stoll(header_of(request, "webhook-timestamp"))}};
        EXPECT_EQ(
            header_of(request, "webhook-signature"), webhook_signature(
                                                         signing_key(i == 0 ? "first" : "second"),
                                                         header_of(request, "webhook-id"), at, request.body));
    }
}

TEST_F(Webhook, IsSentNothingWhereItsSecretCannotBeRead)
{
    auto with = options();
    with.secret = []() -> Answer<std::string>
    { return Failure{.kind = FailureKind::unauthorized, .what = "the password file is empty"}; };
    WebhookSender sender{io.get_executor(), with};
    const auto outcome = send(sender, {{1, "1001"}});
    EXPECT_EQ(outcome.failure->failure.what, "the password file is empty");
    EXPECT_THAT(requests(), IsEmpty());
}

TEST_F(Webhook, TellsNothingThatGivesAwayItsAddressOrItsSecret)
{
    auto with = options();
    with.secret = []() -> Answer<std::string> { return std::string("wh1sper"); };
    WebhookSender sender{io.get_executor(), with};
    for (const std::string said : {"unknown key s3cret", "signed with wh1sper?"})
    {
        react = [said](const Request&) { return reply(500, said); };
        const auto what = send(sender, {{1, "1001"}}).failure->failure.what;
        EXPECT_THAT(what, HasSubstr("is not shown"));
        EXPECT_THAT(what, Not(HasSubstr(said)));
    }
}

TEST_F(Webhook, ThatRefusesABatchForAnEventIsSentTheOthers)
{
    auto with = options();
    with.batches = true;
    WebhookSender sender{io.get_executor(), with};
    react = refuses("1003");
    const auto outcome =
        send(sender, {{1, "1001"}, {2, "1002"}, {3, "1003"}, {4, "1004"}, {5, "1003"}, {6, "1006"}});
    EXPECT_THAT(outcome.arrived, ElementsAre(true, true, false, true, false, true)) << "5 waits behind 3";
    EXPECT_FALSE(outcome.failure);
    ASSERT_THAT(outcome.to_blame, SizeIs(1));
    EXPECT_EQ(outcome.to_blame.front().first, 2);
    EXPECT_EQ(outcome.to_blame.front().second.status, 422);
    for (const auto& request : requests())
        EXPECT_EQ(header_of(request, "Content-Type"), cloud_event_batch_type);
}

TEST_F(Webhook, ThatRefusesLargeRequestsIsKnownByWhatItTakes)
{
    auto with = options();
    with.batches = true;
    WebhookSender sender{io.get_executor(), with};
    const auto takes = [this](std::size_t bytes) {
        react = [bytes](const Request& request)
        { return reply(request.body.size() > bytes ? 413 : 204, ""); };
    };
    takes(1'000'000);
    EXPECT_EQ(send(sender, {{1, "a"}, {2, "b"}, {3, "c"}, {4, "d"}, {5, "e"}}).fits, 0)
        << "it takes all of it";
    const auto whole = requests().back().body.size();
    takes(whole * 2 / 3);
    const auto outcome = send(sender, {{1, "a"}, {2, "b"}, {3, "c"}, {4, "d"}, {5, "e"}});
    EXPECT_THAT(outcome.arrived, ElementsAre(true, true, true, true, true));
    EXPECT_EQ(outcome.fits, 3);
    react = refuses("b");
    EXPECT_EQ(send(sender, {{1, "a"}, {2, "b"}, {3, "c"}, {4, "d"}}).fits, 0) << "that is one event";
}

TEST_F(Webhook, ThatRefusesThreeEventsAndTakesNoneIsAtFaultItself)
{
    auto with = options();
    with.batches = true;
    WebhookSender sender{io.get_executor(), with};
    react = [](const Request&) { return reply(400, "whatever it is"); };
    const auto outcome =
        send(sender, {{1, "a"}, {2, "b"}, {3, "c"}, {4, "d"}, {5, "e"}, {6, "f"}, {7, "g"}, {8, "h"}});
    EXPECT_EQ(outcome.failure->status, 400);
    EXPECT_THAT(outcome.to_blame, SizeIs(3));
    EXPECT_THAT(outcome.arrived, Not(testing::Contains(true)));
    EXPECT_THAT(requests(), SizeIs(testing::Lt(10))) << "the rest is not tried one by one";
}

TEST_F(Webhook, ThatIsOverloadedIsSentNoHalvesOfWhatItRefused)
{
    auto with = options();
    with.batches = true;
    WebhookSender sender{io.get_executor(), with};
    react = [](const Request&) { return reply(503, "", "Retry-After: 7\r\n"); };
    const auto outcome = send(sender, {{1, "a"}, {2, "b"}, {3, "c"}});
    EXPECT_EQ(outcome.failure->failure.retry_after, 7s);
    EXPECT_THAT(outcome.to_blame, IsEmpty());
    EXPECT_THAT(requests(), SizeIs(1));
}

TEST_F(Webhook, ThatClosedAnIdleConnectionIsSentItOnceMoreOnANewOne)
{
    WebhookSender sender{io.get_executor(), options()};
    react = [](const Request&)
    {
        auto last = reply(204, "");
        last.then = Then::close;
        return last;
    };
    EXPECT_THAT(send(sender, {{1, "1001"}}).arrived, ElementsAre(true));
    EXPECT_THAT(send(sender, {{2, "1001"}}).arrived, ElementsAre(true));
    EXPECT_EQ(receiver.connections(), 2);
}

TEST_F(Webhook, IsSentAllOverOneConnectionWhileNothingGoesSideBySide)
{
    WebhookSender sender{io.get_executor(), options()};
    for (std::int64_t seq = 1; seq <= 5; ++seq)
        send(sender, {{seq, "1001"}});
    EXPECT_THAT(requests(), SizeIs(5));
    EXPECT_EQ(receiver.connections(), 1);
}

TEST_F(Webhook, ThatIsCutEndsWhatIsUnderWay)
{
    WebhookSender sender{io.get_executor(), options()};
    react = [&sender, this](const Request&)
    {
        asio::post(io, [&sender] { sender.cut(); });
        Reaction silent;
        silent.then = Then::silence;
        return silent;
    };
    EXPECT_TRUE(send(sender, {{1, "1001"}}).failure);
    react = [](const Request&) { return reply(204, ""); };
    EXPECT_THAT(send(sender, {{1, "1001"}}).arrived, ElementsAre(true)) << "those that come connect anew";
}

} // namespace
} // namespace simsync::test
