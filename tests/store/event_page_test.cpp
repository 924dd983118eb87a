// The console's lists of events: pages by cursor against the whole log, newest first.
#include "store/drawn_fleet.hpp"
#include "store/event_page.hpp"

#include <set>

namespace simsync::test
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class EventPageTest : public DrawnFleet
{
protected:
    void SetUp() override
    {
        DrawnFleet::SetUp();
        // Rare kinds, many of the same moment, between the balances of both accounts.
        sql(R"(
            insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, recorded_at, after, cause)
            select account, last_seq + k, kinds[1 + k % 6], severities[1 + k % 6], (1000 + k)::text,
                   at, at + interval '1 second', '{}', causes[1 + k % 3]
              from simsync.ledger
             cross join generate_series(1, 120) k
             cross join (values (array['sim.blocked', 'tariff.expired', 'balance.low', 'sim.unblocked', 'balance.depleted',
                                       'account.degraded'],
                                 array['warning', 'critical', 'warning', 'info', 'critical', 'critical'],
                                 array['sweep', 'clock', 'action'])) v (kinds, severities, causes)
             cross join lateral (select date_trunc('hour', now() - k / 7 * interval '1 hour') as at) t;
            update simsync.ledger l set last_seq = (select max(seq) from simsync.change_event e where e.account = l.account))");
    }

    static std::string name(const EventRecord& event)
    {
        return event.account + '/' + std::to_string(event.seq);
    }

    std::vector<std::string> walk(
        const EventQuestion& question, std::size_t limit, const std::function<void()>& between = [] {})
    {
        std::vector<std::string> names;
        std::optional<EventKey> after;
        do
        {
            const auto page = reader.events(question, limit, after);
            for (const auto& each : page.items)
                names.push_back(name(each));
            EXPECT_LE(page.items.size(), limit);
            if (page.next)
                EXPECT_TRUE(fits(*page.next, question));
            after = page.next;
            between();
        } while (after);
        return names;
    }

    std::vector<std::string> whole(const std::string& condition, const std::string& order)
    {
        return column(
            "select account || '/' || seq from simsync.change_event where " + condition + " order by " +
            order);
    }

    const std::string by_time = "observed_at desc, account desc, seq desc";

    FleetReader reader{url};
};

TEST_F(EventPageTest, WalksRareKindsByTime)
{
    EventQuestion question;
    question.but = {Kind::balance_changed, Kind::data_balance_changed};
    EXPECT_EQ(walk(question, 11), whole("kind <> 'balance.changed'", by_time));
    question.severities = {Severity::warning, Severity::critical};
    EXPECT_EQ(walk(question, 11), whole("severity <> 'info'", by_time));
    question.severities = {Severity::critical};
    question.account = "other";
    EXPECT_EQ(walk(question, 11), whole("severity = 'critical' and account = 'other'", by_time));
    question = {};
    question.kinds = {Kind::sim_blocked};
    question.causes = {Cause::sweep};
    EXPECT_EQ(walk(question, 11), whole("kind = 'sim.blocked' and cause = 'sweep'", by_time));
    question.causes = {Cause::operator_};
    EXPECT_THAT(walk(question, 11), IsEmpty());
    question = {};
    question.kinds = {Kind::sim_blocked};
    question.but = {Kind::sim_blocked};
    EXPECT_THAT(walk(question, 11), IsEmpty()) << "nothing is left";
}

TEST_F(EventPageTest, WalksAllEventsByNumberEachAccountInItsOrder)
{
    EventQuestion question;
    const auto names = walk(question, 97);
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
    EXPECT_EQ(names.size(), whole("true", "seq").size());
    question.account = "main";
    EXPECT_EQ(walk(question, 97), whole("account = 'main'", "seq desc"));
    question.kinds = {Kind::balance_changed, Kind::sim_blocked};
    EXPECT_EQ(
        walk(question, 97),
        whole("account = 'main' and kind in ('balance.changed', 'sim.blocked')", "seq desc"));
}

// As recorded_at has it, where that goes with seq.
TEST_F(EventPageTest, MergesAccountsByWhenEventsWereRecorded)
{
    EventQuestion question;
    question.kinds = {Kind::balance_changed};
    EXPECT_EQ(walk(question, 97), whole("kind = 'balance.changed'", "recorded_at desc, account, seq desc"));
}

