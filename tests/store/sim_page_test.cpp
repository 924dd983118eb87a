// The console's lists of SIMs: pages by cursor against the whole list, as one query has it.
#include "store/drawn_fleet.hpp"

#include <set>

namespace simsync::test
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// What each state means, said once more.
std::string naive(SimState state)
{
    switch (state)
    {
    case SimState::all:
        return "removed_at is null";
    case SimState::blocked:
        return "removed_at is null and is_blocked";
    case SimState::low:
        return "removed_at is null and (account, id) in (select account, sim from simsync.condition)";
    case SimState::spent:
        return "removed_at is null and balance <= 0";
    case SimState::runs_out:
        return "(account, id) in (select account, id from simsync.balance_forecast where state = 'runs_out' "
               "and "
               "runs_out_at < now() + interval '7 days')";
    case SimState::ending:
        return "removed_at is null and tariff_expires_at > now() and tariff_expires_at <= now() + interval "
               "'7 days'";
    case SimState::ended:
        return "removed_at is null and tariff_expires_at <= now()";
    case SimState::wrong_device:
        return "removed_at is null and not imei_is_correct";
    case SimState::archived:
        return "removed_at is null and is_archived";
    case SimState::removed:
        return "removed_at is not null";
    }
    return {};
}

class SimPageTest : public DrawnFleet
{
protected:
    std::vector<std::string> whole(const SimQuestion& question, const std::string& more = "true")
    {
        const std::string direction = question.falling ? " desc" : "";
        const auto by = question.sort == SimSort::id
                            ? ""
                            : std::string(to_text(question.sort)) + direction + " nulls last, ";
        return column(
            "select account || '/' || id from simsync.sim where " + naive(question.state) + " and " + more +
            (question.account ? " and account = '" + *question.account + "'" : "") + " order by " + by +
            "account" + direction + ", id" + direction);
    }

    // One account alone is another walk by id only.
    static std::vector<std::optional<std::string>> accounts_in_turn(SimSort sort)
    {
        if (sort == SimSort::id)
            return {std::nullopt, "other"};
        return {std::nullopt};
    }

    FleetReader reader{url};
};

TEST_F(SimPageTest, WalksEachStateInEachOrderAsTheWholeListHasIt)
{
    for (const auto state : all_sim_states)
        for (const auto sort : all_sim_sorts)
            for (const bool falling : {false, true})
                for (const auto& account : accounts_in_turn(sort))
                {
                    SimQuestion question;
                    question.state = state;
                    question.sort = sort;
                    question.falling = falling;
                    question.account = account;
                    question.limit = 40;
                    const auto expected = whole(question);
                    EXPECT_GT(expected.size(), 1U) << to_text(state);
                    EXPECT_EQ(walk(reader, question), expected)
                        << to_text(state) << " by " << (falling ? "-" : "") << to_text(sort);
                }
}

TEST_F(SimPageTest, FiltersByTariffAndProfileAndByTheirAbsence)
{
    SimQuestion question;
    question.tariff = "Package 500";
    question.profile = "";
    question.limit = 50;
    EXPECT_EQ(walk(reader, question), whole(question, "tariff_name = 'Package 500' and profile is null"));
    question.tariff = "";
    question.profile = "S1";
    EXPECT_EQ(walk(reader, question), whole(question, "tariff_name is null and profile = 'S1'"));
    question.tariff = "nobody's";
    EXPECT_THAT(walk(reader, question), IsEmpty());
}

