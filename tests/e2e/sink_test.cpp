// `[[sink]]`: events on their way out, to a webhook and to Debian's Alertmanager.
#include "e2e/daemon.hpp"
#include "e2e/receiver.hpp"
#include "sink/signature.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace simsync::test
{
namespace
{

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string caught_up =
    "select coalesce(bool_and(acked_seq = last_seq), false) from simsync.consumer join simsync.account "
    "using (account)";

class Sinks : public testing::Test
{
protected:
    Sinks() { setting.sync(); } // a baseline: nothing of it is delivered

    void add_webhook()
    {
        setting.set("sink", "name", "\"pager\"");
        setting.set("sink", "type", "\"webhook\"");
        setting.set("sink", "url", '"' + receiver.url() + '"');
    }

    Program start(const std::string& name = "daemon")
    {
        return {setting.folder(), name, {"--config", setting.config_file(), "run"}};
    }

    void block(std::size_t position)
    {
        setting.change(position, [](simulator::Simcard& sim) { sim.is_blocked = !sim.is_blocked; });
    }

    // One SIM at a time, so that the order of the events is the order of the changes.
    void block_and_wait(std::size_t position)
    {
        const auto seq = setting.sql("select last_seq + 1 from simsync.account");
        block(position);
        setting.await_sql("select last_seq from simsync.account", seq);
    }

    Setting setting{50};
    Receiver receiver;
};

std::int64_t seq_of(const Request& request)
{
    return json::parse(request.body).at("data").at("seq").as_int64();
}

TEST_F(Sinks, deliver_what_happens_from_now_on_in_order_and_once)
{
    const auto before = std::stoll(setting.sql("select last_seq from simsync.account"));
    add_webhook();
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    for (std::size_t i = 0; i < 5; ++i)
        block_and_wait(i);
    const auto got = receiver.await_taken(5);
    for (std::size_t i = 0; i < 5; ++i)
        EXPECT_EQ(seq_of(got[i]), before + 1 + static_cast<std::int64_t>(i));
    setting.await_sql(caught_up, "t");
    EXPECT_EQ(receiver.taken().size(), 5);
    EXPECT_EQ(header_of(got[0], "Content-Type"), "application/cloudevents+json");
    EXPECT_EQ(header_of(got[0], "webhook-id"), std::string(json::parse(got[0].body).at("id").as_string()));
    EXPECT_EQ(header_of(got[0], "webhook-signature"), "");
    EXPECT_EQ(got[0].path, "/hook");
}

TEST_F(Sinks, sign_what_they_deliver)
{
    add_webhook();
    const auto file = setting.folder() / "pager.secret";
    std::ofstream(file) << "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    setting.set("sink", "secret_file", "\"pager.secret\"");
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    block(1);
    const auto got = receiver.await_taken(1).front();
    const std::chrono::sys_seconds at{std::chrono::seconds{std::stoll(header_of(got, "webhook-timestamp"))}};
    EXPECT_EQ(header_of(got, "webhook-signature"),
              webhook_signature(signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                                header_of(got, "webhook-id"), at, got.body));
    EXPECT_THAT(daemon.err(), Not(HasSubstr("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")));
}

TEST_F(Sinks, leave_out_what_is_not_wanted)
{
    add_webhook();
    setting.set("sink", "kinds", "[\"sim.blocked\", \"sim.unblocked\"]");
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    setting.change(3, [](simulator::Simcard& sim) { sim.description = "moved"; });
    setting.await_sql("select count(*) from simsync.change_event where kind = 'attributes.changed'", "1");
    block(1);
    EXPECT_THAT(receiver.await_taken(1).front().body, HasSubstr("blocked"));
    setting.await_sql(caught_up, "t");
    EXPECT_EQ(receiver.taken().size(), 1);
}

TEST_F(Sinks, send_again_what_was_refused_before_anything_behind_it)
{
    receiver.refuse([](const Request&) { return reply(503, "the pager is being mended"); });
    add_webhook();
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    block_and_wait(1);
    receiver.await_refused(2);
    block_and_wait(2);
    EXPECT_EQ(setting.sql(caught_up), "f");
    receiver.take();
    const auto got = receiver.await_taken(2);
    EXPECT_LT(seq_of(got[0]), seq_of(got[1]));
    setting.await_sql(caught_up, "t");
    daemon.await_err("sink pager delivers again");
    EXPECT_EQ(occurrences(daemon.err(), "the pager is being mended"), 1); // told once, tried often
    EXPECT_THAT(http_get(http_port(daemon), "/metrics").body,
                HasSubstr("simsync_sink_failures_total{sink=\"pager\",reason=\"server_error\"}"));
}

// The answer is lost, so nobody knows whether the event arrived: it comes again, and nothing is missing.
TEST_F(Sinks, lose_nothing_when_they_are_killed_before_the_answer)
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
    setting.await_sql(caught_up, "t");
}

TEST_F(Sinks, end_in_time_although_the_receiver_is_silent)
{
    receiver.refuse([](const Request&) { return Reaction{"", Then::silence}; });
    add_webhook();
    setting.set("sink", "timeout", "\"10m\"");
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    block(1);
    receiver.await_refused(1);
    kill(daemon.process().id(), SIGTERM);
    EXPECT_EQ(daemon.process().wait(), 0);
}

TEST_F(Sinks, of_two_instances_deliver_once_and_the_second_takes_over)
{
    add_webhook();
    auto first = start("first");
    first.await_err("sink pager delivers");
    auto second = start("second");
    second.await_err("sink pager stands by");
    block_and_wait(1);
    receiver.await_taken(1);
    setting.await_sql(caught_up, "t");
    EXPECT_EQ(receiver.taken().size(), 1);
    first.process().end(SIGKILL);
    second.await_err("sink pager delivers");
    block(2);
    receiver.await_taken(2);
}

