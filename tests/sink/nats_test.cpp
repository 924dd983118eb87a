// Events into a real nats-server: alone, and as a cluster whose servers are killed while it stores them.
#include "sink/nats_connection.hpp"

#include "sink/nats_publisher.hpp"

#include "api/certificate.hpp"
#include "harness/nats_servers.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <future>
#include <thread>

namespace simsync::test
{
namespace
{

using namespace std::chrono;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<Delivery> deliveries(std::int64_t from, std::int64_t upto)
{
    const std::string body(600, 'x'); // as long as an event
    std::vector<Delivery> made;
    for (auto seq = from; seq <= upto; ++seq)
    {
        auto& each = made.emplace_back();
        each.account = seq % 3 == 0 ? "other" : "main";
        each.id = each.account + ':' + std::to_string(seq);
        each.seq = seq;
        each.kind = seq % 2 == 0 ? "sim.blocked" : "balance.changed";
        each.body = body;
    }
    return made;
}

NatsOptions options(const std::string& url, milliseconds timeout = seconds{2})
{
    return {
        .address = parse_nats_address(url).value(),
        .prefix = "simsync",
        .timeout = timeout,
        .ca_file = {},
        .name = "simsync test"};
}

std::vector<std::string> ids_of(std::span<const Delivery> events)
{
    std::vector<std::string> ids;
    for (const auto& each : events)
        ids.push_back(each.id);
    return ids;
}

std::vector<std::string> stored_ids(NatsServers& servers)
{
    std::vector<std::string> ids;
    for (const auto& each : servers.messages("SIM"))
        ids.push_back(each.id);
    return ids;
}

// Comes again with what is left, as a sink does.
void publish_all(NatsPublisher& publisher, std::span<const Delivery> events)
{
    for (const auto end = steady_clock::now() + minutes{2}; !events.empty();)
    {
        const auto published = publisher.publish(events.first(std::min<std::size_t>(events.size(), 1000)));
        events = events.subspan(published.taken);
        if (steady_clock::now() > end)
            throw std::runtime_error(
                published.refusal ? published.refusal->failure.what : "it takes for ever");
    }
}

TEST(Nats, HoldsEachEventUnderItsSubjectWithItsIdAndType)
{
    NatsServers servers{1};
    servers.add_stream("SIM", "simsync.>");
    NatsConnection connection{options(servers.url())};
    NatsPublisher publisher{connection};
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

TEST(Nats, OfAnotherProcessGoesOnWhereTheStreamEndsThoughItsDuplicateWindowIsOver)
{
    NatsServers servers{1};
    servers.add_stream("SIM", "simsync.>", milliseconds{100});
    {
        NatsConnection connection{options(servers.url())};
        NatsPublisher publisher{connection};
        publish_all(publisher, deliveries(1, 100));
    }
    std::this_thread::sleep_for(milliseconds{300}); // the window is the server's own time
    NatsConnection connection{options(servers.url())};
    NatsPublisher publisher{connection};
    publish_all(publisher, deliveries(40, 200));
    EXPECT_EQ(stored_ids(servers), ids_of(deliveries(1, 200)));
}

TEST(Nats, OfAServerThatWasRestartedMeanwhileMakesNoNews)
{
    NatsServers servers{1};
    servers.add_stream("SIM", "simsync.>");
    NatsConnection connection{options(servers.url())};
    NatsPublisher publisher{connection};
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

TEST(Nats, DoesNotMissWhatWasPurged)
{
    NatsServers servers{1};
    servers.add_stream("SIM", "simsync.>");
    NatsConnection connection{options(servers.url())};
    NatsPublisher publisher{connection};
    publish_all(publisher, deliveries(1, 10));
    servers.purge_stream("SIM");
    EXPECT_FALSE(publisher.publish({}).loss);
    publish_all(publisher, deliveries(11, 20));
    EXPECT_EQ(stored_ids(servers), ids_of(deliveries(11, 20)));
}

TEST(Nats, TellsThatAStreamWasMadeAnew)
{
    NatsServers servers{1};
    servers.add_stream("SIM", "simsync.>");
    NatsConnection connection{options(servers.url())};
    NatsPublisher publisher{connection};
    publish_all(publisher, deliveries(1, 10));
    servers.delete_stream("SIM");
    servers.add_stream("SIM", "simsync.>");
    const auto loss = publisher.publish({}).loss;
    ASSERT_TRUE(loss);
    EXPECT_EQ(loss->stream, "SIM");
    EXPECT_TRUE(loss->held.empty());
    EXPECT_FALSE(publisher.publish({}).loss);
}

TEST(Nats, BetweenMessagesOfOthersStaysInOrder)
{
    NatsServers servers{1};
    servers.add_stream("SIM", "simsync.>");
    NatsConnection connection{options(servers.url())};
    NatsPublisher publisher{connection};
    publish_all(publisher, deliveries(1, 10));
    servers.publish("simsync.else.where", "x");
    publish_all(publisher, deliveries(11, 20));
    EXPECT_EQ(servers.count("SIM"), 21);
}

TEST(Nats, GetsOnInOrderBesideAnotherThatPublishesAllTheTime)
{
    NatsServers servers{1};
    servers.add_stream("SIM", "simsync.>");
    std::jthread other{[&](const std::stop_token& stop)
                       {
                           while (!stop.stop_requested())
                               servers.publish("simsync.else.where", "x");
                       }};
    NatsConnection connection{options(servers.url())};
    NatsPublisher publisher{connection};
    publish_all(publisher, deliveries(1, 2000));
    other = {};
    auto ids = stored_ids(servers);
    EXPECT_GT(std::erase(ids, ""), 10) << "the other did come in between";
    EXPECT_EQ(ids, ids_of(deliveries(1, 2000)));
}

TEST(Nats, SaysWhichStreamIsMissing)
{
    NatsServers servers{1};
    servers.add_stream("OTHER", "else.>");
    NatsConnection connection{options(servers.url())};
    NatsPublisher publisher{connection};
    const auto missing = publisher.publish(deliveries(1, 10));
    EXPECT_EQ(missing.taken, 0);
    EXPECT_THAT(missing.refusal->failure.what, HasSubstr("no stream has the subjects simsync.>"));
    EXPECT_THAT(missing.refusal->failure.advice, HasSubstr("nats stream add SIMSYNC --subjects 'simsync.>'"));
    servers.add_stream("SIM", "simsync.main.sim.>"); // not all of them
    const auto lacking = publisher.publish(deliveries(1, 10));
    EXPECT_THAT(lacking.refusal->failure.what, HasSubstr("no stream has this subject"));
    EXPECT_THAT(lacking.refusal->failure.advice, HasSubstr("nats stream edit SIM --subjects 'simsync.>'"));
    servers.delete_stream("SIM");
    servers.add_stream("SIM", "simsync.>");
    publish_all(publisher, deliveries(1, 10));
    EXPECT_EQ(stored_ids(servers), ids_of(deliveries(1, 10)));
}

TEST(Nats, SaysWhereThereIsNoJetStreamNoServerOrNoLogin)
{
    NatsServers servers{
        1, "accounts { A { jetstream: enabled, users: [{user: a, password: s3cret}] }, B { users: [{user: b, "
           "password: s3cret}] } }"};
    servers.log_in_as("a", "s3cret");
    servers.add_stream("SIM", "simsync.>");
    NatsConnection connection{options(servers.url())};
    const auto refused = std::get<Refusal>(connection.find_end({}, {}));
    EXPECT_EQ(refused.failure.kind, FailureKind::unauthorized) << refused.failure.what;
    connection.log_in_with(NatsPassword{"a", "wr0ng"});
    EXPECT_EQ(std::get<Refusal>(connection.find_end({}, {})).failure.kind, FailureKind::unauthorized);
    EXPECT_THAT(std::get<Refusal>(connection.find_end({}, {})).failure.what, Not(HasSubstr("wr0ng")));
    connection.log_in_with(NatsPassword{"b", "s3cret"});
    EXPECT_THAT(std::get<Refusal>(connection.find_end({}, {})).failure.what, HasSubstr("no JetStream"));
    NatsConnection other{options(servers.url())};
    other.log_in_with(NatsPassword{"a", "s3cret"});
    EXPECT_EQ(std::get<StreamEnd>(other.find_end({}, {})).stream, "SIM");
    servers.kill(0);
    NatsConnection late{options(servers.url())};
    EXPECT_EQ(std::get<Refusal>(late.find_end({}, {})).failure.kind, FailureKind::unreachable);
}

TEST(Nats, TrustsACertificateOfItsAuthorityForItsNameAlone)
{
    const Folder folder;
    const auto certificate = make_certificate("DNS:localhost", hours{1});
    std::ofstream(folder / "cert.pem") << certificate.certificate;
    std::ofstream(folder / "key.pem") << certificate.key;
    const NatsServers servers{
        1, "tls { cert_file: \"" + (folder / "cert.pem").string() + "\", key_file: \"" +
               (folder / "key.pem").string() + "\" }"};
    const auto port = servers.host_and_port(0).substr(servers.host_and_port(0).find(':'));
    const auto refusal_at = [&](const std::string& url, const std::string& ca_file)
    {
        auto with = options(url, seconds{10});
        with.ca_file = ca_file;
        return std::get<Refusal>(NatsConnection{with}.find_end({}, {})).failure;
    };
    const auto authority = (folder / "cert.pem").string();
    // It listens once it has its certificate.
    while (refusal_at("tls://localhost" + port, authority).kind == FailureKind::unreachable)
        std::this_thread::yield();
    EXPECT_THAT(
        refusal_at("tls://localhost" + port, authority).what, HasSubstr("no stream has the subjects"));
    EXPECT_EQ(refusal_at("tls://localhost" + port, "").kind, FailureKind::tls);
    EXPECT_EQ(refusal_at("tls://127.0.0.1" + port, authority).kind, FailureKind::tls) << "another name";
    EXPECT_EQ(refusal_at("nats://localhost" + port, authority).kind, FailureKind::tls);
}

TEST(Nats, TellsWhatIsTooLargeAndHowToGoPastIt)
{
    NatsServers servers{1, "max_payload: 4096"};
    servers.add_stream("SIM", "simsync.>");
    NatsConnection connection{options(servers.url())};
    NatsPublisher publisher{connection};
    auto events = deliveries(1, 10);
    events[4].body.assign(5000, 'x');
    const auto published = publisher.publish(events);
    EXPECT_EQ(published.taken, 4);
    EXPECT_EQ(published.refusal->status, 413);
    EXPECT_THAT(published.refusal->failure.what, HasSubstr("event 5 of account \"main\""));
    publish_all(publisher, deliveries(6, 10)); // on the same connection
    EXPECT_EQ(servers.count("SIM"), 9);
}

TEST(Nats, ThatIsCutReturnsAtOnce)
{
    NatsServers servers{1};
    servers.add_stream("SIM", "simsync.>");
    NatsConnection connection{options(servers.url(), minutes{5})};
    NatsPublisher publisher{connection};
    publish_all(publisher, deliveries(1, 10));
    servers.freeze(0);
    auto waiting = std::async(std::launch::async, [&] { return publisher.publish(deliveries(11, 20)); });
    while (waiting.wait_for(milliseconds{10}) != std::future_status::ready)
        connection.cut();
    EXPECT_TRUE(waiting.get().refusal);
}

// Publishes on a thread of its own as far as it may, and now and then begins anew at an older position, as
// one does that was killed before it noted its own. Goes back where the stream has lost something, as a sink.
class Publishing
{
public:
    Publishing(std::string url, std::span<const Delivery> all) : url_(std::move(url)), all_(all) {}

    void let_go_to(std::size_t upto)
    {
        allowed_ = upto;
        allowed_.notify_all();
    }

    void await(std::size_t position)
    {
        for (auto at = position_.load(); at < position; at = position_.load())
            position_.wait(at);
    }

    // Once all is published and the servers are well: until the stream lacks nothing.
    void settle()
    {
        thread_.join();
        NatsConnection connection{options(url_)};
        NatsPublisher publisher{connection};
        publisher.remember(held_);
        for (auto looked = publisher.publish({}); looked.loss; looked = publisher.publish({}))
        {
            held_ = looked.loss->held;
            for (position_ = end_of(held_); position_ < all_.size();)
                publish_next(publisher);
        }
    }

private:
    void run(const std::stop_token& stop)
    {
        const std::stop_callback wakes{stop, [this] { let_go_to(all_.size() + 1); }};
        while (!stop.stop_requested() && position_ < all_.size())
        {
            NatsConnection connection{options(url_)};
            NatsPublisher publisher{connection};
            publisher.remember(held_);
            for (int batches = 0; batches < 20 && !stop.stop_requested() && position_ < all_.size();
                 ++batches)
                publish_next(publisher);
            if (position_ < all_.size())
                position_ -= std::min<std::size_t>(position_, 150);
        }
    }

    void publish_next(NatsPublisher& publisher)
    {
        const auto position = position_.load();
        for (auto allowed = allowed_.load(); allowed <= position; allowed = allowed_.load())
            allowed_.wait(allowed);
        const auto upto = std::min(allowed_.load(), all_.size());
        const auto some = std::min<std::size_t>(upto - position, 300);
        auto published = publisher.publish(all_.subspan(position, some));
        published.held.merge(std::move(held_));
        held_ = published.loss ? published.loss->held : std::move(published.held);
        position_ = published.loss ? end_of(held_) : position + published.taken;
        position_.notify_all();
    }

    // Of a stream that holds no more than this.
    std::size_t end_of(const HeldEvents& held) const
    {
        std::size_t end = 0;
        for (const auto& [account, event] : held)
            end = std::max<std::size_t>(end, std::stoul(event.id.substr(event.id.find(':') + 1)));
        return end;
    }

    std::string url_;
    std::span<const Delivery> all_;
    HeldEvents held_;
    std::atomic<std::size_t> position_ = 0;
    std::atomic<std::size_t> allowed_ = 0;
    std::jthread thread_{[this](const std::stop_token& stop) { run(stop); }};
};

// The servers of a stream with three copies are killed one after the other, its leader more often than not,
// in the middle of what is published.
TEST(NatsCluster, HoldsExactlyTheEventsInOrderWhoeverIsKilled)
{
    constexpr std::size_t deaths = 3;
    constexpr std::size_t each = 5000;
    NatsServers servers{3};
    servers.add_stream("SIM", "simsync.>");
    const auto all = deliveries(1, deaths * each);
    Publishing publishing{servers.url(), all};
    for (std::size_t death = 0; death < deaths; ++death)
    {
        const auto leader = servers.leader("SIM");
        const auto victim = death == 1 ? (leader + 1) % 3 : leader;
        publishing.let_go_to((death + 1) * each);
        publishing.await(death * each + 600);
        servers.kill(victim);
        publishing.await((death + 1) * each); // by those that are left
        servers.start(victim);
        servers.await_all_current("SIM");
    }
    publishing.settle();
    EXPECT_EQ(stored_ids(servers), ids_of(all));
}

// A leader that hangs acknowledges nothing and closes nothing; when it wakes, what lies in its buffers has
// long been stored by another.
TEST(NatsCluster, HoldsExactlyTheEventsInOrderThoughALeaderHangs)
{
    NatsServers servers{3};
    servers.add_stream("SIM", "simsync.>");
    const auto all = deliveries(1, 6000);
    Publishing publishing{servers.url(), all};
    const auto leader = servers.leader("SIM");
    publishing.let_go_to(3000);
    publishing.await(600);
    servers.freeze(leader);
    publishing.await(3000);
    servers.start(leader);
    publishing.let_go_to(6000);
    publishing.await(6000);
    servers.await_all_current("SIM");
    publishing.settle();
    EXPECT_EQ(stored_ids(servers), ids_of(all));
}

} // namespace
} // namespace simsync::test
