// What comes by time alone: each warning once for each SIM and deadline, whatever was missed.
#include "store/expiry_test.hpp"

namespace simsync::test
{
namespace
{

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class ExpiryRowsTest : public ExpiryTest
{
protected:
    // What the sweeper does when it sees another deadline: a condition of the old one does not stand for the
    // new one.
    void renew(const std::string& id, std::optional<Timestamp> deadline)
    {
        auto changed = stored(id);
        changed.sim.tariff_expires_at = deadline;
        update({to_write(changed.sim)});
    }

    bool has_index() const
    {
        return sql("select to_regclass('simsync.sim_by_tariff_expiry') is not null") == "t";
    }

    std::string kinds() const
    {
        return sql("select coalesce(string_agg(sim || ' ' || kind, ', ' order by seq), '') from "
                   "simsync.change_event");
    }
};

TEST_F(ExpiryRowsTest, EachWarningComesOnceAndThenTheEnd)
{
    expire("1", noon + 10 * day);
    EXPECT_EQ(raise(noon), 0);
    EXPECT_EQ(raise(noon + 3 * day - seconds{1}), 0);
    EXPECT_EQ(raise(noon + 3 * day), 1) << "7 days ahead, to the second";
    EXPECT_EQ(raise(noon + 3 * day), 0);
    EXPECT_EQ(raise(noon + 7 * day), 1);
    EXPECT_EQ(raise(noon + 9 * day), 1);
    EXPECT_EQ(raise(noon + 10 * day - seconds{1}), 0);
    EXPECT_EQ(raise(noon + 10 * day), 1);
    EXPECT_EQ(raise(noon + 300 * day), 0);
    EXPECT_EQ(kinds(), "1 tariff.expiring, 1 tariff.expiring, 1 tariff.expiring, 1 tariff.expired");
}

TEST_F(ExpiryRowsTest, SeveralMissedBecomeTheNearest)
{
    expire("1", noon + 2 * day);
    EXPECT_EQ(raise(noon), 1) << "7 and 3 days have passed: one warning";
    EXPECT_EQ(raise(noon + 1 * day), 1);
    EXPECT_EQ(kinds(), "1 tariff.expiring, 1 tariff.expiring");

    expire("2", noon - 40 * day);
    EXPECT_EQ(raise(noon + 1 * day), 1);
    EXPECT_EQ(kinds(), "1 tariff.expiring, 1 tariff.expiring, 2 tariff.expired");
}

TEST_F(ExpiryRowsTest, TheEventTellsEverything)
{
    expire("1", noon);
    raise(noon + seconds{90});
    EXPECT_EQ(
        sql("select (seq, kind, severity, sim, iccid_plastic, simsync.rfc3339(observed_at), "
            "previous_observed_at, "
            "before, cause, sweep_id, dedup_key)::text from simsync.change_event"),
        "(1,tariff.expired,critical,1,\"iccid of 1\",2026-07-01T12:01:30Z,,,clock,,main:1:tariff.expiry)");
    EXPECT_EQ(
        sql("select after from simsync.change_event"), R"({"tariff_expires_at": "2026-07-01T12:00:00Z"})");
}

TEST_F(ExpiryRowsTest, ANewLeaderTellsNothingTwice)
{
    expire("1", noon);
    expire("2", noon + 2 * day);
    EXPECT_EQ(raise(noon), 2);
    run_sql(
        url, "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
             "where pid <> pg_backend_pid() and datname = current_database()");
    PostgresMirror next(url, "main");
    ASSERT_TRUE(next.try_lead("https://api.example"));
    next.transact([](Transaction& transaction)
                  { EXPECT_TRUE(transaction.raise_due(noon, warnings).empty()); });
}

TEST_F(ExpiryRowsTest, AClockThatIsSetBackTellsNothingTwice)
{
    expire("1", noon + 2 * day);
    EXPECT_EQ(raise(noon + 1 * day), 1);
    EXPECT_EQ(raise(noon), 0);
    EXPECT_EQ(raise(noon + 1 * day), 0);
}

TEST_F(ExpiryRowsTest, ANewDeadlineIsToldAnew)
{
    expire("1", noon);
    EXPECT_EQ(raise(noon), 1);
    EXPECT_TRUE(stored("1").conditions.tariff_expiry);

    renew("1", noon + 30 * day);
    EXPECT_FALSE(stored("1").conditions.tariff_expiry);
    EXPECT_EQ(raise(noon), 0);
    EXPECT_EQ(raise(noon + 29 * day), 1);

    renew("1", noon + 20 * day);
    EXPECT_EQ(raise(noon + 29 * day), 1) << "earlier: it is over now";
    EXPECT_EQ(kinds(), "1 tariff.expired, 1 tariff.expiring, 1 tariff.expired");

    renew("1", std::nullopt);
    EXPECT_EQ(raise(noon + 300 * day), 0);
    EXPECT_EQ(sql("select count(*) from simsync.condition"), "0");
}

TEST_F(ExpiryRowsTest, ADeadlineThatBlinksIsToldOnceAndOneThatIsTakenAwayIsRenewedAfterAnHour)
{
    expire("1", noon);
    expire("2", noon);
    EXPECT_EQ(raise(noon), 2);
    const auto show = [&](const std::string& id, std::optional<Timestamp> deadline, Timestamp when)
    {
        auto row = stored(id);
        auto write = to_write(row.sim, when);
        write.observed.sim.tariff_expires_at = deadline;
        write.conditions = row.conditions;
        update({write});
    };
    show("1", std::nullopt, noon + std::chrono::minutes{1});
    show("2", std::nullopt, noon + std::chrono::minutes{1});
    EXPECT_EQ(raise(noon + std::chrono::minutes{60}), 0);
    EXPECT_EQ(sql("select count(*) from simsync.standing_condition where kind = 'tariff.expired'"), "2");
    show("1", noon, noon + std::chrono::minutes{60});
    EXPECT_EQ(raise(noon + std::chrono::minutes{61}), 1);
    EXPECT_EQ(kinds(), "1 tariff.expired, 2 tariff.expired, 2 tariff.renewed");
    EXPECT_EQ(
        sql("select after from simsync.change_event order by seq desc limit 1"),
        "{\"tariff_expires_at\": null}");
    show("1", std::nullopt, noon + std::chrono::minutes{62});
    EXPECT_EQ(raise(noon + std::chrono::minutes{120}), 0) << "it begins to be missing anew";
    EXPECT_EQ(sql("select string_agg(sim, ' ') from simsync.condition"), "1");
}

TEST_F(ExpiryRowsTest, ADeadlineThatCannotBeReadEndsNothingHoweverLong)
{
    expire("1", noon);
    EXPECT_EQ(raise(noon), 1);
    auto row = stored("1");
    auto write = to_write(row.sim, noon);
    write.observed.sim.tariff_expires_at = std::nullopt;
    write.observed.sim.undecoded = {{"tariff_expires_at", "soon"}};
    write.conditions = row.conditions;
    update({write});
    EXPECT_EQ(raise(noon + 1000 * day), 0);
    EXPECT_EQ(stored("1").conditions.tariff_expiry, noon);
}

TEST_F(ExpiryRowsTest, AConditionThatStandsIsLeftAlone)
{
    expire("1", noon);
    raise(noon);
    auto seen = stored("1");
    seen.sim.balance = Money::parse("7");
    auto write = to_write(seen.sim);
    write.conditions = seen.conditions;
    update({write});
    EXPECT_TRUE(stored("1").conditions.tariff_expiry);
    EXPECT_EQ(raise(noon), 0);
}

TEST_F(ExpiryRowsTest, ARemovedSimHasNoDeadlineAndARestoredOneIsToldOfANewOneOnly)
{
    expire("1", noon);
    EXPECT_EQ(raise(noon), 1);
    const std::vector<std::string> gone{"1"};
    mirror.transact([&](Transaction& transaction) { transaction.remove(gone, noon); });
    EXPECT_EQ(raise(noon), 0);
    EXPECT_EQ(next_due(noon - day, warnings), std::nullopt);

    auto back = stored("1");
    back.conditions.tariff_expiry = noon; // the same deadline: judged so by model/rules
    mirror.transact(
        [&](Transaction& transaction)
        {
            auto row = to_write(back.sim);
            row.conditions = back.conditions;
            transaction.update(rows_of({row}));
        });
    EXPECT_EQ(raise(noon), 0);

    renew("1", noon - day);
    EXPECT_EQ(raise(noon), 1);
}

TEST_F(ExpiryRowsTest, MoreThanAreReadAtOnceAreAllTold)
{
    constexpr std::int64_t many = 4'001;
    std::vector<Row> sims;
    for (std::int64_t i = 0; i < many; ++i)
    {
        sims.push_back(to_write(sim(std::to_string(i))));
        sims.back().observed.sim.tariff_expires_at = noon + (i % 2 == 0 ? -day : day);
    }
    insert(sims);
    EventCounts emitted;
    mirror.transact([&](Transaction& transaction) { emitted = transaction.raise_due(noon, warnings); });
    EXPECT_EQ(emitted, (EventCounts{{Kind::tariff_expiring, 2'000}, {Kind::tariff_expired, 2'001}}));
    EXPECT_EQ(sql("select count(distinct sim) || ' ' || max(seq) from simsync.change_event"), "4001 4001");
    EXPECT_EQ(
        sql("select count(*) from simsync.condition where deadline = '2026-06-30T12:00Z' and ahead = '0'"),
        "2001");
    EXPECT_EQ(raise(noon), 0);
}

TEST_F(ExpiryRowsTest, TheIndexOfDeadlinesIsBuiltWhereTheFirstLoadHasEnded)
{
    raise(noon);
    EXPECT_FALSE(has_index()) << "the first load would have to keep it";
    expire("1", noon);
    EXPECT_EQ(raise(noon), 1);
    EXPECT_TRUE(has_index());
    EXPECT_EQ(raise(noon), 0);
}

TEST_F(ExpiryRowsTest, WhoeverWritesForLongOnlyPutsTheIndexOff)
{
    expire("1", noon);
    {
        const auto other = connect(url);
        PQclear(PQexec(other.get(), "begin; lock table simsync.sim in row exclusive mode"));
        EXPECT_EQ(raise(noon), 1);
        EXPECT_FALSE(has_index());
    }
    EXPECT_EQ(raise(noon), 0);
    EXPECT_TRUE(has_index());
}

TEST_F(ExpiryRowsTest, WithoutWarningsOnlyTheEndIsTold)
{
    expire("1", noon + day);
    mirror.transact(
        [](Transaction& transaction)
        {
            EXPECT_TRUE(transaction.raise_due(noon, {}).empty());
            EXPECT_EQ(total(transaction.raise_due(noon + day, {})), 1);
        });
}

TEST_F(ExpiryRowsTest, ATransactionThatFailsRaisesNothing)
{
    expire("1", noon);
    EXPECT_ANY_THROW(mirror.transact(
        [](Transaction& transaction)
        {
            transaction.raise_due(noon, warnings);
            throw std::runtime_error("no");
        }));
    EXPECT_EQ(raise(noon), 1);
}

TEST_F(ExpiryRowsTest, NumbersGoOnAcrossOneTransaction)
{
    expire("1", noon);
    expire("2", noon - day);
    mirror.transact(
        [](Transaction& transaction)
        {
            transaction.append(std::vector{event(Kind::sim_added, "3")});
            transaction.raise_due(noon, warnings);
            EXPECT_EQ(transaction.append(std::vector{event(Kind::sim_added, "4")}), 4);
        });
    EXPECT_EQ(kinds(), "3 sim.added, 2 tariff.expired, 1 tariff.expired, 4 sim.added")
        << "the earliest deadline first";
}

TEST_F(ExpiryRowsTest, TheNextInstantIsTheNearestOfAllSteps)
{
    EXPECT_EQ(next_due(noon, warnings), std::nullopt);
    expire("1", noon + 30 * day);
    EXPECT_EQ(next_due(noon, warnings), noon + 23 * day);
    expire("2", noon + 2 * day);
    EXPECT_EQ(next_due(noon, warnings), noon + 1 * day);
    EXPECT_EQ(next_due(noon + 1 * day, warnings), noon + 2 * day) << "after, not at";
    EXPECT_EQ(next_due(noon + 2 * day, warnings), noon + 23 * day);
    EXPECT_EQ(next_due(noon + 30 * day, warnings), std::nullopt);
}

// Waiting for next_due and raising must never stand still: at that instant there is something to raise.
TEST_F(ExpiryRowsTest, AtTheNextInstantSomethingIsDue)
{
    expire("1", noon + 10 * day + std::chrono::microseconds{1});
    raise(noon);
    for (auto next = next_due(noon, warnings); next; next = next_due(*next, warnings))
        EXPECT_EQ(raise(*next), 1) << to_text(*next);
    EXPECT_EQ(sql("select count(*) from simsync.change_event"), "4");
}

} // namespace
} // namespace simsync::test
