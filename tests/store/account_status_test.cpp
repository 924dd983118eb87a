// How a thousand accounts stand is asked for as often as how one does.
#include "harness/faulty_proxy.hpp"
#include "simsync/store/reader.hpp"
#include "store/fleet_reader.hpp"
#include "store/mirror_test.hpp"

namespace simsync::test
{
namespace
{

class StatusOfMany : public MirrorTest
{
protected:
    // Accounts of which every table holds something.
    void add_accounts(int count)
    {
        for (int i = 0; i < count; ++i)
        {
            const auto name = "many" + std::to_string(i);
            PostgresMirror other(url, name);
            ASSERT_TRUE(other.try_lead("https://api.example"));
            other.transact([](Transaction& transaction)
                           { transaction.append(std::vector{event(Kind::sim_added, "1")}); });
        }
        sql("select simsync.register_consumer('pager')");
        sql("insert into simsync.sweep (account, id, started_at, finished_at, outcome) "
            "select account, 1, now(), now(), 'complete' from simsync.ledger on conflict do nothing");
        sql("insert into simsync.drift (account, field, since, left_out, error) "
            "select account, 'imei', now(), true, 'unknown' from simsync.ledger on conflict do nothing");
    }

    // Messages that the client sends while `ask` is under way.
    template<class Ask>
    std::size_t sent(Ask ask)
    {
        proxy.count();
        ask();
        std::size_t count = 0;
        for (std::size_t i = 1; i <= proxy.passed(); ++i)
            count += proxy.passed(i).starts_with('>') ? 1 : 0;
        return count;
    }

    FaultyProxy proxy{Cluster::shared()};
};

TEST_F(StatusOfMany, AsksNoMoreOftenThanOfOne)
{
    add_accounts(1);
    Reader reader(proxy.url_of(url));
    const auto of_few = sent([&] { EXPECT_EQ(reader.status().size(), 2U); });
    add_accounts(9);
    EXPECT_EQ(sent([&] { EXPECT_EQ(reader.status().size(), 10U); }), of_few);
    for (const auto& status : reader.status())
    {
        EXPECT_EQ(status.last_sweeps.size(), 1U) << status.account.account;
        EXPECT_EQ(status.consumers.size(), 1U) << status.account.account;
        EXPECT_EQ(status.account.drifts.size(), 1U) << status.account.account;
        EXPECT_TRUE(status.account.last_complete_sweep) << status.account.account;
    }
}

TEST_F(StatusOfMany, IsNoMoreWorkForTheConsoleThanOfOne)
{
    add_accounts(1);
    FleetReader reader(proxy.url_of(url));
    const auto of_few = sent([&] { EXPECT_EQ(reader.accounts({}).size(), 2U); });
    add_accounts(9);
    EXPECT_EQ(sent([&] { EXPECT_EQ(reader.accounts({}).size(), 10U); }), of_few);
    EXPECT_EQ(reader.accounts("many3").at(0).consumers.size(), 1U);
    EXPECT_EQ(reader.accounts("many3").at(0).last_sweeps.size(), 1U);
}

} // namespace
} // namespace simsync::test