// More than a page has rows: then most of them are not read for it. Some moments are those of several
// accounts.
TEST_F(EventPageTest, MergesManyAccountsAPageOfAFewAtATime)
{
    sql(R"(
        insert into simsync.ledger (account, endpoint, last_seq) select 'many' || i, 'x', 6 from generate_series(1, 12) i;
        insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, recorded_at, after, cause)
        select 'many' || i, s, 'balance.changed', 'info', '7777', at, at, '{}', 'sweep'
          from generate_series(1, 12) i
         cross join generate_series(1, 6) s
         cross join lateral (select now() - interval '3 hours' + (s + i * 5 % 4) * interval '1 minute' as at) t)");
    EventQuestion question;
    question.kinds = {Kind::balance_changed};
    question.sim = "7777";
    EXPECT_EQ(walk(question, 3), whole("sim = '7777'", "recorded_at desc, account, seq desc"));
    question.sim.reset();
    EXPECT_EQ(walk(question, 5), whole("kind = 'balance.changed'", "recorded_at desc, account, seq desc"));
}

TEST_F(EventPageTest, WalksTheLifeOfOneSim)
{
    EventQuestion question;
    question.sim = "1006";
    EXPECT_EQ(walk(question, 3), whole("sim = '1006'", "recorded_at desc, account, seq desc"));
    question.but = {Kind::balance_changed, Kind::data_balance_changed};
    question.account = "main";
    EXPECT_EQ(
        walk(question, 1),
        whole("sim = '1006' and account = 'main' and kind <> 'balance.changed'", "seq desc"));
}

TEST_F(EventPageTest, StaysWithinATime)
{
    EventQuestion question;
    question.since = at(sql("select simsync.rfc3339(date_trunc('hour', now() - interval '9 days'))"));
    question.until = at(sql("select simsync.rfc3339(date_trunc('hour', now() - interval '3 hours'))"));
    const auto within = "observed_at >= '" + to_text(*question.since) + "' and observed_at < '" +
                        to_text(*question.until) + "'";
    const auto names = walk(question, 50);
    auto expected = whole(within, "seq");
    EXPECT_GT(expected.size(), 500U);
    EXPECT_THAT(names, testing::UnorderedElementsAreArray(expected));
    question.but = {Kind::balance_changed, Kind::data_balance_changed};
    EXPECT_EQ(walk(question, 7), whole(within + " and kind <> 'balance.changed'", by_time));
}

TEST_F(EventPageTest, RepeatsNoneAndMissesNoneWhileEventsCome)
{
    for (const bool balances : {false, true})
    {
        EventQuestion question;
        if (!balances)
            question.but = {Kind::balance_changed, Kind::data_balance_changed};
        const auto before = whole(balances ? "true" : "kind <> 'balance.changed'", "seq");
        const auto names = walk(
            question, 90,
            [&] {
                append({event(Kind::sim_blocked, "1006"), event(Kind::balance_changed, "1006")});
            });
        const std::multiset<std::string> seen(names.begin(), names.end());
        EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
        for (const auto& each : before)
            EXPECT_EQ(seen.count(each), 1U) << each;
    }
}

TEST_F(EventPageTest, LeavesOutRetiredAccounts)
{
    sql("update simsync.ledger set retired_at = now() where account = 'other'");
    EventQuestion question;
    EXPECT_EQ(walk(question, 500), whole("account = 'main'", "seq desc"));
    question.severities = {Severity::critical};
    EXPECT_EQ(walk(question, 500), whole("account = 'main' and severity = 'critical'", by_time));
}

TEST_F(EventPageTest, ReadsOnAfterPositionsForTheLiveRing)
{
    const auto streams = reader.streams();
    EXPECT_EQ(
        streams.at("main").stream_id, sql("select stream_id from simsync.ledger where account = 'main'"));
    std::map<std::string, std::int64_t> positions;
    for (const auto& [account, stream] : streams)
        positions[account] = stream.last_seq;
    EXPECT_THAT(reader.events_after(positions, 10), IsEmpty());
    append({event(Kind::sim_blocked, "1006"), event(Kind::sim_unblocked, "1006")});
    const auto next = reader.events_after(positions, 1);
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(name(next[0]), "main/" + std::to_string(positions["main"] + 1));
    reader.wait(std::chrono::minutes{5}); // begins to listen
    append({event(Kind::sim_blocked, "1006")});
    reader.wait(std::chrono::minutes{5});
    EXPECT_EQ(reader.events_after(positions, 10).size(), 3U);
}

TEST(EventKeyTest, FitsItsQuestion)
{
    EventQuestion rare;
    rare.kinds = {Kind::sim_blocked};
    EventQuestion all;
    const EventKey in_time{noon, {{"main", 7}}};
    const EventKey by_number{std::nullopt, {{"main", 7}, {"other", 9}}};
    EXPECT_TRUE(fits(in_time, rare));
    EXPECT_FALSE(fits(by_number, rare));
    EXPECT_TRUE(fits(by_number, all));
    EXPECT_FALSE(fits(in_time, all));
    EXPECT_FALSE(fits(EventKey{}, all));
    EXPECT_FALSE(fits(EventKey{std::nullopt, {{"main", -1}}}, all));
    all.account = "third";
    EXPECT_FALSE(fits(by_number, all));
}

} // namespace
} // namespace simsync::test
