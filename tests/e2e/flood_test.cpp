// What stood before pages nobody: how many requests a fleet with a history costs a receiver.
#include "e2e/sinks.hpp"

namespace simsync::test
{
namespace
{

using testing::HasSubstr;

// 5,000 SIMs, most of them low, ended or blocked long before simsync came.
class Flood : public testing::Test
{
protected:
    Flood()
    {
        testbed.api().with_fleet(
            [](simulator::Fleet& fleet)
            {
                for (std::size_t position = 0; position < 5'000; ++position)
                    fleet.update(fleet.at(position).id, [&](simulator::Simcard& sim) { age(sim, position); });
            });
        testbed.set("sink", "name", "\"pager\"");
        testbed.set("sink", "type", "\"webhook\"");
        testbed.set("sink", "url", '"' + receiver.url() + '"');
    }

    static void age(simulator::Simcard& sim, std::size_t position)
    {
        using namespace std::chrono;
        sim.description = position % 2 == 0 ? "seen first" : "seen later";
        sim.is_blocked = position % 10 == 0;
        sim.balance = simulator::Decimal::parse(position % 5 < 3 ? "-1" : "50");
        sim.tariff_expires_at.emplace(
            floor<milliseconds>(system_clock::now()) + hours{24} * (position % 5 < 4 ? -400 : 400));
    }

    // All that was emitted has been delivered, or left out.
    void await_rest(int expired)
    {
        testbed.await_sql(
            "select count(*) from simsync.change_event where kind = 'tariff.expired' and standing",
            std::to_string(expired));
        testbed.await_sql(
            "select coalesce(bool_and(c.acked_seq = l.last_seq), false) from simsync.ledger l "
            "left join simsync.consumer c using (account)",
            "t");
    }

    Testbed testbed{5'000};
    Receiver receiver;
};

TEST_F(Flood, OfAFirstStartAWidenedFilterAndARenamedAccountIsOneRequestEach)
{
    testbed.set("account", "filter", R"([{field = "description", comparator = "EQ", value = "seen first"}])");
    Program daemon(testbed.folder(), "daemon", {"--config", testbed.config_file(), "run"});
    daemon.await_err("sink pager delivers");
    receiver.await_taken(1);
    await_rest(2'000);
    EXPECT_EQ(receiver.taken().size(), 1U) << "a first start";

    testbed.set("account", "filter", "[]");
    kill(daemon.process().id(), SIGHUP);
    receiver.await_taken(2);
    await_rest(4'000);
    EXPECT_EQ(receiver.taken().size(), 2U) << "a widened filter";

    testbed.set("account", "name", "\"renamed\"");
    kill(daemon.process().id(), SIGHUP);
    receiver.await_taken(3);
    await_rest(8'000);
    EXPECT_EQ(receiver.taken().size(), 3U) << "a renamed account";

    for (const auto& request : receiver.taken())
        EXPECT_THAT(request.body, HasSubstr("account.baselined"));
    EXPECT_GT(std::stoi(testbed.sql("select count(*) from simsync.change_event where standing")), 15'000);
}

} // namespace
} // namespace simsync::test
