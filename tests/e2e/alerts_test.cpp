// `[[sink]]` of type alertmanager: conditions on their way to Debian's Alertmanager.
#include "e2e/alertmanager.hpp"
#include "e2e/sinks.hpp"
#include "simsync/model/time.hpp"

#include <set>

namespace simsync::test
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Alerts : public Sinks
{
protected:
    // No SIM has a condition but those that a test gives it.
    Alerts()
    {
        for (std::size_t i = 0; i < 50; ++i)
            testbed.change(
                i,
                [](simulator::Simcard& sim)
                {
                    sim.is_blocked = false;
                    sim.balance = simulator::Decimal::parse("10");
                    sim.tariff_expires_at.reset();
                });
        testbed.change(1, [this](simulator::Simcard& sim) { first = sim.id; });
        testbed.change(2, [this](simulator::Simcard& sim) { second = sim.id; });
        testbed.sync();
        testbed.set("sink", "name", "\"oncall\"");
        testbed.set("sink", "type", "\"alertmanager\"");
        testbed.set("sink", "url", "\"http://127.0.0.1:" + std::to_string(port) + '"');
    }

    void balance(std::size_t position, const std::string& amount)
    {
        testbed.change(
            position, [&](simulator::Simcard& sim) { sim.balance = simulator::Decimal::parse(amount); });
    }

    unsigned short port = free_port();
    std::string first;
    std::string second;
};

