// The end of an account that is not mirrored any more.
#include "store/expiry_test.hpp"
#include "store/retirement.hpp"

#include <optional>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;

// Beside "main" there is "old": one SIM is low and its tariff has ended, one is blocked, and it is degraded.
class RetirementTest : public MirrorTest
{
protected:
    void SetUp() override
    {
        MirrorTest::SetUp();
        lead_old();
        auto low = to_write(sim("1"), noon + 1s);
        low.observed.sim.tariff_expires_at = noon - day;
        low.conditions.balance_low = true;
        auto blocked = to_write(sim("2"));
        blocked.observed.sim.is_blocked = true;
        old->transact(
            [&](Transaction& transaction)
            {
                transaction.set_baselined("[]", noon);
                transaction.insert(rows_of({low, blocked}));
                transaction.raise_due(noon + 2s, warnings);
                transaction.set_degraded(true);
            });
    }

    void lead_old()
    {
        old.emplace(url, "old");
        ASSERT_TRUE(old->try_lead("https://api.example"));
    }

    Retirement retire(const std::string& account = "old", std::size_t piece = 5'000) const
    {
        return retire_account(url, account, noon + 1h, piece);
    }

    std::string stands() const
    {
        return sql(
            "select coalesce(string_agg(kind || ' ' || coalesce(sim, '-'), ', ' order by kind), '') from "
            "simsync.standing_condition where account = 'old'");
    }

    std::optional<PostgresMirror> old;
};

TEST_F(RetirementTest, IsRefusedWhileTheAccountIsLed)
{
    EXPECT_TRUE(retire().led);
    EXPECT_EQ(sql("select count(*) from simsync.change_event where cause = 'operator'"), "0");
    EXPECT_EQ(sql("select retired_at is null from simsync.ledger where account = 'old'"), "t");
}

TEST_F(RetirementTest, OfAStrangerFindsNothing)
{
    EXPECT_FALSE(retire("nobody").known);
}

TEST_F(RetirementTest, EndsEachConditionByTheEventThatResolvesIt)
{
    EXPECT_EQ(stands(), "account.degraded -, balance.low 1, sim.blocked 2, tariff.expired 1");
    old.reset();
    const auto retirement = retire();
    EXPECT_TRUE(retirement.known);
    EXPECT_EQ(retirement.conditions, 4);
    EXPECT_EQ(
        sql("select string_agg(kind || ' ' || coalesce(sim, '-') || ' ' || dedup_key, ', ' order by "
            "kind) from "
            "simsync.change_event where cause = 'operator'"),
        "account.recovered - old:account.degraded, balance.recovered 1 old:1:balance.low, "
        "sim.unblocked 2 old:2:sim.blocked, tariff.renewed 1 old:1:tariff.expiry");
    EXPECT_EQ(
        sql("select count(*) = max(seq) and max(seq) = (select last_seq from simsync.ledger where "
            "account = 'old') "
            "from simsync.change_event where account = 'old'"),
        "t");
    EXPECT_EQ(stands(), "");
    EXPECT_EQ(sql("select string_agg(account, ' ') from simsync.freshness"), "main");
    EXPECT_EQ(sql("select count(*) from simsync.sim where account = 'old' and removed_at is null"), "2");
    EXPECT_EQ(retire().conditions, 0) << "once more is harmless";
}

// Of four conditions two are told, when the log takes no more of them.
TEST_F(RetirementTest, ThatIsBrokenOffGoesOnWhereItWas)
{
    old.reset();
    sql("create function enough() returns trigger language plpgsql as $$ begin "
        "if (select count(*) from simsync.change_event where cause = 'operator') > 2 then "
        "raise exception 'enough for now'; end if; return null; end $$; "
        "create trigger enough after insert on simsync.change_event for each statement execute function "
        "enough()");
    EXPECT_THROW(retire("old", 1), StoreError);
    const std::string told = "select string_agg(kind, ' ' order by seq) from simsync.change_event where "
                             "cause = 'operator'";
    EXPECT_EQ(sql(told), "balance.recovered tariff.renewed");
    EXPECT_EQ(sql("select retired_at is null from simsync.ledger where account = 'old'"), "t");
    EXPECT_EQ(stands(), "account.degraded -, sim.blocked 2");
    sql("drop trigger enough on simsync.change_event");
    EXPECT_EQ(retire("old", 1).conditions, 2);
    EXPECT_EQ(sql(told), "balance.recovered tariff.renewed sim.unblocked account.recovered");
    EXPECT_EQ(stands(), "");
    EXPECT_EQ(
        sql("select retired_at is not null and retiring_after is null from simsync.ledger where account = "
            "'old'"),
        "t");
    EXPECT_EQ(retire("old", 1).conditions, 0);
}

TEST_F(RetirementTest, IsOverOnceTheAccountIsLedAgainAndWhatStandsIsToldAnew)
{
    old.reset();
    retire();
    lead_old();
    EXPECT_EQ(sql("select count(*) from simsync.freshness"), "2");
    EventCounts emitted;
    old->transact([&](Transaction& transaction) { emitted = transaction.raise_due(noon + 2h, warnings); });
    EXPECT_EQ(total(emitted), 1) << "the deadline";
    EXPECT_EQ(stands(), "sim.blocked 2, tariff.expired 1");
    const auto fleet = old->load_fleet();
    EXPECT_EQ(fleet.fingerprint(fleet.find("1")), Fingerprint{}) << "the next sweep judges its balance anew";
    EXPECT_NE(fleet.fingerprint(fleet.find("2")), Fingerprint{});
}

} // namespace
} // namespace simsync::test
