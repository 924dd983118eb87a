// What is told of a real nats-server that does not take what it gets, and whom it is believed to be.
#include "api/certificate.hpp"
#include "sink/nats_publishing.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <thread>

namespace simsync::test
{
namespace
{

using namespace std::chrono;
using testing::HasSubstr;
using testing::Not;

TEST(NatsRefusals, SaysWhichStreamIsMissing)
{
    NatsServers servers{1};
    servers.add_stream("OTHER", "else.>");
    NatsConnection connection{nats_options(servers.url())};
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

TEST(NatsRefusals, SaysWhereThereIsNoJetStreamNoServerOrNoLogin)
{
    NatsServers servers{
        1, "accounts { A { jetstream: enabled, users: [{user: a, password: s3cret}] }, B { users: [{user: b, "
           "password: s3cret}] } }"};
    servers.log_in_as("a", "s3cret");
    servers.add_stream("SIM", "simsync.>");
    NatsConnection connection{nats_options(servers.url())};
    const auto refused = std::get<Refusal>(connection.find_end({}, {}));
    EXPECT_EQ(refused.failure.kind, FailureKind::unauthorized) << refused.failure.what;
    connection.log_in_with(NatsPassword{"a", "wr0ng"});
    EXPECT_EQ(std::get<Refusal>(connection.find_end({}, {})).failure.kind, FailureKind::unauthorized);
    EXPECT_THAT(std::get<Refusal>(connection.find_end({}, {})).failure.what, Not(HasSubstr("wr0ng")));
    connection.log_in_with(NatsPassword{"b", "s3cret"});
    EXPECT_THAT(std::get<Refusal>(connection.find_end({}, {})).failure.what, HasSubstr("no JetStream"));
    NatsConnection other{nats_options(servers.url())};
    other.log_in_with(NatsPassword{"a", "s3cret"});
    EXPECT_EQ(std::get<StreamEnd>(other.find_end({}, {})).stream, "SIM");
    servers.kill(0);
    NatsConnection late{nats_options(servers.url())};
    EXPECT_EQ(std::get<Refusal>(late.find_end({}, {})).failure.kind, FailureKind::unreachable);
}

TEST(NatsRefusals, TrustsACertificateOfItsAuthorityForItsNameAlone)
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
        auto with = nats_options(url, seconds{10});
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

TEST(NatsRefusals, TellsWhatIsTooLargeAndHowToGoPastIt)
{
    NatsServers servers{1, "max_payload: 4096"};
    servers.add_stream("SIM", "simsync.>");
    NatsConnection connection{nats_options(servers.url())};
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

} // namespace
} // namespace simsync::test
