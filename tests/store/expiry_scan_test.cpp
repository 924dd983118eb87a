// Which deadlines a look reads, and that one which reads only what came since tells what one of all would
// tell.
#include "store/expiry_scan.hpp"
#include "store/expiry_test.hpp"

#include <random>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::FieldsAre;

TEST(Reach, IsEverythingUpToTheFurthestWarningWhereNothingIsKnown)
{
    EXPECT_THAT(
        reach_of(std::nullopt, noon, steps_of(warnings)),
        ElementsAre(FieldsAre(std::nullopt, noon + 7 * day)));
    EXPECT_THAT(reach_of(std::nullopt, noon, steps_of({})), ElementsAre(FieldsAre(std::nullopt, noon)));
}

TEST(Reach, IsWhatCameSinceAtEachStep)
{
    EXPECT_THAT(
        reach_of(noon - 1h, noon, steps_of(warnings)),
        ElementsAre(
            FieldsAre(noon - 1h, noon), FieldsAre(noon + day - 1h, noon + day),
            FieldsAre(noon + 3 * day - 1h, noon + 3 * day), FieldsAre(noon + 7 * day - 1h, noon + 7 * day)));
}

TEST(Reach, ReadsNothingTwice)
{
    EXPECT_THAT(
        reach_of(noon - 2 * day, noon, steps_of(warnings)),
        ElementsAre(FieldsAre(noon - 2 * day, noon + 3 * day), FieldsAre(noon + 5 * day, noon + 7 * day)));
    EXPECT_THAT(
        reach_of(noon - 30 * day, noon, steps_of(warnings)),
        ElementsAre(FieldsAre(noon - 30 * day, noon + 7 * day)));
}

TEST(Start, IsPutBackToBeforeAnythingOfANewDeadlineWasDue)
{
    constexpr std::chrono::microseconds tick{1};
    const auto steps = steps_of(warnings);
    EXPECT_EQ(start_of(noon, std::nullopt, steps), noon);
    EXPECT_EQ(start_of(noon, noon + 7 * day + tick, steps), noon);
    EXPECT_EQ(start_of(noon, noon + 7 * day, steps), noon - tick);
    EXPECT_EQ(start_of(noon, noon - 30 * day, steps), noon - 37 * day - tick);
    EXPECT_EQ(start_of(noon, at("0001-01-01T00:00:00Z"), steps), std::nullopt);
}

TEST(Reach, GoesOnBehindTheLastDeadlineThatWasRead)
{
    constexpr std::chrono::microseconds tick{1};
    const std::vector<std::chrono::seconds> a_day{day};
    const auto all = reach_of(noon - 1h, noon, steps_of(a_day));
    EXPECT_THAT(
        beyond(all, std::nullopt),
        ElementsAre(FieldsAre(noon - 1h, noon), FieldsAre(noon + day - 1h, noon + day)));
    EXPECT_THAT(
        beyond(all, DueLook::Place{noon, "7"}),
        ElementsAre(FieldsAre(noon - tick, noon), FieldsAre(noon + day - 1h, noon + day)))
        << "others may have the same deadline";
    EXPECT_THAT(
        beyond(all, DueLook::Place{noon + 23h + 30min, "7"}),
        ElementsAre(FieldsAre(noon + 23h + 30min - tick, noon + day)));
    EXPECT_THAT(
        beyond(reach_of(std::nullopt, noon, steps_of({})), DueLook::Place{noon - 30 * day, "7"}),
        ElementsAre(FieldsAre(noon - 30 * day - tick, noon)));
}

class ExpiryScanTest : public ExpiryTest
{
protected:
    // One piece of a look, so many deadlines.
    DueLook go_on(DueLook look, std::size_t most)
    {
        mirror.transact([&](Transaction& transaction)
                        { look = transaction.raise_due(look, warnings, most); });
        return look;
    }

    // Whom it was told of, in order.
    std::string told() const
    {
        return sql("select coalesce(string_agg(sim, ' ' order by seq), '') from simsync.change_event "
                   "where cause = 'clock'");
    }

    std::string read_at() const
    {
        return sql("select coalesce(simsync.rfc3339(deadlines_read_at), 'never') from simsync.ledger");
    }
    std::string noticed() const
    {
        return sql("select coalesce(string_agg(simsync.rfc3339(deadline), ' ' order by deadline), '') "
                   "from simsync.new_deadline");
    }

    const Timestamp now_ = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
};

TEST_F(ExpiryScanTest, AreReadAllOnceThereAreSimsAndEachHour)
{
    raise(noon);
    EXPECT_EQ(read_at(), "never") << "all of a first load is new";
    expire("1", noon + 30 * day);
    EXPECT_EQ(noticed(), "") << "all are read anyway";
    raise(noon);
    EXPECT_EQ(read_at(), to_text(noon));
    raise(noon + 1h - 1s);
    EXPECT_EQ(read_at(), to_text(noon)) << "a look that finds nothing writes nothing";
    raise(noon + 1h);
    EXPECT_EQ(read_at(), to_text(noon + 1h));
    raise(noon);
    EXPECT_EQ(read_at(), to_text(noon)) << "the clock was wrong";
}