TEST_F(Alerts, FireAndAreResolved)
{
    Alertmanager alertmanager(testbed.folder(), port, "alertmanager");
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
TEST_F(Alerts, ThatStandAreToldAgainToAnAlertmanagerThatWasRestarted)
{
    balance(1, "1.50");
    block(2);
    testbed.sync();
    testbed.set("http", "url", "\"https://simsync.example\"");
    Alertmanager alertmanager(testbed.folder(), port, "alertmanager");
    auto daemon = start();
    alertmanager.await_firing({"balance.low " + first, "sim.blocked " + second});
    // As they began, and not as they are told.
    for (const auto& [kind, sim] : {std::pair{"sim.blocked", second}, std::pair{"balance.low", first}})
        EXPECT_EQ(
            std::string(alertmanager.alert(kind + (' ' + sim)).at("startsAt").as_string()).substr(0, 23),
            testbed.sql(
                "select substr(simsync.rfc3339(observed_at) || repeat('0', 6), 1, 23) from "
                "simsync.change_event "
                "where kind = '" +
                std::string(kind) + "' and sim = '" + sim + "'"));
}

TEST_F(Alerts, SayWhatAPersonWantsToKnowAndLinkToTheSim)
{
    testbed.change(
        1,
        [](simulator::Simcard& sim)
        {
            sim.description = "GPS tracker";
            sim.balance = simulator::Decimal::parse("1.50");
        });
    testbed.set("http", "url", "\"https://simsync.example\"");
    Alertmanager alertmanager(testbed.folder(), port, "alertmanager");
    auto daemon = start();
    alertmanager.await_firing({"balance.low " + first});
    const auto alert = alertmanager.alert("balance.low " + first);
    EXPECT_EQ(
        std::string(alert.at("generatorURL").as_string()), "https://simsync.example/#/sim/main/" + first);
    const auto said = [&](const char* name)
    { return std::string(alert.at("annotations").at(name).as_string()); };
    EXPECT_EQ(said("summary"), "SIM " + first + " (GPS tracker) of account main: balance 1.5 is low");
    EXPECT_EQ(said("description"), "GPS tracker");
    EXPECT_EQ(said("balance"), "1.5");
    EXPECT_EQ(said("tariff"), testbed.sql("select tariff_name from simsync.sim where id = '" + first + "'"));
}

TEST_F(Alerts, ThatStandAreToldAlthoughTheEventsWereNumberedAnew)
{
    start().await_err("sink oncall delivers");
    balance(1, "1.50");
    testbed.sync();
    testbed.sql("select simsync.begin_stream('main')");
    Alertmanager alertmanager(testbed.folder(), port, "alertmanager");
    auto daemon = start("again");
    daemon.await_err("of another stream");
    alertmanager.await_firing({"balance.low " + first});
}

TEST_F(Alerts, WaitForAnAlertmanagerThatIsAway)
{
    auto daemon = start();
    daemon.await_err("sink oncall delivers");
    balance(1, "1.50");
    daemon.await_err("sink oncall cannot deliver");
    Alertmanager alertmanager(testbed.folder(), port, "alertmanager");
    alertmanager.await_firing({"balance.low " + first});
}

// --- one that it does not take, and how it wants to be asked

const std::string password_is_test = // of Prometheus's own documentation
    "basic_auth_users: {simsync: $2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay}";

TEST_F(Alerts, ReachAnAlertmanagerBehindBasicAuthentication)
{
    Alertmanager alertmanager(
        testbed.folder(), port, "alertmanager", password_is_test,
        "Authorization: Basic c2ltc3luYzp0ZXN0\r\n");
    write_secret("oncall.secret", "simsync:test");
    testbed.set("sink", "secret_file", "\"oncall.secret\"");
    auto daemon = start();
    daemon.await_err("sink oncall delivers");
    balance(1, "1.50");
    alertmanager.await_firing({"balance.low " + first});
}

TEST_F(Alerts, WithoutTheRightPasswordAreKeptAndTheLogSaysWhy)
{
    Alertmanager alertmanager(
        testbed.folder(), port, "alertmanager", password_is_test,
        "Authorization: Basic c2ltc3luYzp0ZXN0\r\n");
    auto daemon = start();
    daemon.await_err("sink oncall delivers");
    balance(1, "1.50");
    EXPECT_THAT(
        daemon.await_err("cannot deliver"), AllOf(HasSubstr("answers 401"), HasSubstr("secret_file")));
}

// Its clock was set back, or another host's is ahead: the alert begins now.
TEST_F(Alerts, ThatBeginInTheFutureSpoilNothing)
{
    Alertmanager alertmanager(testbed.folder(), port, "alertmanager");
    auto daemon = start();
    daemon.await_err("sink oncall delivers");
    testbed.sql(
        "with next as (update simsync.ledger set last_seq = last_seq + 1 returning last_seq) insert into "
        "simsync.change_event (account, seq, kind, severity, sim, observed_at, recorded_at, cause, "
        "dedup_key) "
        "select 'main', last_seq, 'sim.blocked', 'warning', 'ahead', now() + interval '1 day', now(), "
        "'sweep', 'main:ahead:sim.blocked' from next");
    balance(1, "1.50");
    alertmanager.await_firing({"balance.low " + first, "sim.blocked ahead"});
}

// A receiver that speaks as an Alertmanager does.
class PickyAlertmanager : public Alerts
{
protected:
    PickyAlertmanager() { testbed.set("sink", "url", '"' + receiver.url("/am/?tenant=7") + '"'); }

    std::vector<std::string> notified_of() // the SIMs of requests that were taken
    {
        std::vector<std::string> sims;
        for (const auto& request : receiver.refused())
        {
            const auto alerts = boost::json::parse(request.body);
            if (!is_refused(request))
                for (const auto& alert : alerts.get_array())
                    sims.emplace_back(alert.at("labels").at("sim").as_string());
        }
        return sims;
    }

    bool is_refused(const Request& request) const { return request.body.find(first) != std::string::npos; }
};

TEST_F(PickyAlertmanager, LacksTheAlertThatItRefusesAndNoOther)
{
    receiver.refuse([this](const Request& request)
                    { return is_refused(request) ? reply(400, "bad label") : reply(200, ""); });
    for (std::size_t i = 1; i < 9; ++i)
        balance(i, "1.50");
    auto daemon = start();
    const auto logged = daemon.await_err("leaves an alert out");
    EXPECT_THAT(
        logged, AllOf(HasSubstr("main:" + first + ":balance.low"), HasSubstr("answers 400: bad label")));
    testbed.await_sql("select count(*) from simsync.standing_condition where not standing", "8");
    testbed.await_sql(caught_up, "t");
    const auto sims = notified_of();
    EXPECT_EQ(std::set<std::string>(sims.begin(), sims.end()).size(), 7);
    EXPECT_EQ(receiver.refused().front().path, "/am/api/v2/alerts?tenant=7");
    EXPECT_EQ(occurrences(daemon.err(), "leaves an alert out"), 1);
    EXPECT_THAT(daemon.err(), Not(HasSubstr("cannot deliver")));
}

TEST_F(PickyAlertmanager, IsNotToldOfTheEndOfWhatNeverFired)
{
    testbed.set("alert", "tariff_expiry_warnings", "[\"3d\"]");
    auto daemon = start();
    daemon.await_err("sink oncall delivers");
    testbed.change(
        1,
        [](simulator::Simcard& sim)
        {
            sim.tariff_expires_at.emplace(
                std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) +
                std::chrono::hours{48});
        });
    testbed.await_sql(
        "select count(*) from simsync.change_event where kind = 'tariff.expiring' and not standing", "1");
    block_and_wait(2);
    block_and_wait(2);
    testbed.await_sql(caught_up, "t");
    std::set<std::string> told;
    for (const auto& request : receiver.taken())
    {
        const auto alerts = boost::json::parse(request.body);
        for (const auto& alert : alerts.get_array())
        {
            const bool fires =
                parse_date(std::string(alert.at("endsAt").as_string())) >
                std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
            told.insert(
                std::string(alert.at("labels").at("alertname").as_string()) +
                (fires ? " fires" : " resolved"));
        }
    }
    EXPECT_THAT(
        told, testing::ElementsAre("sim.blocked fires", "sim.blocked resolved", "tariff.expiring fires"));
}

