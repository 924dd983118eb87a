// A NATS sink of the daemon: what a stream holds of the change log, whoever is killed in between.
#include "e2e/sinks.hpp"

#include "harness/nats_servers.hpp"
#include "sink/nats_operator.hpp"

#include <thread>

namespace simsync::test
{
namespace
{

namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class NatsSink : public Sinks
{
protected:
    void add_nats(const std::string& url)
    {
        testbed.set("sink", "name", "\"hub\"");
        testbed.set("sink", "type", "\"nats\"");
        testbed.set("sink", "url", '"' + url + '"');
    }

    // So many events, as the mirror writes them.
    void emit(int events)
    {
        const auto count = std::to_string(events);
        testbed.sql(
            "with next as (update simsync.ledger set last_seq = last_seq + " + count +
            " returning account, last_seq - " + count +
            " as seq) insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, "
            "recorded_at, after, cause) select account, next.seq + n, 'balance.changed', 'info', 's' || n % "
            "50, "
            "now(), now(), '{\"balance\": \"4.90\"}', 'sweep' from next, generate_series(1, " +
            count + ") n");
        testbed.sql("notify simsync_events");
    }

    // The stream comes to hold what the table holds behind `begin`, where the sink began, also where it loses
    // what it had: nats-server 2.9 lets one lead that has not caught up. The daemon goes on telling of its
    // own SIMs meanwhile: what comes later than now is not looked at.
    void expect_the_table(NatsServers& servers, std::int64_t begin) const
    {
        const auto end = last_seq();
        testbed.await_sql(
            "select acked_seq >= " + std::to_string(end) +
                " from simsync.consumer where consumer = 'sink:hub'",
            "t");
        std::vector<std::int64_t> expected;
        for (auto seq = begin + 1; seq <= end; ++seq)
            expected.push_back(seq);
        auto held = stored(servers, end);
        for (int more_looks = 60; held != expected && more_looks > 0; --more_looks)
        {
            std::this_thread::sleep_for(std::chrono::milliseconds{500}); // until it is put back and published
            held = stored(servers, end);
        }
        const auto [other, due] = std::ranges::mismatch(held, expected);
        EXPECT_TRUE(other == held.end() && due == expected.end())
            << "at " << other - held.begin() << " the stream holds " << some(other, held.end())
            << " and the table " << some(due, expected.end());
    }

    static std::string some(auto from, auto end)
    {
        std::string text;
        for (int n = 0; from != end && n < 5; ++from, ++n)
            text += std::to_string(*from) + ' ';
        return text + (from == end ? "and no more" : "...");
    }

    static std::vector<std::int64_t> stored(NatsServers& servers, std::int64_t upto)
    {
        std::vector<std::int64_t> seqs;
        for (const auto& message : servers.messages("SIM"))
            if (const auto seq = json::parse(message.body).at("data").at("seq").as_int64(); seq <= upto)
                seqs.push_back(seq);
        return seqs;
    }

    std::int64_t last_seq() const { return std::stoll(testbed.sql("select last_seq from simsync.account")); }
};

TEST_F(NatsSink, HoldsEveryEventAsAWebhookWouldGetIt)
{
    NatsServers servers{1};
    servers.add_stream("SIM", "simsync.>");
    add_nats(servers.url());
    const auto begin = last_seq();
    auto daemon = start();
    daemon.await_err("sink hub delivers");
    emit(3000);
    testbed.await_sql(caught_up, "t");
    expect_the_table(servers, begin);
    const auto first = servers.messages("SIM").at(0);
    const auto event = json::parse(first.body);
    EXPECT_EQ(first.subject, "simsync.main.balance.changed");
    EXPECT_EQ(first.content_type, "application/cloudevents+json");
    EXPECT_EQ(first.id, event.at("id").as_string());
    EXPECT_EQ(event.at("type").as_string(), "simsync.balance.changed");
    EXPECT_EQ(event.at("specversion").as_string(), "1.0");
}

TEST_F(NatsSink, HoldsEachEventOnceAndInOrderThoughTheDaemonIsKilled)
{
    NatsServers servers{1};
    servers.add_stream("SIM", "simsync.>", std::chrono::milliseconds{100}); // it forgets ids at once
    add_nats(servers.url());
    const auto begin = last_seq();
    start().await_err("sink hub delivers");
    for (int death = 0; death < 4; ++death)
    {
        const auto before = servers.count("SIM");
        auto daemon = start("daemon-" + std::to_string(death));
        daemon.await_err("sink hub delivers");
        emit(5000);
        while (servers.count("SIM") < before + 700) // each time it is asked
            std::this_thread::yield();
        daemon.process().end(SIGKILL);
    }
    auto daemon = start("daemon-last");
    testbed.await_sql(caught_up, "t");
    expect_the_table(servers, begin);
}

// The leader of the stream, then a server and the daemon itself.
TEST_F(NatsSink, HoldsEachEventOnceAndInOrderThoughServersAreKilled)
{
    NatsServers servers{3};
    servers.add_stream("SIM", "simsync.>");
    add_nats(servers.url());
    const auto begin = last_seq();
    std::unique_ptr<Program> daemon{new Program(start())}; // it cannot be moved
    daemon->await_err("sink hub delivers");
    for (const bool also_the_daemon : {false, true})
    {
        const auto leader = servers.leader("SIM");
        const auto before = servers.count("SIM");
        emit(10'000);
        while (servers.count("SIM") < before + 1500)
            std::this_thread::yield();
        servers.kill(leader);
        if (also_the_daemon)
        {
            daemon->process().end(SIGKILL);
            daemon.reset(new Program(start("daemon-again")));
        }
        testbed.await_sql(caught_up, "t"); // by the two that are left
        expect_the_table(servers, begin);
        servers.start(leader);
        servers.await_all_current("SIM");
        expect_the_table(servers, begin);
    }
}

TEST_F(NatsSink, SaysWhichStreamIsMissingAndGoesOnOnceItIsThere)
{
    NatsServers servers{1, "authorization { user: simsync, password: s3cretword }"};
    servers.log_in_as("simsync", "s3cretword");
    servers.add_stream("OTHER", "else.>");
    add_nats(servers.url());
    write_secret("hub.secret", "simsync:s3cretword");
    testbed.set("sink", "secret_file", "\"hub.secret\"");
    const auto begin = last_seq();

    const auto check = testbed.run({"check"});
    EXPECT_THAT(
        check.out, AllOf(
                       HasSubstr("no stream has the subjects simsync.>"),
                       HasSubstr("nats stream add SIMSYNC --subjects 'simsync.>'")));

    auto daemon = start();
    daemon.await_err("sink hub delivers");
    emit(10);
    daemon.await_err("nats stream add SIMSYNC");
    servers.add_stream("SIM", "simsync.>", std::chrono::seconds{1});
    daemon.await_err("sink hub delivers again");
    testbed.await_sql(caught_up, "t");
    expect_the_table(servers, begin);
    EXPECT_THAT(daemon.err(), Not(HasSubstr("s3cretword")));
    EXPECT_THAT(testbed.run({"check"}).out, HasSubstr("nats stream edit SIM --dupe-window"));

    write_secret("wrong.secret", "simsync:0ther");
    testbed.set("sink", "secret_file", "\"wrong.secret\"");
    const auto refused = testbed.run({"check"});
    EXPECT_EQ(refused.code, 77) << refused.out;
    EXPECT_THAT(refused.out, AllOf(HasSubstr("secret_file"), Not(HasSubstr("0ther"))));
}

TEST_F(NatsSink, LogsInWithACredentialsFileAndShowsNothingOfIt)
{
    NatsServers servers{1, operator_configuration()};
    write_secret("hub.creds", credentials_file(user_jwt, user_seed));
    servers.log_in_by((testbed.folder() / "hub.creds").string());
    servers.add_stream("SIM", "simsync.>");
    add_nats(servers.url());
    testbed.set("sink", "secret_file", "\"hub.creds\"");
    const auto begin = last_seq();
    EXPECT_THAT(testbed.run({"check"}).out, HasSubstr("stream SIM has simsync.>"));

    auto daemon = start();
    daemon.await_err("sink hub delivers");
    emit(10);
    testbed.await_sql(caught_up, "t");
    expect_the_table(servers, begin);
    EXPECT_THAT(daemon.err(), AllOf(Not(HasSubstr(user_seed)), Not(HasSubstr(user_jwt))));
}

} // namespace
} // namespace simsync::test