TEST_F(ExpiryScanTest, AreToldAPieceAtATimeEachOnceTheEarliestFirst)
{
    expire("late", now_ + 5 * day);
    for (const std::string id : {"c", "a", "d", "b"}) // at the same moment, as a month's end
        expire(id, now_ - 1h);
    expire("early", now_ - 3 * day);
    expire("not due", now_ + 30 * day);

    auto look = go_on({.now = now_}, 2);
    EXPECT_EQ(told(), "early a");
    EXPECT_FALSE(look.through);
    EXPECT_EQ(total(look.emitted), 2);
    look = go_on(look, 2);
    EXPECT_EQ(told(), "early a b c");
    look = go_on(look, 2);
    EXPECT_EQ(told(), "early a b c d late");
    EXPECT_FALSE(look.through) << "there may be more of them";
    look = go_on(look, 2);
    EXPECT_TRUE(look.through);
    EXPECT_EQ(total(look.emitted), 0);
    EXPECT_EQ(read_at(), to_text(now_));
    EXPECT_EQ(sql("select count(*) from simsync.new_deadline"), "0");
    EXPECT_EQ(raise(now_ + 1s), 0);
    EXPECT_EQ(read_at(), to_text(now_)) << "what was read need not be read again";
}

TEST_F(ExpiryScanTest, OfALookThatWasBrokenOffAreAllReadByTheNext)
{
    for (const std::string id : {"1", "2", "3"})
        expire(id, now_ - 1h);
    go_on({.now = now_}, 1);
    EXPECT_EQ(raise(now_ + 1s), 2);
    EXPECT_EQ(told(), "1 2 3");
}

// A look of what came since forgets, too, from where on it was to read.
TEST_F(ExpiryScanTest, OfALookAtWhatIsNewThatWasBrokenOffAreAllReadByTheNext)
{
    expire("0", now_ + 30 * day);
    raise(now_);
    for (const std::string id : {"1", "2", "3"})
        expire(id, now_ - 20 * day);
    go_on({.now = now_ + 1s}, 1);
    EXPECT_EQ(raise(now_ + 2s), 2);
    EXPECT_EQ(told(), "1 2 3");
}

TEST_F(ExpiryScanTest, ThatComeBetweenTwoPiecesAreNoticedForTheNextLook)
{
    for (const std::string id : {"1", "2", "3"})
        expire(id, now_ - 1h);
    auto look = go_on({.now = now_}, 2);
    expire("behind", now_ - 2h); // where it was read already
    while (!look.through)
        look = go_on(look, 2);
    EXPECT_EQ(told(), "1 2 3");
    EXPECT_EQ(raise(now_ + 1s), 1);
    EXPECT_EQ(told(), "1 2 3 behind");
}

TEST_F(ExpiryScanTest, ThatAreNewAreNoticedWhereTheNextLookMayNotReachThem)
{
    expire("1", now_ + 30 * day);
    raise(now_);
    expire("2", now_ + 8 * day);
    EXPECT_EQ(noticed(), "") << "what is due of it comes later";
    expire("3", now_ + 2 * day);
    EXPECT_EQ(noticed(), to_text(now_ + 2 * day));
    EXPECT_EQ(raise(now_ + 1s), 1);
    EXPECT_EQ(noticed(), "");
    EXPECT_EQ(read_at(), to_text(now_));
}

TEST_F(ExpiryScanTest, AreNoticedWhoeverChangesThem)
{
    expire("1", now_ + 30 * day);
    raise(now_);
    sql("update simsync.sim set balance = 7");
    EXPECT_EQ(noticed(), "");
    sql("update simsync.sim set tariff_expires_at = '2026-06-01Z'");
    EXPECT_EQ(noticed(), "2026-06-01T00:00:00Z");
    EXPECT_EQ(raise(now_ + 1s), 1);
}

TEST_F(ExpiryScanTest, AreReadAllForOtherWarnings)
{
    expire("1", noon + 9 * day);
    EXPECT_EQ(raise(noon), 0);
    EXPECT_EQ(raise(noon, {10 * day}), 1);
}

TEST_F(ExpiryScanTest, TheEarliestOfSeveralCounts)
{
    expire("1", now_ + 30 * day);
    raise(now_);
    std::vector<Row> rows;
    for (const int days : {2, -5, 40})
    {
        rows.push_back(to_write(sim("in " + std::to_string(days))));
        rows.back().observed.sim.tariff_expires_at = now_ + days * day;
    }
    insert(rows);
    EXPECT_EQ(noticed(), to_text(now_ - 5 * day));
    EXPECT_EQ(raise(now_ + 1s), 2);
}