TEST_F(Sinks, come_and_go_with_a_reload)
{
    auto daemon = start();
    daemon.await_err("mirrors");
    add_webhook();
    kill(daemon.process().id(), SIGHUP);
    daemon.await_err("sink pager delivers");
    block_and_wait(1);
    receiver.await_taken(1);
}

TEST_F(Sinks, behind_a_restored_backup_say_so_and_deliver_nothing_by_themselves)
{
    add_webhook();
    {
        auto daemon = start();
        daemon.await_err("sink pager delivers");
        block_and_wait(1);
        receiver.await_taken(1);
        setting.await_sql(caught_up, "t");
        daemon.process().end(SIGKILL);
    }
    setting.sql("select simsync.begin_stream('main')");
    auto again = start("again");
    again.await_err("of another stream");
    EXPECT_THAT(again.err(), HasSubstr("restart_consumer"));
    EXPECT_EQ(receiver.taken().size(), 1);
    // The way on that the hint names.
    setting.sql("select simsync.restart_consumer('sink:pager')");
    setting.await_sql(caught_up, "t");
}

// --- Debian's Alertmanager

unsigned short free_port()
{
    boost::asio::io_context io;
    return boost::asio::ip::tcp::acceptor(io, {boost::asio::ip::address_v4::loopback(), 0})
        .local_endpoint()
        .port();
}

class Alertmanager
{
public:
    explicit Alertmanager(const Folder& folder, unsigned short port, const std::string& name)
        : port_(std::to_string(port)),
          process_(configured(folder, name), folder / (name + ".log"))
    {
        await([this] { return http_get(port_, "/-/ready").status.find("200") != std::string::npos; });
    }

    // "balance.low 10000003", of what fires now.
    std::vector<std::string> firing()
    {
        std::vector<std::string> all;
        const auto alerts = json::parse(http_get(port_, "/api/v2/alerts?active=true").body);
        for (const auto& alert : alerts.get_array())
            all.emplace_back(std::string(alert.at("labels").at("alertname").as_string()) + ' ' +
                             std::string(alert.at("labels").at("sim").as_string()));
        std::ranges::sort(all);
        return all;
    }

    void await_firing(const std::vector<std::string>& expected)
    {
        try
        {
            await([&] { return firing() == expected; });
        }
        catch (const std::runtime_error&)
        {
            EXPECT_EQ(firing(), expected);
        }
    }

private:
    Command configured(const Folder& folder, const std::string& name) const
    {
        const auto file = folder / (name + ".yml");
        std::ofstream(file) << "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n";
        return {"/usr/bin/prometheus-alertmanager", "--config.file=" + file.string(),
                "--storage.path=" + (folder / name).string(), "--web.listen-address=127.0.0.1:" + port_,
                "--cluster.listen-address="};
    }

    template<class Done>
    void await(Done done)
    {
        for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};;)
        {
            try
            {
                if (done())
                    return;
            }
            catch (const boost::system::system_error&) // it does not listen yet
            {
            }
            if (std::chrono::steady_clock::now() > end || process_.has_ended())
                throw std::runtime_error("the Alertmanager does not get there");
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
    }

    std::string port_;
    Process process_;
};

class Alerts : public Sinks
{
protected:
    // No SIM has a condition but those that a test gives it.
    Alerts()
    {
        for (std::size_t i = 0; i < 50; ++i)
            setting.change(i,
                           [](simulator::Simcard& sim)
                           {
                               sim.is_blocked = false;
                               sim.balance = simulator::Decimal::parse("10");
                               sim.tariff_expires_at.reset();
                           });
        setting.change(1, [this](simulator::Simcard& sim) { first = sim.id; });
        setting.change(2, [this](simulator::Simcard& sim) { second = sim.id; });
        setting.sync();
        setting.set("sink", "name", "\"oncall\"");
        setting.set("sink", "type", "\"alertmanager\"");
        setting.set("sink", "url", "\"http://127.0.0.1:" + std::to_string(port) + '"');
    }

    void balance(std::size_t position, const std::string& amount)
    {
        setting.change(position,
                       [&](simulator::Simcard& sim) { sim.balance = simulator::Decimal::parse(amount); });
    }

    unsigned short port = free_port();
    std::string first;
    std::string second;
};

TEST_F(Alerts, fire_and_are_resolved)
{
    Alertmanager alertmanager(setting.folder(), port, "alertmanager");
    auto daemon = start();
    daemon.await_err("sink oncall delivers");
    balance(1, "1.50");
    block(2);
    alertmanager.await_firing({"balance.low " + first, "sim.blocked " + second});
    block(2);
    alertmanager.await_firing({"balance.low " + first});
    balance(1, "7");
    alertmanager.await_firing({});
}

// It keeps alerts in memory alone: what stands is told to whoever asks anew.
TEST_F(Alerts, that_stand_are_told_again_to_an_alertmanager_that_was_restarted)
{
    balance(1, "1.50");
    block(2);
    setting.sync();
    Alertmanager alertmanager(setting.folder(), port, "alertmanager");
    auto daemon = start();
    alertmanager.await_firing({"balance.low " + first, "sim.blocked " + second});
}

TEST_F(Alerts, wait_for_an_alertmanager_that_is_away)
{
    auto daemon = start();
    daemon.await_err("sink oncall delivers");
    balance(1, "1.50");
    daemon.await_err("sink oncall cannot deliver");
    Alertmanager alertmanager(setting.folder(), port, "alertmanager");
    alertmanager.await_firing({"balance.low " + first});
}

} // namespace
} // namespace simsync::test
