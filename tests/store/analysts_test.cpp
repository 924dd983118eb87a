// The views, and the fleet as it was: by the real rules, so that what events tell is what sim_as_of undoes.
#include "simsync/model/rules.hpp"
#include "store/mirror_test.hpp"

namespace simsync::test
{
namespace
{

using testing::HasSubstr;

const AlertPolicy policy{Money::parse("5"), Money::parse("6")};

class AnalystsTest : public MirrorTest
{
protected:
    // What the sweeper does with a SIM that it sees.
    void see(const Sim& seen)
    {
        mirror.transact(
            [&](Transaction& transaction)
            {
                const std::vector<std::string> ids{seen.id};
                const auto rows = transaction.load(ids);
                const auto result = judge(rows, seen);
                const ObservedSim observed{seen, {1, 2}};
                const std::vector<SimToWrite> write{{observed, result.conditions, now()}};
                rows.empty() ? transaction.insert(write) : transaction.update(write);
                transaction.append(result.events);
            });
    }

    void lose(const std::string& id)
    {
        mirror.transact(
            [&](Transaction& transaction)
            {
                const std::vector<std::string> ids{id};
                transaction.append(judge_removed(transaction.load(ids).at(0).sim, event_context()).events);
                transaction.remove(ids, now());
            });
    }

    // Every column that events tell of, of every SIM.
    std::string dump(const std::string& relation) const
    {
        return sql(
            "select coalesce(string_agg((id, iccid_plastic, is_blocked, balance, fmcs, caller_ids, "
            "tariff_name, "
            "tariff_package_total_calls_max_duration, profile, description, tariff_expires_at, imei, "
            "is_archived)::text, ' ' order by id), 'none') from " +
            relation);
    }

    std::string clock() const { return sql("select clock_timestamp()"); }

private:
    static Timestamp now()
    {
        return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    }
    static EventContext event_context()
    {
        return {"main", now(), std::nullopt, Cause::sweep, 1, std::nullopt};
    }

    static RuleResult judge(const std::vector<StoredSim>& rows, const Sim& seen)
    {
        if (rows.empty())
            return judge_added(seen, policy, event_context());
        const auto& row = rows.front();
        if (row.removed_at)
            return judge_restored(row.sim, *row.removed_at, row.conditions, seen, policy, event_context());
        return judge_changed(row.sim, row.conditions, seen, policy, event_context());
    }
};

Sim with_balance(const std::string& id, const std::string& balance)
{
    Sim made = sim(id);
    made.balance = Money::parse(balance);
    return made;
}

TEST_F(AnalystsTest, TheFleetIsAsItWasAtEveryMomentOfItsLife)
{
    std::vector<std::pair<std::string, std::string>> moments;
    const auto remember = [&] { moments.emplace_back(clock(), dump("simsync.sim_current")); };

    Sim first = with_balance("1", "10.5");
    first.fmcs = {"a b", "\"quoted\", {braced}"};
    first.description = "as it was";
    Sim second = with_balance("2", "3");
    remember();
    see(first);
    remember();
    see(second);
    remember();
    first.balance = Money::parse("9.123456789012345678");
    first.fmcs = {"\"quoted\", {braced}"};
    first.caller_ids = {"1", "2", "3"};
    see(first);
    remember();
    first.description = std::nullopt;
    first.is_blocked = true;
    first.tariff_name = "L";
    first.tariff_package_total_calls_max_duration = 42;
    first.tariff_expires_at = noon;
    see(first);
    remember();
    lose("2");
    remember();
    second.imei = "356938035643809";
    see(second);
    remember();
    lose("1");
    remember();
    first = sim("1");
    see(first);
    remember();

    for (const auto& [when, fleet] : moments)
        EXPECT_EQ(dump("simsync.sim_as_of('" + when + "')"), fleet) << when;
    EXPECT_EQ(dump("simsync.sim_as_of('2001-01-01')"), "none");
}

TEST_F(AnalystsTest, AFleetWhoseEventsWereDroppedIsRefused)
{
    see(sim("1"));
    see(with_balance("1", "7"));
    sql("delete from simsync.change_event where seq = 1");
    try
    {
        sql("select simsync.sim_as_of('2001-01-01')");
        FAIL() << "nothing was raised";
    }
    catch (const std::runtime_error& error)
    {
        EXPECT_THAT(
            error.what(),
            testing::AllOf(HasSubstr("55000"), HasSubstr("have been dropped"), HasSubstr("HINT:")));
    }
    sql("select simsync.sim_as_of(now())");
}

TEST_F(AnalystsTest, CurrentAndBlocked)
{
    Sim blocked = sim("1");
    see(blocked);
    blocked.is_blocked = true;
    see(blocked);
    Sim from_the_start = sim("2");
    from_the_start.is_blocked = true;
    see(from_the_start);
    see(sim("3"));
    lose("3");

    EXPECT_EQ(sql("select string_agg(id, ' ' order by id) from simsync.sim_current"), "1 2");
    EXPECT_EQ(
        sql("select string_agg(id || ':' || (blocked_since is not null), ' ' order by id) from "
            "simsync.sim_blocked"),
        "1:true 2:false");
}

TEST_F(AnalystsTest, ExpiringTariffsAndLowBalances)
{
    const auto in_days = [](int days)
    {
        return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) +
               std::chrono::hours{24 * days};
    };
    for (const int days : {-3, 3, 30})
    {
        Sim expiring = with_balance(std::to_string(days), std::to_string(days));
        expiring.tariff_expires_at = in_days(days);
        see(expiring);
    }
    EXPECT_EQ(
        sql("select string_agg(id || ':' || expired, ' ' order by remaining) from simsync.tariff_expiring"),
        "-3:true 3:false");
    EXPECT_EQ(
        sql("select string_agg(id || ':' || balance, ' ' order by balance) from simsync.balance_low"),
        "-3:-3 3:3");

