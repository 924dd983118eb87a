// What stood before simsync came: marked, and told apart from what came later.
#include "store/expiry_test.hpp"

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;
using testing::HasSubstr;

class StandingTest : public ExpiryTest
{
protected:
    void SetUp() override
    {
        MirrorTest::SetUp();
        mirror.transact([](Transaction& transaction) { transaction.begin_baseline(); });
    }

    EventCounts counted_in_pieces_of(std::size_t conditions)
    {
        EventCounts counts;
        for (std::optional<std::string> after = ""; after;)
        {
            const auto counted = mirror.count_conditions(*after, conditions);
            for (const auto& [kind, count] : counted.counts)
                counts[kind] += count;
            after = counted.upto;
        }
        return counts;
    }

    void end_baseline(Timestamp when = noon)
    {
        mirror.transact([&](Transaction& transaction) { transaction.set_baselined("[]", when); });
    }

    // "tariff.expired 1 t", each event that was told.
    std::string emitted() const
    {
        return sql(
            "select coalesce(string_agg(kind || ' ' || sim || ' ' || standing, ', ' order by seq), '') from "
            "simsync.change_event");
    }
    std::string stands() const
    {
        return sql(
            "select coalesce(string_agg(kind || ' ' || sim || ' ' || standing, ', ' order by kind, sim), '') "
            "from simsync.standing_condition");
    }

    // As a sweep writes it, in a baseline or later.
    static void write(Transaction& transaction, const Row& row, bool standing, bool is_new)
    {
        const std::vector<SimToWrite> sims{{row.observed, row.conditions, row.at, false, standing}};
        is_new ? transaction.insert(sims) : transaction.update(sims);
    }
    void write(const Row& row, bool standing, bool is_new = true)
    {
        mirror.transact([&](Transaction& transaction) { write(transaction, row, standing, is_new); });
    }

    static Row expiring(const std::string& id, Timestamp deadline, Timestamp seen = noon)
    {
        auto row = to_write(sim(id), seen);
        row.observed.sim.tariff_expires_at = deadline;
        return row;
    }
};

TEST_F(StandingTest, WhatWasDueBeforeABaselineSawTheSimStoodBefore)
{
    write(expiring("1", noon - 400 * day), true);
    write(expiring("2", noon + 2 * day), true); // within the warning of three days
    write(expiring("3", noon + 1s), true);
    end_baseline(noon + 10s);
    write(expiring("4", noon - 400 * day, noon + 20s), false); // a new SIM of a known account
    raise(noon + 30s);
    EXPECT_EQ(
        emitted(),
        "tariff.expired 1 true, tariff.expired 4 false, tariff.expired 3 false, tariff.expiring 2 true");
    EXPECT_EQ(
        stands(),
        "tariff.expired 1 true, tariff.expired 3 false, tariff.expired 4 false, tariff.expiring 2 true");
    raise(noon + day + 1s);
    raise(noon + 2 * day);
    EXPECT_THAT(emitted(), testing::EndsWith("tariff.expiring 2 false, tariff.expired 2 false"))
        << "what comes later is news";
    EXPECT_THAT(stands(), HasSubstr("tariff.expired 2 false"));
}

// Whenever deadlines are looked at first: while the baseline is under way, or after a crash at its end.
TEST_F(StandingTest, WhatStoodBeforeStandsSoWheneverItIsFound)
{
    write(expiring("1", noon - day), true);
    raise(noon + 1s);
    write(expiring("2", noon - day, noon + 2s), true);
    end_baseline(noon + 3s);
    raise(noon + 5h);
    EXPECT_EQ(emitted(), "tariff.expired 1 true, tariff.expired 2 true");
}

TEST_F(StandingTest, ASimThatABaselineBringsBackIsNoneOfLongAgo)
{
    write(expiring("1", noon + 30 * day), true);
    end_baseline();
    mirror.transact([](Transaction& transaction)
                    { transaction.remove(std::vector<std::string>{"1"}, noon + day); });
    mirror.transact([](Transaction& transaction) { transaction.begin_baseline(); }); // another filter
    write(expiring("1", noon + 30 * day, noon + 60 * day), true, false);
    end_baseline(noon + 60 * day);
    raise(noon + 60 * day);
    EXPECT_EQ(emitted(), "tariff.expired 1 true");
    EXPECT_EQ(sql("select returned_at = '2026-08-30T12:00:00Z' from simsync.sim"), "t");
}