TEST_F(PickyAlertmanager, TakesWithAny2xx)
{
    const std::vector<Reaction> ways{
        {"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n", Then::keep},
        reply(200, std::string(100'000, 'x')),
        {"HTTP/1.1 200 OK\r\n", Then::close}};
    auto daemon = start();
    daemon.await_err("sink oncall delivers");
    for (std::size_t i = 0; i < ways.size(); ++i)
    {
        receiver.refuse([&](const Request&) { return ways[i]; });
        block_and_wait(i + 10);
        testbed.await_sql(caught_up, "t");
    }
    EXPECT_THAT(daemon.err(), Not(HasSubstr("cannot deliver")));
}

// Not the alert is wrong then, but the address or a proxy: nothing may be lost.
TEST_F(PickyAlertmanager, ThatRefusesWhateverComesIsWaitedFor)
{
    receiver.refuse([](const Request&) { return reply(400, "no such API"); });
    auto daemon = start();
    daemon.await_err("sink oncall delivers");
    balance(1, "1.50");
    daemon.await_err("cannot deliver");
    testbed.await_sql("select count(*) from simsync.standing_condition where not standing", "1");
    EXPECT_EQ(testbed.sql(caught_up), "f");
    EXPECT_THAT(daemon.err(), Not(HasSubstr("leaves an alert out")));
    receiver.take();
    testbed.await_sql(caught_up, "t");
}

TEST_F(PickyAlertmanager, GetsABearerTokenThatNoMessageShows)
{
    write_secret("oncall.secret", "abcdef.token.0123456789");
    testbed.set("sink", "secret_file", "\"oncall.secret\"");
    receiver.refuse([](const Request& request)
                    { return reply(403, "I do not know " + header_of(request, "Authorization")); });
    auto daemon = start();
    daemon.await_err("sink oncall delivers");
    balance(1, "1.50");
    daemon.await_err("cannot deliver");
    EXPECT_EQ(header_of(receiver.refused().front(), "Authorization"), "Bearer abcdef.token.0123456789");
    EXPECT_THAT(daemon.err(), AllOf(HasSubstr("answers 403"), Not(HasSubstr("0123456789"))));
}

} // namespace
} // namespace simsync::test
