// What a stream on one server holds after events were published into it.
#include "sink/nats_publishing.hpp"

#include <gmock/gmock.h>

#include <future>
#include <thread>

namespace simsync::test
{
namespace
{

using namespace std::chrono;

class Nats : public testing::Test
{
protected:
    Nats() { servers.add_stream("SIM", "simsync.>"); }

    NatsServers servers{1};
    NatsConnection connection{nats_options(servers.url())};
    NatsPublisher publisher{connection};
};

TEST_F(Nats, HoldsEachEventUnderItsSubjectWithItsIdAndType)
{
    publish_all(publisher, deliveries(1, 3000));
    const auto stored = servers.messages("SIM");
    ASSERT_EQ(stored.size(), 3000);
    EXPECT_EQ(stored[1].subject, "simsync.main.sim.blocked");
    EXPECT_EQ(stored[2].subject, "simsync.other.balance.changed");
    EXPECT_EQ(stored[1].id, "main:2");
    EXPECT_EQ(stored[1].content_type, "application/cloudevents+json");
    EXPECT_EQ(stored[1].body, std::string(600, 'x'));
    EXPECT_EQ(stored_ids(servers), ids_of(deliveries(1, 3000)));
}

TEST_F(Nats, OfAnotherProcessGoesOnWhereTheStreamEndsThoughItsDuplicateWindowIsOver)
{
    servers.delete_stream("SIM");
    servers.add_stream("SIM", "simsync.>", milliseconds{100});
    publish_all(publisher, deliveries(1, 100));
    std::this_thread::sleep_for(milliseconds{300}); // the window is the server's own time
    NatsConnection of_another{nats_options(servers.url())};
    NatsPublisher another{of_another};
    publish_all(another, deliveries(40, 200));
    EXPECT_EQ(stored_ids(servers), ids_of(deliveries(1, 200)));
}

TEST_F(Nats, OfAServerThatWasRestartedMeanwhileMakesNoNews)
{
    publish_all(publisher, deliveries(1, 10));
    servers.kill(0);
    servers.start(0);
    EXPECT_EQ(servers.count("SIM"), 10); // it has its stream again
    while (connection.is_open())
        std::this_thread::yield();
    const auto published = publisher.publish(deliveries(11, 20));
    EXPECT_EQ(published.taken, 10);
    EXPECT_FALSE(published.refusal);
    EXPECT_EQ(stored_ids(servers), ids_of(deliveries(1, 20)));
}

TEST_F(Nats, DoesNotMissWhatWasPurged)
{
    publish_all(publisher, deliveries(1, 10));
    servers.purge_stream("SIM");
    EXPECT_FALSE(publisher.publish({}).loss);
    publish_all(publisher, deliveries(11, 20));
    EXPECT_EQ(stored_ids(servers), ids_of(deliveries(11, 20)));
}

TEST_F(Nats, TellsThatAStreamWasMadeAnew)
{
    publish_all(publisher, deliveries(1, 10));
    servers.delete_stream("SIM");
    servers.add_stream("SIM", "simsync.>");
    const auto loss = publisher.publish({}).loss;
    ASSERT_TRUE(loss);
    EXPECT_EQ(loss->stream, "SIM");
    EXPECT_TRUE(loss->held.empty());
    EXPECT_FALSE(publisher.publish({}).loss);
}

TEST_F(Nats, BetweenMessagesOfOthersStaysInOrder)
{
    publish_all(publisher, deliveries(1, 10));
    servers.publish("simsync.else.where", "x");
    publish_all(publisher, deliveries(11, 20));
    EXPECT_EQ(servers.count("SIM"), 21);
}

TEST_F(Nats, GetsOnInOrderBesideAnotherThatPublishesAllTheTime)
{
    std::jthread other{[&](const std::stop_token& stop)
                       {
                           while (!stop.stop_requested())
                               servers.publish("simsync.else.where", "x");
                       }};
    publish_all(publisher, deliveries(1, 2000));
    other = {};
    auto ids = stored_ids(servers);
    EXPECT_GT(std::erase(ids, ""), 10) << "the other did come in between";
    EXPECT_EQ(ids, ids_of(deliveries(1, 2000)));
}

TEST_F(Nats, ThatIsCutReturnsAtOnce)
{
    NatsConnection patient{nats_options(servers.url(), minutes{5})};
    NatsPublisher waits{patient};
    publish_all(waits, deliveries(1, 10));
    servers.freeze(0);
    auto waiting = std::async(std::launch::async, [&] { return waits.publish(deliveries(11, 20)); });
    while (waiting.wait_for(milliseconds{10}) != std::future_status::ready)
        patient.cut();
    EXPECT_TRUE(waiting.get().refusal);
}

} // namespace
} // namespace simsync::test
