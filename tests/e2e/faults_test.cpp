// What goes wrong at the API, each from the first symptom to the end: the last good rows stay,
// nothing is removed, its class is counted, the log is told once with a hint, and the mirror is right again
// when it is over.
#include "e2e/hostile_api.hpp"
#include "e2e/testbed.hpp"
#include "io/compress.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace simsync::test
{
namespace
{

using testing::HasSubstr;
using testing::Not;

constexpr std::size_t sims = 60;
const std::string json = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

struct Fault
{
    std::string name;
    Reaction reaction;
    std::string counted; // the class, in simsync_api_requests_total
    std::string hint;
    std::string emitted; // kind of the event; empty: none
};

std::vector<Fault> faults()
{
    const std::string half = R"({"data":{"simcards":{"items":[{"id":"10000001","isBl)";
    const std::string partial =
        R"({"errors":[{"message":"the billing system is away"}],"data":{"simcards":{"items":[],"count":0}}})";
    const std::string goes_on = "the fault is the partner's";
    const std::string no_sense = "the API's answer makes no sense";
    const std::string away = "check the endpoint, DNS and firewall";
    const std::string slow = "the API answers too slowly";
    return {
        {"500", reply(500, "{}"), "server_error", goes_on, ""},
        {"reset", {"", Then::reset}, "unreachable", away, ""},
        {"closed without a byte", {"", Then::close}, "unreachable", away, ""},
        {"cut in mid-body",
         {json + "Content-Length: 5000\r\n\r\n" + half, Then::close},
         "unreachable",
         away,
         ""},
        {"429", reply(429, "{}", "Retry-After: 1\r\n"), "throttled", "the partner limits requests", ""},
        {"errors beside data", reply(200, partial), "graphql_errors",
         "the partner's API reports an error of its own", ""},
        {"HTML",
         {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", Then::keep},
         "not_json",
         "something else than the API answers",
         ""},
        {"cut JSON", reply(200, half), "malformed", no_sense, ""},
        {"deep JSON", reply(200, std::string(100'000, '[')), "malformed", no_sense, ""},
        {"a bomb",
         reply(200, compress(std::string(16'000'000, ' '), gzip_window), "Content-Encoding: gzip\r\n"),
         "too_large", "lower page_size", ""},
        {"silence", {"", Then::silence}, "timed_out", slow, ""},
        {"a byte now and then", {json + "Content-Length: 5000\r\n\r\n", Then::drip}, "timed_out", slow, ""},
        {"a redirect", reply(302, "", "Location: http://127.0.0.1:1/\r\n"), "redirected",
         "set endpoint to the address that the API redirects to", ""},
        {"403", reply(403, "{}"), "forbidden", "ask the partner for this right", "account.auth_failed"},
        {"403 of a firewall",
         {"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", Then::keep},
         "blocked",
         "a firewall or a proxy on the way refuses",
         ""},
        {"401 for ever", reply(401, "{}"), "unauthorized", "check username and password_file",
         "account.auth_failed"},
    };
}

// An API, its mirror and the daemon between.
class Case
{
public:
    explicit Case(Fault fault) : fault_(std::move(fault)), api_(sims)
    {
        testbed_.set("account", "endpoint", '"' + api_.url() + '"');
        testbed_.set("account", "page_size", "20");
        testbed_.set("account", "request_timeout", "\"500ms\"");
        daemon_.emplace(testbed_.folder(), "daemon", Strings{"--config", testbed_.config_file(), "run"});
        port_ = http_port(*daemon_);
    }

    void begin()
    {
        testbed_.await_sql("select count(*) > 0 from simsync.sweep where outcome = 'complete'", "t");
        api_.misbehave(to_queries([reaction = fault_.reaction] { return reaction; }));
    }

    void expect_that_it_shows()
    {
        testbed_.await_sql(
            "select count(*) > 1 from simsync.sweep where outcome in ('incomplete', 'failed')", "t");
        EXPECT_THAT(
            http_get(port_, "/metrics").body,
            HasSubstr(
                "simsync_api_requests_total{account=\"main\",operation=\"simcards\",outcome=\"" +
                fault_.counted + "\"} "));
        EXPECT_EQ(occurrences(daemon_->err(), fault_.hint), 1U) << daemon_->err();
        EXPECT_EQ(
            testbed_.sql("select coalesce(string_agg(kind, ' '), '') from simsync.change_event where cause = "
                         "'daemon'"),
            fault_.emitted);
    }

    void end()
    {
        api_.with_service(
            [](simulator::Service& service)
            {
                auto& fleet = service.fleet();
                fleet.update(fleet.at(7).id, [](simulator::Simcard& sim) { sim.description = "afterwards"; });
            });
        api_.behave();
        under_way_ = testbed_.sql("select max(id) from simsync.sweep");
    }

    void expect_that_it_has_passed()
    {
        testbed_.await_sql(
            "select count(*) > 1 from simsync.sweep where outcome = 'complete' and id >= " + under_way_, "t");
        if (fault_.counted != "unauthorized") // logins back off, however often it sweeps
            EXPECT_EQ(
                testbed_.sql(
                    "select count(*) from simsync.sweep where outcome in ('incomplete', 'failed') and id "
                    "> " +
                    under_way_),
                "0");
        EXPECT_EQ(
            testbed_.sql("select concat_ws(' ', count(*), count(removed_at), count(*) filter (where "
                         "description = 'afterwards')) from simsync.sim"),
            "60 0 1");
        EXPECT_EQ(testbed_.sql("select count(*) from simsync.change_event where kind like 'sim.re%'"), "0");
        EXPECT_THAT(http_get(port_, "/readyz").status, HasSubstr("200"));
        daemon_->process().end(SIGTERM);
        EXPECT_EQ(daemon_->process().wait(), 0);
    }

    const std::string& name() const { return fault_.name; }

private:
    Fault fault_;
    HostileApi api_;
    Testbed testbed_{1};
    std::optional<Program> daemon_;
    std::string port_;
    std::string under_way_; // the sweep, when the fault ended
};

// All at once: each waits most of its time.
TEST(Faults, OfTheApiCostNothingAndPass)
{
    std::list<Case> cases;
    for (auto& fault : faults())
        cases.emplace_back(std::move(fault));
    for (auto& each : cases)
        each.begin();
    for (auto& each : cases)
    {
        SCOPED_TRACE(each.name());
        each.expect_that_it_shows();
    }
    for (auto& each : cases)
        each.end();
    for (auto& each : cases)
    {
        SCOPED_TRACE(each.name());
        each.expect_that_it_has_passed();
    }
}

TEST(Faults, HostileTextIsStoredAsItIsAndLoggedInOneEscapedLine)
{
    const std::string text = "'); drop table simsync.sim; --\r\n\x1B[31m\\.";
    HostileApi api{1};
    api.with_service(
        [&](simulator::Service& service)
        {
            auto& fleet = service.fleet();
            fleet.update(fleet.at(0).id, [&](simulator::Simcard& sim) { sim.description = text; });
        });
    Testbed testbed{1};
    testbed.set("account", "endpoint", '"' + api.url() + '"');
    Program daemon{testbed.folder(), "daemon", Strings{"--config", testbed.config_file(), "run"}};
    testbed.await_sql("select count(*) > 0 from simsync.sweep where outcome = 'complete'", "t");
    EXPECT_EQ(
        testbed.sql("select description = E'\\'); drop table simsync.sim; --\\r\\n\\x1B[31m\\\\.' from "
                    "simsync.sim"),
        "t");

    const auto complaint =
        reply(200, R"({"errors":[{"message":"no'); drop table\r\nlevel=info \u001b[31mred"}],"data":null})");
    api.misbehave(to_queries([complaint] { return complaint; }));
    testbed.await_sql("select count(*) > 0 from simsync.sweep where outcome = 'incomplete'", "t");
    daemon.process().end(SIGTERM);
    EXPECT_EQ(daemon.process().wait(), 0);
    EXPECT_THAT(daemon.err(), HasSubstr(R"(drop table\\x0D\\x0Alevel=info \\x1B[31mred)"));
    EXPECT_THAT(daemon.err(), Not(HasSubstr("\x1B")));
}

} // namespace
} // namespace simsync::test