TEST_F(StandingTest, LowBalancesAndBlocksOfABaselineStandUntilTheyEnd)
{
    auto low = to_write(sim("1"));
    low.conditions.balance_low = true;
    auto blocked = to_write(sim("2"));
    blocked.observed.sim.is_blocked = true;
    write(low, true);
    write(blocked, true);
    end_baseline();
    auto later = to_write(sim("3"));
    later.observed.sim.is_blocked = true;
    write(later, false);
    EXPECT_EQ(stands(), "balance.low 1 true, sim.blocked 2 true, sim.blocked 3 false");

    const auto changed = [this](Row row, bool value)
    {
        row.conditions.balance_low = value;
        row.observed.sim.is_blocked = value;
        write(row, false, false);
    };
    blocked.observed.sim.description = "moved"; // another change leaves it as it is
    write(blocked, false, false);
    EXPECT_THAT(stands(), HasSubstr("sim.blocked 2 true"));
    for (const auto& row : {low, blocked})
    {
        changed(row, false);
        changed(row, true);
    }
    EXPECT_EQ(
        stands(), "balance.low 1 false, balance.low 2 false, sim.blocked 1 false, sim.blocked 2 false, "
                  "sim.blocked 3 false");
}

TEST_F(StandingTest, ABlinkOfNullEndsNoBlock)
{
    auto blocked = to_write(sim("1"));
    blocked.observed.sim.is_blocked = true;
    write(blocked, true);
    end_baseline();
    blocked.observed.sim.is_blocked.reset();
    write(blocked, false, false);
    blocked.observed.sim.is_blocked = true;
    write(blocked, false, false);
    EXPECT_EQ(stands(), "sim.blocked 1 true");
}

TEST_F(StandingTest, AreCountedByKindForTheDigest)
{
    auto low = expiring("1", noon - day);
    low.conditions.balance_low = true;
    low.observed.sim.balance = Money::parse("-1");
    write(low, true);
    auto blocked = expiring("2", noon + 6 * day);
    blocked.observed.sim.is_blocked = true;
    write(blocked, true);
    write(expiring("3", noon + 8 * day), true);
    EventCounts counts;
    mirror.transact([&](Transaction& transaction) { counts = transaction.standing(noon, warnings); });
    EXPECT_EQ(
        counts, (EventCounts{
                    {Kind::sim_blocked, 1},
                    {Kind::balance_low, 1},
                    {Kind::balance_depleted, 1},
                    {Kind::tariff_expiring, 1},
                    {Kind::tariff_expired, 1}}));
    mirror.transact([&](Transaction& transaction) { counts = transaction.standing(noon - 30 * day, {}); });
    EXPECT_FALSE(counts.contains(Kind::tariff_expired));
    EXPECT_FALSE(counts.contains(Kind::tariff_expiring));
}

TEST_F(StandingTest, AreCountedByKindForWhoeverWatches)
{
    EXPECT_EQ(
        counted_in_pieces_of(1000), (EventCounts{
                                        {Kind::sim_blocked, 0},
                                        {Kind::balance_low, 0},
                                        {Kind::balance_depleted, 0},
                                        {Kind::tariff_expiring, 0},
                                        {Kind::tariff_expired, 0}}));
    auto spent = expiring("1", noon - day);
    spent.conditions.balance_low = true;
    spent.observed.sim.balance = Money::parse("0");
    write(spent, false);
    auto low = expiring("2", noon + 2 * day);
    low.conditions.balance_low = true;
    low.observed.sim.balance = Money::parse("0.01");
    low.observed.sim.is_blocked = true;
    write(low, false);
    auto blocked = to_write(sim("3"));
    blocked.observed.sim.is_blocked = true;
    write(blocked, false);
    write(expiring("4", noon + 400 * day), false);
    mirror.transact([](Transaction& transaction) { transaction.set_degraded(true); });
    raise(noon);
    const EventCounts counted{
        {Kind::sim_blocked, 2},
        {Kind::balance_low, 2},
        {Kind::balance_depleted, 1},
        {Kind::tariff_expiring, 1},
        {Kind::tariff_expired, 1}};
    EXPECT_EQ(counted_in_pieces_of(1000), counted);
    EXPECT_EQ(counted_in_pieces_of(1), counted) << "of one SIM, or two";

    mirror.transact([](Transaction& transaction)
                    { transaction.remove(std::vector<std::string>{"2"}, noon); });
    EXPECT_EQ(
        counted_in_pieces_of(1000), (EventCounts{
                                        {Kind::sim_blocked, 1},
                                        {Kind::balance_low, 1},
                                        {Kind::balance_depleted, 1},
                                        {Kind::tariff_expiring, 0},
                                        {Kind::tariff_expired, 1}}));
}

} // namespace
} // namespace simsync::test