    see(with_balance("3", "5.5"));
    EXPECT_EQ(sql("select count(*) from simsync.balance_low where id = '3'"), "1") << "not recovered yet";
    see(with_balance("3", "6"));
    EXPECT_EQ(sql("select count(*) from simsync.balance_low where id = '3'"), "0");
}

TEST_F(AnalystsTest, TheHistoryOfABalance)
{
    see(with_balance("1", "10"));
    see(with_balance("1", "7.5"));
    see(sim("1"));
    EXPECT_EQ(
        sql("select string_agg(coalesce(previous_balance::text, '-') || '>' || coalesce(balance::text, "
            "'-'), ' ' "
            "order by seq) from simsync.balance_history where sim = '1'"),
        "->10 10>7.5 7.5>-");
}

TEST_F(AnalystsTest, Freshness)
{
    EXPECT_EQ(sql("select (fresh, age is null)::text from simsync.freshness"), "(f,t)");
    SweepRecord sweep;
    sweep.id = 1;
    sweep.started_at = noon;
    sweep.finished_at = noon;
    sweep.outcome = Outcome::complete;
    mirror.transact([&](Transaction& transaction) { transaction.record(sweep); });
    EXPECT_EQ(
        sql("select (fresh, age = now() - '2026-07-01T12:00:00Z')::text from simsync.freshness"), "(t,t)");
    mirror.transact([&](Transaction& transaction) { transaction.set_degraded(true); });
    EXPECT_EQ(sql("select fresh from simsync.freshness"), "f");
}

// Balances are the bulk of the log and are spared the index by kind; the rest must not pay with a scan.
TEST_F(AnalystsTest, AQuestionByKindUsesItsIndex)
{
    EXPECT_THAT(
        sql("set enable_seqscan = off; select string_agg(x, '') from (select 1) s, lateral (select "
            "pg_get_indexdef(indexrelid) as x from pg_index where indrelid = "
            "'simsync.change_event'::regclass) i"),
        HasSubstr("(kind, observed_at)"));
}

} // namespace
} // namespace simsync::test
