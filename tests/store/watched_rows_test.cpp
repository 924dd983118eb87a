// Whom the database finds worth watching, and what it is told of.
#include "store/mirror_test.hpp"

#include "simsync/store/reader.hpp"
#include "store/watch.hpp"

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class WatchedRowsTest : public MirrorTest
{
protected:
    // Since ten days ago it is known, and has spent so much a day.
    void spender(const std::string& id, const char* balance, int spent_a_day, bool blocked = false)
    {
        auto seen = sim(id);
        seen.balance = Money::parse(balance);
        seen.is_blocked = blocked;
        insert({to_write(seen)});
        sql("update simsync.sim set first_seen_at = now() - interval '10 days' where id = '" + id + "'");
        for (int day = 9; day >= 0; --day)
        {
            auto fell = event(Kind::balance_changed, id);
            const auto was = std::stoi(balance) + spent_a_day * (day + 1);
            fell.observed_at = now - 24h * day - 1h;
            fell.before = {{"balance", *Money::parse(std::to_string(was))}};
            fell.after = {{"balance", *Money::parse(std::to_string(was - spent_a_day))}};
            append({fell});
        }
    }

    std::vector<std::string> found(std::size_t most = 10)
    {
        std::vector<std::string> lines;
        for (const auto& each : mirror.soon_to_change(now - 5min, now + 5min, most))
            lines.push_back(each.sim + (each.deadline ? " ends" : " spends"));
        return lines;
    }

    const Timestamp now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
};

TEST_F(WatchedRowsTest, TariffsThatEndNowTheNearestFirst)
{
    const auto ends = [&](const std::string& id, Timestamp deadline)
    {
        auto seen = sim(id);
        seen.tariff_expires_at = deadline;
        insert({to_write(seen)});
    };
    ends("passed", now - 1min);
    ends("long passed", now - 10min);
    ends("comes", now + 1min);
    ends("comes later", now + 10min);
    ends("gone", now + 30s);
    mirror.transact([&](Transaction& transaction)
                    { transaction.remove(std::vector<std::string>{"gone"}, now); });
    EXPECT_THAT(found(), ElementsAre("passed ends", "comes ends"));
    EXPECT_THAT(found(1), ElementsAre("passed ends"));
    EXPECT_THAT(PostgresMirror(url, "other").soon_to_change(now - 5min, now + 5min, 9), IsEmpty());
}

// As simsync.balance_forecast has it, whatever that is: the search only finds out whom to ask it for.
TEST_F(WatchedRowsTest, BalancesThatTheForecastSeesAtALimitWithinADay)
{
    mirror.transact([](Transaction& transaction) { transaction.set_balance_low(Money::parse("50")); });
    spender("low today", "52", 10);
    spender("low in days", "100", 10);
    spender("spent today", "5", 10);
    spender("spent in days", "40", 10);
    spender("blocked", "5", 10, true);
    EXPECT_THAT(found(), testing::UnorderedElementsAre("low today spends", "spent today spends"));
    EXPECT_THAT(found(1), testing::SizeIs(1));
    EXPECT_EQ(
        sql("select string_agg(id, ',' order by id) from simsync.balance_forecast where least(low_at, "
            "runs_out_at) < now() + interval '1 day'"),
        "low today,spent today");
}

TEST_F(WatchedRowsTest, WhoReadsASimTellsWhoeverListensItsAccountAndItsId)
{
    Watch watch{url};
    watch.listen(watch_channel);
    Reader{url}.notify_watched("main", "a:b");
    std::vector<Notification> told;
    while (told.empty())
        std::ranges::move(watch.notifications(), std::back_inserter(told));
    ASSERT_EQ(told.size(), 1U);
    const auto named = watched_sim(told[0].payload);
    ASSERT_TRUE(named);
    EXPECT_EQ(named->account, "main");
    EXPECT_EQ(named->sim, "a:b");
    EXPECT_FALSE(watched_sim("nonsense"));
}

} // namespace
} // namespace simsync::test
