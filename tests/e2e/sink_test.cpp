// `[[sink]]`: events on their way out to a webhook.
#include "e2e/sinks.hpp"
#include "sink/signature.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace simsync::test
{
namespace
{

namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(Sinks, DeliverWhatHappensFromNowOnInOrderAndOnce)
{
    const auto before = std::stoll(testbed.sql("select last_seq from simsync.account"));
    add_webhook();
    testbed.set("sink", "concurrency", "1"); // of different SIMs, too
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    for (std::size_t i = 0; i < 5; ++i)
        block_and_wait(i);
    const auto got = receiver.await_taken(5);
    for (std::size_t i = 0; i < 5; ++i)
        EXPECT_EQ(seq_of(got[i]), before + 1 + static_cast<std::int64_t>(i));
    testbed.await_sql(caught_up, "t");
    EXPECT_EQ(receiver.taken().size(), 5);
    EXPECT_EQ(header_of(got[0], "Content-Type"), "application/cloudevents+json");
    EXPECT_EQ(header_of(got[0], "webhook-id"), std::string(json::parse(got[0].body).at("id").as_string()));
    EXPECT_EQ(header_of(got[0], "webhook-signature"), "");
    EXPECT_EQ(got[0].path, "/hook");
}

TEST_F(Sinks, SignWhatTheyDeliver)
{
    add_webhook();
    const auto file = testbed.folder() / "pager.secret";
    std::ofstream(file) << "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    testbed.set("sink", "secret_file", "\"pager.secret\"");
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    block(1);
    const auto got = receiver.await_taken(1).front();
    const std::chrono::sys_seconds at{std::chrono::seconds{std::stoll(header_of(got, "webhook-timestamp"))}};
    EXPECT_EQ(
        header_of(got, "webhook-signature"), webhook_signature(
                                                 signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                                                 header_of(got, "webhook-id"), at, got.body));
    EXPECT_THAT(daemon.err(), Not(HasSubstr("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")));
}

TEST_F(Sinks, LeaveOutWhatIsNotWanted)
{
    add_webhook();
    testbed.set("sink", "kinds", "[\"sim.blocked\", \"sim.unblocked\"]");
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    testbed.change(3, [](simulator::Simcard& sim) { sim.description = "moved"; });
    testbed.await_sql("select count(*) from simsync.change_event where kind = 'attributes.changed'", "1");
    block(1);
    EXPECT_THAT(receiver.await_taken(1).front().body, HasSubstr("blocked"));
    testbed.await_sql(caught_up, "t");
    EXPECT_EQ(receiver.taken().size(), 1);
}

TEST_F(Sinks, SendAgainWhatWasRefusedBeforeAnythingBehindIt)
{
    receiver.refuse([](const Request&) { return reply(503, "the pager is being mended"); });
    add_webhook();
    testbed.set("sink", "concurrency", "1"); // of different SIMs, too
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    block_and_wait(1);
    receiver.await_refused(2);
    block_and_wait(2);
    EXPECT_EQ(testbed.sql(caught_up), "f");
    receiver.take();
    const auto got = receiver.await_taken(2);
    EXPECT_LT(seq_of(got[0]), seq_of(got[1]));
    testbed.await_sql(caught_up, "t");
    daemon.await_err("sink pager delivers again");
    EXPECT_EQ(occurrences(daemon.err(), "the pager is being mended"), 1); // told once, tried often
    EXPECT_THAT(
        http_get(http_port(daemon), "/metrics").body,
        HasSubstr("simsync_sink_failures_total{sink=\"pager\",reason=\"server_error\"}"));
}

// The answer is lost, so nobody knows whether the event arrived: it comes again, and nothing is missing.
TEST_F(Sinks, LoseNothingWhenTheyAreKilledBeforeTheAnswer)
{
    receiver.refuse([](const Request&) { return Reaction{"", Then::silence}; });
    add_webhook();
    {
        auto daemon = start();
        daemon.await_err("sink pager delivers");
        block_and_wait(1);
        receiver.await_refused(1);
        daemon.process().end(SIGKILL);
    }
    receiver.take();
    auto again = start("again");
    block_and_wait(2);
    const auto got = receiver.await_taken(2);
    EXPECT_EQ(seq_of(got[1]), seq_of(got[0]) + 1);
    testbed.await_sql(caught_up, "t");
}

TEST_F(Sinks, EndInTimeAlthoughTheReceiverIsSilent)
{
    receiver.refuse([](const Request&) { return Reaction{"", Then::silence}; });
    add_webhook();
    testbed.set("sink", "timeout", "\"10m\"");
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    block(1);
    receiver.await_refused(1);
    kill(daemon.process().id(), SIGTERM);
    EXPECT_EQ(daemon.process().wait(), 0);
}

TEST_F(Sinks, OfTwoInstancesDeliverOnceAndTheSecondTakesOver)
{
    add_webhook();
    auto first = start("first");
    first.await_err("sink pager delivers");
    auto second = start("second");
    second.await_err("sink pager stands by");
    block_and_wait(1);
    receiver.await_taken(1);
    testbed.await_sql(caught_up, "t");
    EXPECT_EQ(receiver.taken().size(), 1);
    first.process().end(SIGKILL);
    second.await_err("sink pager delivers");
    block(2);
    receiver.await_taken(2);
}

TEST_F(Sinks, OfAnInstanceThatIsStoppedAreDeliveredByAnother)
{
    add_webhook();
    auto first = start("first");
    first.await_err("sink pager delivers");
    auto second = start("second");
    second.await_err("sink pager stands by");
    kill(first.process().id(), SIGSTOP);
    second.await_err("sink pager delivers");
    block(1);
    receiver.await_taken(1);
    kill(first.process().id(), SIGCONT);
    first.await_err("sink pager stands by");
    testbed.await_sql(caught_up, "t");
    EXPECT_EQ(receiver.taken().size(), 1);
}

TEST_F(Sinks, ComeAndGoWithAReload)
{
    auto daemon = start();
    daemon.await_err("mirrors");
    add_webhook();
    kill(daemon.process().id(), SIGHUP);
    daemon.await_err("sink pager delivers");
    block_and_wait(1);
    receiver.await_taken(1);
}

TEST_F(Sinks, BehindARestoredBackupSaySoAndDeliverNothingByThemselves)
{
    add_webhook();
    {
        auto daemon = start();
        daemon.await_err("sink pager delivers");
        block_and_wait(1);
        receiver.await_taken(1);
        testbed.await_sql(caught_up, "t");
        daemon.process().end(SIGKILL);
    }
    testbed.sql("select simsync.begin_stream('main')");
    auto again = start("again");
    const auto logged = again.await_err("sink pager is down");
    EXPECT_THAT(
        logged, AllOf(
                    HasSubstr("of another stream"), HasSubstr("simsync consumer list sink:pager"),
                    HasSubstr("simsync consumer restart sink:pager --from now")));
    EXPECT_THAT(again.err(), Not(HasSubstr("sink pager delivers")));
    EXPECT_EQ(receiver.taken().size(), 1);

    // It is down everywhere, and the log is told once however often it is tried.
    const auto port = http_port(again);
    const auto metrics = [&] { return http_get(port, "/metrics").body; };
    testbed.await_sql(
        "select count(*) from simsync.consumer where down_error like '%of another stream%'", "1");
    EXPECT_THAT(metrics(), HasSubstr("simsync_sink_down{sink=\"pager\"} 1"));
    EXPECT_THAT(http_get(port, "/readyz").body, HasSubstr("sink pager is down: it cannot read on"));
    EXPECT_THAT(
        testbed.run({"status"}).out, HasSubstr("sink:pager stands in events that were numbered anew"));
    EXPECT_THAT(testbed.run({"consumer", "list", "sink:pager"}).out, HasSubstr("cannot read on"));
    again.await_err("leads the account");
    while (metrics().find("simsync_consumer_lost{account=\"main\",consumer=\"sink:pager\"} 1") ==
           std::string::npos)
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    while (metrics().find("simsync_sink_failures_total{sink=\"pager\",reason=\"position_lost\"} 1") !=
           std::string::npos) // until it was tried once more
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    EXPECT_EQ(occurrences(again.err(), "sink pager is down"), 1);

    // The way on that the hint names.
    const auto restarted = testbed.run({"consumer", "restart", "sink:pager", "--from", "now", "--yes"});
    EXPECT_EQ(restarted.code, 0) << restarted.err;
    again.await_err("sink pager delivers");
    EXPECT_THAT(metrics(), HasSubstr("simsync_sink_down{sink=\"pager\"} 0"));
    EXPECT_EQ(http_get(port, "/readyz").body, "ready\n");
    testbed.await_sql("select count(*) from simsync.consumer where down_since is null", "1");
    block_and_wait(2);
    EXPECT_EQ(
        seq_of(receiver.await_taken(2)[1]), std::stoll(testbed.sql("select last_seq from simsync.account")));
}

} // namespace
} // namespace simsync::test
