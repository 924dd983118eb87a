// What stood before simsync came: told as such, in one digest, and to nobody's pager.
#include "e2e/alertmanager.hpp"
#include "e2e/sinks.hpp"

namespace simsync::test
{
namespace
{

using testing::HasSubstr;
using testing::IsSubsetOf;
using testing::Not;

// A fleet with a history, and no mirror of it yet.
class Newcomer : public testing::Test
{
protected:
    Newcomer()
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
        testbed.change(0, [](simulator::Simcard& sim) { sim.is_blocked = true; });
        testbed.change(1, [](simulator::Simcard& sim) { sim.balance = simulator::Decimal::parse("-3"); });
        for (std::size_t i = 2; i < 12; ++i)
            testbed.change(i, [](simulator::Simcard& sim) { sim.tariff_expires_at = last_year(); });
    }

    static decltype(simulator::Simcard::tariff_expires_at) last_year()
    {
        decltype(simulator::Simcard::tariff_expires_at) at;
        at.emplace(
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) -
            std::chrono::hours{24 * 400});
        return at;
    }

    void add_sink(const std::string& type, const std::string& url)
    {
        testbed.set("sink", "name", "\"pager\"");
        testbed.set("sink", "type", '"' + type + '"');
        testbed.set("sink", "url", '"' + url + '"');
    }

    Program start() { return {testbed.folder(), "daemon", {"--config", testbed.config_file(), "run"}}; }

    void block(std::size_t position)
    {
        testbed.change(position, [](simulator::Simcard& sim) { sim.is_blocked = true; });
    }

    std::string id_at(std::size_t position)
    {
        std::string id;
        testbed.change(position, [&](simulator::Simcard& sim) { id = sim.id; });
        return id;
    }

    void await_all_emitted()
    {
        testbed.await_sql("select count(*) from simsync.change_event where standing", "12");
    }

    Testbed testbed{50};
    Receiver receiver;
};

TEST_F(Newcomer, IsToldInOneDigestAndNobodyIsPagedForWhatStoodBefore)
{
    add_sink("webhook", receiver.url());
    auto daemon = start();
    daemon.await_err("sink pager delivers");
    await_all_emitted();
    block(20);
    const auto got = receiver.await_taken(2);
    const auto digest = boost::json::parse(got[0].body).at("data");
    EXPECT_EQ(digest.at("kind"), "account.baselined");
    EXPECT_EQ(digest.at("after"), boost::json::parse(R"({"sims": 50, "sim.blocked": 1, "balance.low": 1,
                                                         "balance.depleted": 1, "tariff.expired": 10})"));
    const auto news = boost::json::parse(got[1].body).at("data");
    EXPECT_EQ(news.at("kind"), "sim.blocked");
    EXPECT_EQ(news.at("standing"), false);
    testbed.await_sql(caught_up, "t");
    EXPECT_EQ(receiver.taken().size(), 2);
    EXPECT_EQ(
        testbed.sql(
            "select string_agg(distinct kind, ' ' order by kind) from simsync.change_event where standing"),
        "balance.depleted balance.low tariff.expired");
    EXPECT_EQ(
        testbed.sql(
            "select count(*) || ' ' || count(*) filter (where standing) from simsync.standing_condition"),
        "13 12");
    const auto events = testbed.run({"events"});
    EXPECT_THAT(events.out, HasSubstr("(stood before)")) << events.err;
}

TEST_F(Newcomer, TellsAllOfItToASinkThatAsksForIt)
{
    add_sink("webhook", receiver.url());
    testbed.set("sink", "standing", "true");
    auto daemon = start();
    await_all_emitted();
    std::size_t standing = 0;
    for (const auto& request : receiver.await_taken(13))
        standing += boost::json::parse(request.body).at("data").at("standing") == true ? 1U : 0U;
    EXPECT_EQ(standing, 12);
}

TEST_F(Newcomer, LetsAnAlertmanagerFireWhatIsNews)
{
    const auto port = free_port();
    Alertmanager alertmanager(testbed.folder(), port, "alertmanager");
    add_sink("alertmanager", "http://127.0.0.1:" + std::to_string(port));
    auto daemon = start();
    await_all_emitted();
    block(20);
    alertmanager.await_firing({"sim.blocked " + id_at(20)});
    // What stood before and comes again is news.
    testbed.change(0, [](simulator::Simcard& sim) { sim.is_blocked = false; });
    testbed.await_sql("select count(*) from simsync.change_event where kind = 'sim.unblocked'", "1");
    block(0);
    alertmanager.await_firing({"sim.blocked " + id_at(0), "sim.blocked " + id_at(20)});
}

TEST_F(Newcomer, ShowsAnAlertmanagerThatAsksForItWhatStoodBeforeByALabel)
{
    const auto port = free_port();
    Alertmanager alertmanager(testbed.folder(), port, "alertmanager");
    add_sink("alertmanager", "http://127.0.0.1:" + std::to_string(port));
    testbed.set("sink", "standing", "true");
    testbed.set("sink", "kinds", "[\"balance.low\", \"sim.blocked\"]");
    auto daemon = start();
    await_all_emitted();
    block(20);
    const auto expected =
        std::vector<std::string>{"balance.low " + id_at(1) + " standing", "sim.blocked " + id_at(20)};
    alertmanager.await([&] { return testing::Matches(IsSubsetOf(alertmanager.firing()))(expected); });
    testbed.change(1, [](simulator::Simcard& sim) { sim.balance = simulator::Decimal::parse("20"); });
    alertmanager.await(
        [&] { return testing::Matches(Not(testing::Contains(expected[0])))(alertmanager.firing()); });
}

} // namespace
} // namespace simsync::test