TEST_F(SimPageTest, RepeatsNoneAndMissesNoneWhileRowsComeAndGo)
{
    for (const auto sort : {SimSort::id, SimSort::balance})
        for (const bool falling : {false, true})
        {
            SimQuestion question;
            question.sort = sort;
            question.falling = falling;
            question.limit = 20;
            // Those that nobody touches: their balances stay, whatever happens around them.
            const auto untouched = column(
                "select account || '/' || id from simsync.sim where removed_at is null and id ~ '[13579]$' "
                "and length(id) = 4");
            int round = 0;
            const auto names = walk(
                reader, question,
                [&]
                {
                    const auto suffix = std::to_string(round++);
                    sql("update simsync.sim set balance = random() * 40, removed_at = case when "
                        "removed_at is null and random() < 0.1 then now() end where id !~ '[13579]$'; insert "
                        "into "
                        "simsync.sim (account, id, balance, first_seen_at, changed_at, fingerprint) select "
                        "'main', "
                        "k || 'new" +
                        suffix + to_text(sort).data() + (falling ? "f" : "r") +
                        "0', random() * 40, now(), now(), gen_random_uuid() from generate_series(1, 5) k");
                });
            EXPECT_GT(round, 3);
            std::multiset<std::string> seen(names.begin(), names.end());
            for (const auto& each : untouched)
                EXPECT_EQ(seen.count(each), 1U) << each;
            if (sort == SimSort::id)
                EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
        }
}

TEST_F(SimPageTest, LeavesOutRetiredAccounts)
{
    sql("update simsync.ledger set retired_at = now() where account = 'other'");
    SimQuestion question;
    question.limit = 1000;
    EXPECT_EQ(walk(reader, question), whole(question, "account = 'main'"));
    question.account = "other";
    EXPECT_THAT(walk(reader, question), IsEmpty());
    EXPECT_FALSE(reader.sim("other", "1001"));
}

TEST_F(SimPageTest, TellsWhatStandsAsTheViewOfConditionsDoes)
{
    sql(R"(
        insert into simsync.condition (account, sim, condition, raised_at, standing)
        select account, id, 'sim.blocked', first_seen_at, true from simsync.sim where is_blocked and id like '%3';
        insert into simsync.condition (account, sim, condition, raised_at, deadline, ahead)
        select account, id, 'tariff.expiry', now(), case when id like '%5' then now() else tariff_expires_at end,
               case when id like '%7' then interval '0' else interval '1 day' end
          from simsync.sim where tariff_expires_at is not null;
        update simsync.sim set is_blocked = null, last_known = '{"is_blocked": "true"}', blocked_since = now()
         where is_blocked is null and id like '%4')");
    SimQuestion question;
    question.limit = 1000;
    std::set<std::string> shown;
    for (const auto& each : reader.sims(question).items)
        for (const auto& condition : each.conditions)
            shown.insert(
                name(each) + ' ' + condition.kind + ' ' + to_text(condition.since) +
                (condition.standing ? " t" : " f"));
    const auto standing = column("select account || '/' || sim || ' ' || kind || ' ' || "
                                 "simsync.rfc3339(since) || ' ' || left(standing::text, "
                                 "1) from simsync.standing_condition where sim is not null");
    EXPECT_GT(standing.size(), 300U);
    EXPECT_EQ(shown, std::set<std::string>(standing.begin(), standing.end()));
}

TEST_F(SimPageTest, ReadsEveryColumnOfOneSim)
{
    const auto found = reader.sim("main", "1006");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->sim, stored("1006").sim);
    EXPECT_EQ(
        to_text(found->first_seen_at),
        sql("select simsync.rfc3339(first_seen_at) from simsync.sim where id = '1006'"));
    EXPECT_EQ(found->revision, 1);
    EXPECT_FALSE(reader.sim("main", "1007")) << "it is the other account's";
    EXPECT_FALSE(reader.sim("nobody", "1007"));
}

TEST_F(SimPageTest, KnowsWhichKeysFitItsQuestion)
{
    SimQuestion question;
    EXPECT_TRUE(fits(SimKey{std::nullopt, "main", "1"}, question));
    EXPECT_FALSE(fits(SimKey{"1", "main", "1"}, question));
    question.sort = SimSort::balance;
    EXPECT_TRUE(fits(SimKey{"-1.20", "main", "1"}, question));
    EXPECT_TRUE(fits(SimKey{std::nullopt, "main", "1"}, question));
    EXPECT_FALSE(fits(SimKey{"2026-01-01T00:00:00Z", "main", "1"}, question));
    question.sort = SimSort::latest_activity;
    EXPECT_TRUE(fits(SimKey{"2026-01-01T00:00:00Z", "main", "1"}, question));
    EXPECT_FALSE(fits(SimKey{"soon", "main", "1"}, question));
}

} // namespace
} // namespace simsync::test