TEST_F(ExpiryScanTest, AreStillNoticedWhereALookFailed)
{
    expire("1", now_ + 30 * day);
    raise(now_);
    expire("2", now_);
    EXPECT_ANY_THROW(mirror.transact(
        [this](Transaction& transaction)
        {
            transaction.raise_due(now_ + 1s, warnings);
            throw std::runtime_error("no");
        }));
    EXPECT_EQ(raise(now_ + 1s), 1);
}

TEST_F(ExpiryScanTest, OfAPersonWhoTakesHerTimeAreToldWhenSheCommits)
{
    expire("1", now_);
    expire("2", now_ + 30 * day);
    EXPECT_EQ(raise(now_), 1);
    const auto person = connect(url);
    PQclear(PQexec(person.get(), "begin; update simsync.sim set tariff_expires_at = now() where id = '2'"));
    sql("update simsync.sim set tariff_expires_at = now() where id = '1'");
    EXPECT_EQ(raise(now_ + 1min), 1) << "waits for nobody";
    PQclear(PQexec(person.get(), "commit"));
    EXPECT_EQ(raise(now_ + 1min), 1);
}

// As a row put in by hand, or a table that was restored alone.
TEST_F(ExpiryScanTest, ThatNobodyNoticedAreFoundWithinTheHour)
{
    expire("1", noon);
    EXPECT_EQ(raise(noon), 1);
    sql("insert into simsync.sim (account, id, fingerprint, first_seen_at, changed_at, tariff_expires_at) "
        "select account, '2', fingerprint, first_seen_at, changed_at, tariff_expires_at from simsync.sim");
    EXPECT_EQ(raise(noon + 1min), 0);
    EXPECT_EQ(raise(noon + 1h), 1);
}

// Two accounts live through the same: what is looked for in one of them is looked for among all each time.
class TwoAccountsTest : public MirrorTest
{
protected:
    void SetUp() override
    {
        MirrorTest::SetUp();
        ASSERT_TRUE(all_.try_lead("https://api.example"));
    }

    void step()
    {
        switch (number(0, 3))
        {
        case 0:
            return see();
        case 1:
            return remove();
        default:
            return look();
        }
    }

    void expect_the_same()
    {
        const auto emitted = [this](const std::string& account)
        {
            return sql(
                "select string_agg(sim || ' ' || kind || ' ' || after || ' ' || observed_at, ', ' "
                "order by seq) from simsync.change_event where account = '" +
                account + '\'');
        };
        EXPECT_EQ(emitted("main"), emitted("all"));
    }

private:
    int number(int from, int to) { return std::uniform_int_distribution{from, to}(random_); }
    std::string some_id() { return std::to_string(number(1, 8)); }

    void in_both(const std::function<void(Transaction&)>& work)
    {
        mirror.transact(work);
        all_.transact(work);
    }

    // As sync/change_set has it: with another deadline, with the same one, or back with it.
    void see()
    {
        const auto id = some_id();
        const auto stored = this->stored(std::vector{id});
        const bool renewed = stored.empty() || number(0, 1) == 0;
        auto row = to_write(stored.empty() ? sim(id) : stored[0].sim, now_);
        if (renewed)
            row.observed.sim.tariff_expires_at = some_deadline();
        if (!stored.empty() && stored[0].sim.tariff_expires_at == row.observed.sim.tariff_expires_at)
            row.conditions = stored[0].conditions;
        in_both(
            [&](Transaction& transaction)
            { stored.empty() ? transaction.insert(rows_of({row})) : transaction.update(rows_of({row})); });
    }

    std::optional<Timestamp> some_deadline()
    {
        if (number(0, 9) == 0)
            return std::nullopt;
        constexpr std::array steps{0h, 24h, 72h, 168h};
        const auto far =
            number(0, 2) == 0 ? number(-60, 60) * 6h : steps.at(static_cast<std::size_t>(number(0, 3)));
        return now_ + far + std::chrono::minutes{number(-20, 90)};
    }

    void remove()
    {
        in_both([this, ids = std::vector{some_id()}](Transaction& transaction)
                { transaction.remove(ids, now_); });
    }

    void look()
    {
        constexpr std::array<std::chrono::minutes, 9> pauses{0min, 1min, 10min, 20min, 59min,
                                                             6h,   72h,  240h,  -20min};
        now_ += pauses.at(static_cast<std::size_t>(number(0, pauses.size() - 1)));
        sql("update simsync.ledger set deadlines_read_at = null where account = 'all'");
        in_both([this](Transaction& transaction) { transaction.raise_due(now_, warnings); });
    }

    PostgresMirror all_{url, "all"};
    std::mt19937 random_{4};
    Timestamp now_ = std::chrono::floor<std::chrono::hours>(std::chrono::system_clock::now());
};

TEST_F(TwoAccountsTest, ALookAtWhatCameSinceTellsWhatALookAtAllTells)
{
    for (int i = 0; i < 400; ++i)
        step();
    expect_the_same();
    EXPECT_GT(std::stoi(sql("select count(*) from simsync.change_event where account = 'main'")), 50);
}

} // namespace
} // namespace simsync::test
