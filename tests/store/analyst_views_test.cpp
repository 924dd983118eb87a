// What the views say of any moment in random lives, against what was seen, kept plainly; and what they are
// asked for by name: days, zones, months that are gone, and who is idle.
#include "model/forecast.hpp"
#include "store/history.hpp"

#include <array>
#include <random>
#include <set>
#include <sstream>
#include <tuple>

namespace simsync::test
{
namespace
{

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Timestamp this_minute()
{
    return std::chrono::floor<minutes>(std::chrono::system_clock::now());
}

std::string or_dash(const std::optional<std::string>& text)
{
    return text.value_or("-");
}

std::string text_of(const std::optional<Money>& amount)
{
    return amount ? amount->text() : "-";
}

std::string text_of(const std::optional<Timestamp>& time)
{
    return time ? to_text(*time) : "-";
}

using Lines = std::multiset<std::string>; // in the order of their bytes, as COLLATE "C" has it

std::string joined(const Lines& lines)
{
    std::string text;
    for (const auto& line : lines)
        text += line + '\n';
    return text;
}

class AnalystViewsTest : public testing::Test
{
protected:
    explicit AnalystViewsTest(std::string of_url = Cluster::shared().mirror_database())
        : url(std::move(of_url))
    {
    }

    std::string sql(const std::string& statement) const { return run_sql(url, statement); }

    // `line` of each row, as `joined` has them.
    std::string lines(const std::string& line, const std::string& from) const
    {
        return sql(
            "select coalesce(string_agg(line || E'\\n', '' order by line collate \"C\"), '') from (select "
            "concat_ws('/', " +
            line + ") as line from " + from + ") lines");
    }

    static std::string literal(Timestamp at) { return "timestamptz '" + to_text(at) + "'"; }

    const std::string url;
};

// Random lives ----------------------------------------------------------------------------------

// Two accounts whose SIMs, eight each, live for twenty days.
class World
{
public:
    // One for each seed and process: it takes seconds, and nobody changes it.
    static const World& of(unsigned seed)
    {
        static std::map<unsigned, World> worlds;
        return worlds.try_emplace(seed, seed).first->second;
    }

    explicit World(unsigned seed) : random(seed)
    {
        auto when = this_minute() - days{20};
        for (const auto& account : accounts)
            for (const auto* id : {"1", "2", "3", "4"})
                history.begin_with(account, changed(sim(id)), when);
        // So that the last events lie in the past, for each is moved there from the time of now.
        while (when < this_minute() - hours{3})
        {
            when += minutes{chance(60, 400)};
            live_on(when);
            moments.push_back(when + seconds{30});
        }
    }

    const std::string url = Cluster::shared().mirror_database();
    History history{url, {"main", "other"}};
    std::vector<Timestamp> moments; // each some time after something happened

private:
    int chance(int from, int to) { return std::uniform_int_distribution<int>{from, to}(random); }
    bool one_in(int times) { return chance(1, times) == 1; }

    template<class T, std::size_t n>
    T any(const std::array<T, n>& choices)
    {
        return choices.at(static_cast<std::size_t>(chance(0, n - 1)));
    }

    std::vector<std::string> any_of(std::vector<std::string> numbers)
    {
        std::erase_if(numbers, [&](const auto&) { return one_in(2); });
        return numbers;
    }

    Sim changed(Sim sim)
    {
        using Text = std::optional<std::string>;
        if (!one_in(4))
            sim.balance =
                one_in(12)
                    ? std::nullopt
                    : Money::parse(std::to_string(chance(-300, 9'000)) + "e-" + std::to_string(chance(1, 4)));
        if (one_in(3))
            sim.tariff_name = any(std::array<Text, 4>{"A", "B", "Renewing \"Max\"", std::nullopt});
        if (one_in(4))
            sim.tariff_type =
                any(std::array<Text, 4>{"PREPAID_PACKAGE", "PREPAID", "MARGIN_CALCULATE", std::nullopt});
        if (one_in(5))
            sim.tariff_package_total_calls_max_duration = chance(0, 3);
        if (one_in(3))
            sim.caller_ids = any_of({"100", "101", "102"});
        if (one_in(4))
            sim.external_msisdns = any_of({"100", "200", "a \"quoted\", {braced} one"});
        if (one_in(5))
            sim.fmcs = any_of({"100", "9"});
        if (one_in(6))
            sim.is_blocked = any(std::array<std::optional<bool>, 3>{true, false, std::nullopt});
        if (one_in(4))
            sim.tariff_expires_at = this_minute() + days{chance(-20, 20)};
        return sim;
    }

    void live_on(Timestamp when)
    {
        const auto account = any(accounts);
        const auto id = std::to_string(chance(1, 8));
        const auto life = history.lives().find({account, id});
        if (life == history.lives().end())
            return history.see(account, changed(sim(id)), when);
        const auto now = life->second.back().sim;
        if (now && one_in(8))
        {
            one_in(3) ? history.leave(account, id, when) : history.lose(account, id, when);
            last_known[{account, id}] = *now;
        }
        else if (now)
            history.see(account, changed(*now), when);
        else if (has_left(account, id) && one_in(2))
            history.readmit(account, changed(last_known.at({account, id})), when);
        else
            history.see(account, changed(last_known.at({account, id})), when);
    }

    bool has_left(const std::string& account, const std::string& id) const
    {
        return run_sql(
                   url, "select left_scope from simsync.sim where account = '" + account + "' and id = '" +
                            id + "'") == "t";
    }

    std::mt19937 random;
    const std::array<std::string, 2> accounts{"main", "other"};
    std::map<History::Who, Sim> last_known; // of who is gone
};

class Lives : public AnalystViewsTest, public testing::WithParamInterface<unsigned>
{
protected:
    Lives() : AnalystViewsTest(World::of(GetParam()).url) {}

    // What `describe` says of each SIM that was there, at every moment, is what the view says.
    template<class Describe>
    void expect_at_every_moment(const std::string& line, const std::string& relation, Describe describe) const
    {
        for (const auto when : moments)
        {
            Lines expected;
            for (const auto& [who, life] : history.lives())
                if (const auto sim = History::at(life, when))
                    describe(who, *sim, expected);
            ASSERT_EQ(
                lines(line, relation + " where tstzrange(since, until) @> " + literal(when)),
                joined(expected))
                << to_text(when);
        }
    }

    // Two rows for the same thing never hold at once.
    std::string overlaps(const std::string& relation, const std::string& same) const
    {
        return sql(
            "select count(*) from simsync." + relation + " a join simsync." + relation +
            " b using (account, " + same +
            ") where a.since < b.since and coalesce(a.until, 'infinity') > b.since");
    }

    const History& history = World::of(GetParam()).history;
    const std::vector<Timestamp>& moments = World::of(GetParam()).moments;
};

TEST_P(Lives, HadTheseTariffs)
{
    expect_at_every_moment(
        "account, sim, coalesce(tariff_name, '-'), coalesce(tariff_type, '-'), "
        "coalesce(tariff_package_total_calls_max_duration::text, '-')",
        "simsync.tariff_history",
        [](const History::Who& who, const Sim& sim, Lines& expected)
        {
            const auto& package = sim.tariff_package_total_calls_max_duration;
            expected.insert(
                who.first + '/' + who.second + '/' + or_dash(sim.tariff_name) + '/' +
                or_dash(sim.tariff_type) + '/' + (package ? std::to_string(*package) : "-"));
        });
    EXPECT_EQ(overlaps("tariff_history", "sim"), "0");
    EXPECT_EQ(sql("select count(*) from simsync.tariff_history where since >= until"), "0");
}

TEST_P(Lives, HadTheseNumbers)
{
    expect_at_every_moment(
        "account, number, kind, sim", "simsync.number_history",
        [](const History::Who& who, const Sim& sim, Lines& expected)
        {
            const auto add = [&](const auto& numbers, const std::string& kind)
            {
                for (const auto& number : numbers)
                    expected.insert(who.first + '/' + number + '/' + kind + '/' + who.second);
            };
            add(sim.caller_ids, "caller_id");
            add(sim.external_msisdns, "did");
            add(sim.fmcs, "fmc");
        });
    EXPECT_EQ(overlaps("number_history", "sim, number, kind"), "0");
}

TEST_P(Lives, WereGoneAtTheseTimes)
{
    for (const auto when : moments)
    {
        Lines expected;
        for (const auto& [who, life] : history.lives())
            if (life.front().at <= when && !History::at(life, when))
                expected.insert(who.first + '/' + who.second);
        ASSERT_EQ(
            lines("account, sim", "simsync.sim_absence where tstzrange(since, until) @> " + literal(when)),
            joined(expected))
            << to_text(when);
    }
    EXPECT_EQ(overlaps("sim_absence", "sim"), "0");
}

TEST_P(Lives, AreKnownOneByOneAsTheFleetIs)
{
    const std::string columns =
        "account, id, coalesce(trim_scale(balance)::text, '-'), coalesce(tariff_name, '-'), "
        "caller_ids, fmcs, coalesce(is_blocked::text, '-'), coalesce(tariff_expires_at::text, '-')";
    for (std::size_t i = 0; i < moments.size(); i += 3)
    {
        const auto when = moments[i];
        const auto one_by_one = "(select w.* from simsync.sim s cross join lateral simsync.sim_as_of(" +
                                literal(when) + ", s.account, s.id) w) w";
        Lines expected;
        for (const auto& [who, life] : history.lives())
            if (const auto sim = History::at(life, when))
                expected.insert(
                    who.first + '/' + who.second + '/' + text_of(sim->balance) + '/' +
                    or_dash(sim->tariff_name));
        ASSERT_EQ(
            lines(
                "account, id, coalesce(trim_scale(balance)::text, '-'), coalesce(tariff_name, '-')",
                one_by_one),
            joined(expected))
            << to_text(when);
        ASSERT_EQ(lines(columns, one_by_one), lines(columns, "simsync.sim_as_of(" + literal(when) + ")"))
            << to_text(when);
    }
    EXPECT_EQ(sql("select count(*) from simsync.sim_as_of(now(), 'main', 'nobody')"), "0");
    EXPECT_EQ(sql("select count(*) from simsync.sim_as_of(now(), 'nobody', '1')"), "0");
}

// By the day on which each change was written, in a zone that is so far ahead of UTC.
Lines daily_spend(const std::map<History::Who, History::Life>& lives, minutes ahead)
{
    using Key = std::tuple<std::string, std::string, std::string, std::string, std::string>;
    struct Sums
    {
        Money spent{};
        Money topped_up{};
        int changes = 0;
    };
    std::map<Key, Sums> days_of;
    for (const auto& [who, life] : lives)
    {
        std::optional<Sim> was;
        for (const auto& state : life)
        {
            if (!state.sim)
                continue;
            if (was && was->balance && state.sim->balance && *was->balance != *state.sim->balance)
            {
                const auto day =
                    to_text(std::chrono::floor<days>(state.at + History::writing + ahead)).substr(0, 10);
                auto& sums = days_of[{
                    who.first, day, who.second, or_dash(state.sim->tariff_name),
                    or_dash(state.sim->tariff_type)}];
                const auto rise = *state.sim->balance - *was->balance;
                (rise < Money{} ? sums.spent : sums.topped_up) =
                    rise < Money{} ? sums.spent - rise : sums.topped_up + rise;
                ++sums.changes;
            }
            was = state.sim;
        }
    }
    Lines made;
    for (const auto& [key, sums] : days_of)
    {
        const auto& [account, day, sim, name, type] = key;
        made.insert(
            account + '/' + day + '/' + sim + '/' + name + '/' + type + '/' + sums.spent.text() + '/' +
            sums.topped_up.text() + '/' + std::to_string(sums.changes));
    }
    return made;
}

constexpr auto spend_line =
    "account, day, sim, coalesce(tariff_name, '-'), coalesce(tariff_type, '-'), trim_scale(spent), "
    "trim_scale(topped_up), changes";

TEST_P(Lives, SpentThisOnTheseDays)
{
    EXPECT_EQ(lines(spend_line, "simsync.daily_spend"), joined(daily_spend(history.lives(), minutes{0})));
    EXPECT_EQ(
        lines(spend_line, "simsync.daily_spend('Asia/Kolkata', current_date - 30, current_date + 2)"),
        joined(daily_spend(history.lives(), hours{5} + minutes{30})));
    EXPECT_EQ(
        lines(spend_line, "simsync.daily_spend('UTC', current_date - 9, current_date - 3)"),
        lines(spend_line, "simsync.daily_spend where day >= current_date - 9 and day < current_date - 3"));
    EXPECT_EQ(
        lines(spend_line, "simsync.daily_spend('UTC', current_date - 9, null)"),
        lines(spend_line, "simsync.daily_spend where day >= current_date - 9"));
    EXPECT_EQ(
        lines(spend_line, "simsync.daily_spend('UTC', null, null)"),
        lines(spend_line, "simsync.daily_spend"));
    // What was spent and topped up is what the balances say, day by day.
    EXPECT_EQ(
        sql("select count(*) from simsync.spend where spent < 0 or topped_up < 0 or (spent > 0) = (topped_up "
            "> 0)"),
        "0");
}

TEST_P(Lives, WillRunOutAsTheModelSays)
{
    for (const auto& [account, low] : {std::pair{"main", "5"}, std::pair{"other", "-0.5"}})
        sql("update simsync.ledger set balance_low = " + std::string(low) + " where account = '" + account +
            "'");

    std::istringstream told(sql(
        "select simsync.rfc3339(now()) || E'\\n' || coalesce(string_agg(concat_ws('/', account, id, state, "
        "coalesce(spend_per_day::text, '-'), coalesce(simsync.rfc3339(low_at), '-'), "
        "coalesce(simsync.rfc3339(runs_out_at), '-'), based_on_days), E'\\n'), '') from "
        "simsync.balance_forecast"));
    std::string line;
    std::getline(told, line);
    const auto now = at(line);
    Lines view;
    while (std::getline(told, line))
        view.insert(line);

    Lines model;
    for (const auto& [who, life] : history.lives())
    {
        if (!life.back().sim)
            continue;
        Timestamp known_since;
        std::vector<BalanceChange> changes;
        std::optional<Sim> was;
        bool there = false;
        for (const auto& state : life)
        {
            if (state.sim && !std::exchange(there, true))
                known_since = state.at;
            there = state.sim.has_value();
            if (!state.sim)
                continue;
            if (was)
                changes.push_back({state.at, was->balance, state.sim->balance});
            was = state.sim;
        }
        const auto made = forecast(
            *life.back().sim, known_since, changes, Money::parse(who.first == "main" ? "5" : "-0.5"), now);
        model.insert(
            who.first + '/' + who.second + '/' + std::string(to_text(made.outlook)) + '/' +
            text_of(made.spend_per_day) + '/' + text_of(made.low_at) + '/' + text_of(made.runs_out_at) + '/' +
            std::to_string(made.based_on_days));
    }
    EXPECT_EQ(joined(view), joined(model));
    EXPECT_FALSE(model.empty());
}

TEST_P(Lives, EndWithTheseEvents)
{
    EXPECT_EQ(
        lines(
            "account, sim, seq, kind, iccid_plastic, observed_at, before, after, cause",
            "simsync.last_event"),
        lines(
            "account, sim, seq, kind, iccid_plastic, observed_at, before, after, cause",
            "(select distinct on (account, sim) * from simsync.change_event where sim is not null "
            "order by account, sim, seq desc) last"));
}

INSTANTIATE_TEST_SUITE_P(Of, Lives, testing::Values(1U, 2U));

// By name ----------------------------------------------------------------------------------

class AnalystsAsk : public AnalystViewsTest
{
protected:
    static Sim prepaid(const std::string& id, const std::string& balance, const std::string& tariff = "A")
    {
        auto made = sim(id);
        made.balance = Money::parse(balance);
        made.tariff_name = tariff;
        made.tariff_type = "PREPAID_PACKAGE";
        return made;
    }

    // A day that lies so far back, from its first instant on, UTC.
    static Timestamp day(int back)
    {
        return std::chrono::floor<days>(std::chrono::system_clock::now()) - days{back};
    }

    // How many months of the log the plan names.
    std::size_t months_read(const std::string& statement) const
    {
        const auto connection = connect(url);
        const std::unique_ptr<PGresult, decltype(&PQclear)> plan{
            PQexec(connection.get(), ("explain " + statement).c_str()), &PQclear};
        std::set<std::string> months;
        for (int row = 0; row < PQntuples(plan.get()); ++row)
        {
            const std::string line = PQgetvalue(plan.get(), row, 0);
            if (const auto at = line.find(" on change_event_2"); at != std::string::npos)
                months.insert(line.substr(at, std::string_view(" on change_event_2026_01").size()));
        }
        return months.size();
    }

    std::string error_of(const std::string& statement) const
    {
        try
        {
            sql(statement);
        }
        catch (const std::runtime_error& error)
        {
            return error.what();
        }
        return "none";
    }

    History history{url, {"main", "other"}};
};

TEST_F(AnalystsAsk, WhatWasSpentOnATariffThatChangedWithinTheDay)
{
    history.begin_with("main", prepaid("1", "10", "A"), day(40));
    history.see("main", prepaid("1", "9.50", "A"), day(3) + hours{1});
    history.see("main", prepaid("1", "20", "A"), day(3) + hours{2}); // topped up: no spending
    history.see(
        "main", prepaid("1", "15", "B"),
        day(3) + hours{3}); // the price of the new tariff is the new tariff's
    history.see("main", prepaid("1", "14.9", "B"), day(3) + hours{4});
    history.see("main", prepaid("1", "14.9", "C"), day(1));
    EXPECT_EQ(
        lines("sim, tariff_name, trim_scale(spent), trim_scale(topped_up), changes", "simsync.daily_spend"),
        "1/A/0.5/10.5/2\n1/B/5.1/0/2\n");
    EXPECT_EQ(sql("select sum(spent) from simsync.daily_spend where tariff_name = 'C'"), "")
        << "today's tariff has spent nothing";
}

TEST_F(AnalystsAsk, ForTheDaysOfAnotherZone)
{
    history.begin_with("main", prepaid("1", "10"), day(40));
    history.see("main", prepaid("1", "9"), day(3) + hours{23});
    const auto of_day = [&](int back, const std::string& zone)
    {
        const auto date = "date '" + to_text(day(back)).substr(0, 10) + "'";
        return sql(
            "select sum(spent) from simsync.daily_spend('" + zone + "', " + date + ", " + date + " + 1)");
    };
    EXPECT_EQ(of_day(3, "UTC"), "1");
    EXPECT_EQ(of_day(3, "Asia/Tokyo"), "");
    EXPECT_EQ(of_day(2, "Asia/Tokyo"), "1");
    EXPECT_THAT(
        error_of("select * from simsync.daily_spend('Nowhere', current_date, current_date)"),
        HasSubstr("Nowhere"));
}

TEST_F(AnalystsAsk, WhichSimHadANumberThatWentToAnother)
{
    const auto with = [](const std::string& id, std::vector<std::string> numbers)
    {
        auto made = sim(id);
        made.caller_ids = std::move(numbers);
        return made;
    };
    history.begin_with("main", with("1", {"37251", "37252"}), day(40));
    history.begin_with("main", with("2", {}), day(40));
    history.see("main", with("1", {"37252"}), day(30));
    history.see("main", with("2", {"37251"}), day(29));
    history.lose("main", "2", day(20));
    history.see("main", with("2", {"37251"}), day(10));
    history.see("other", with("2", {"37251"}), day(5)); // another account's: a life of its own
    EXPECT_EQ(
        lines(
            "account, sim, kind, extract(day from since - today), "
            "coalesce(extract(day from until - today)::text, 'now')",
            "simsync.number_history cross join (values (" + literal(day(0)) +
                ")) of (today) where number = '37251'"),
        "main/1/caller_id/-40/-30\nmain/2/caller_id/-10/now\nmain/2/caller_id/-29/-20\nother/2/caller_id/-5/"
        "now\n");
}

TEST_F(AnalystsAsk, BeyondTheEventsThatAreKept)
{
    const auto months_ago = [](int back)
    {
        const auto today = std::chrono::floor<days>(std::chrono::system_clock::now());
        return Timestamp{
            std::chrono::sys_days{
                std::chrono::year_month_day{today}.year() / std::chrono::year_month_day{today}.month() / 15} -
            days{30 * back}};
    };
    auto first = prepaid("1", "10", "A");
    first.caller_ids = {"37251"};
    history.begin_with("main", first, months_ago(6));
    first.tariff_name = "B";
    first.caller_ids = {"37252"};
    history.see("main", first, months_ago(5));
    history.begin_with("main", prepaid("2", "10"), months_ago(6));
    history.lose("main", "2", months_ago(5));
    history.begin_with("main", prepaid("3", "10"), months_ago(6));
    history.lose("main", "3", months_ago(5));
    history.see("main", prepaid("3", "10"), months_ago(2));
    first.tariff_name = "C";
    history.see("main", first, months_ago(1));
    EXPECT_EQ(sql("select simsync.known_since('main')"), "-infinity");

    sql("select simsync.drop_partitions(date_trunc('month', now() at time zone 'UTC') at time zone 'UTC' - "
        "interval '3 months')");
    EXPECT_EQ(
        sql("select simsync.known_since('main') = (select min(since) from simsync.event_partition)"), "t");
    EXPECT_EQ(sql("select simsync.known_since('other')"), "-infinity") << "it has no events";
    EXPECT_EQ(sql("select simsync.known_since('nobody') is null"), "t");

    const std::string since = "since = simsync.known_since('main')";
    EXPECT_EQ(lines("sim, tariff_name, " + since, "simsync.tariff_history"), "1/B/t\n1/C/f\n3/A/f\n")
        << "what A was before is not known, nor when 3 went";
    EXPECT_EQ(lines("number, " + since, "simsync.number_history"), "37252/t\n");
    EXPECT_EQ(lines("sim, since is null, until is null", "simsync.sim_absence"), "2/f/t\n3/t/f\n");

    const auto as_of = "select count(*) from simsync.sim_as_of(now() - interval '140 days', 'main', '1')";
    EXPECT_THAT(
        error_of(as_of),
        AllOf(HasSubstr("55000"), HasSubstr("SIM \"1\" of account \"main\""), HasSubstr("HINT:")));
    EXPECT_EQ(sql("select tariff_name from simsync.sim_as_of(now() - interval '50 days', 'main', '1')"), "B");
}

TEST_F(AnalystsAsk, ForABalanceOfAWhileAndReadThatMonthAlone)
{
    history.begin_with("main", prepaid("1", "10"), day(200));
    for (int back = 190; back > 1; back -= 20)
        history.see("main", prepaid("1", std::to_string(back)), day(back));
    const std::string asked = "select * from simsync.balance_history where ";
    EXPECT_GE(months_read(asked + "sim = '1'"), 8U);
    EXPECT_LE(months_read(asked + "recorded_at > now() - interval '1 day'"), 4U) << "and the months to come";
    EXPECT_THAT(
        sql("select pg_get_indexdef('simsync.change_event_by_time'::regclass)"),
        AllOf(HasSubstr("recorded_at, observed_at"), HasSubstr("::date"), HasSubstr("autosummarize")));
}

TEST_F(AnalystsAsk, ForTheLastEventHoweverLongAgo)
{
    history.begin_with("main", prepaid("1", "10"), day(300));
    history.see("main", prepaid("1", "9"), day(250));
    history.begin_with("main", prepaid("2", "10"), day(300));
    history.see("main", prepaid("2", "9"), day(100));
    history.lose("main", "2", day(3));
    history.begin_with("main", prepaid("3", "10"), day(300)); // of which there is none
    EXPECT_EQ(lines("sim, kind", "simsync.last_event"), "1/balance.changed\n2/sim.removed\n");
    EXPECT_EQ(lines("kind", "simsync.last_event where account = 'main' and sim = '1'"), "balance.changed\n");
}

TEST_F(AnalystsAsk, WhoIsIdle)
{
    const auto active = [](const std::string& id, std::optional<Timestamp> last)
    {
        auto made = sim(id);
        made.latest_activity = last;
        return made;
    };
    history.begin_with("main", active("long", day(31)), day(90));
    history.begin_with("main", active("lately", day(29)), day(90));
    history.begin_with("main", active("never", std::nullopt), day(45));
    history.begin_with("main", active("new", std::nullopt), day(2));
    auto archived = active("archived", day(80));
    archived.is_archived = true;
    history.begin_with("main", archived, day(90));
    history.begin_with("main", active("gone", day(80)), day(90));
    history.lose("main", "gone", day(1));
    history.begin_with("other", active("retired", day(80)), day(90));
    sql("update simsync.ledger set retired_at = now() where account = 'other'");
    EXPECT_EQ(
        lines("id, latest_activity is not null, (idle > interval '40 days')", "simsync.idle_sim"),
        "long/t/f\nnever/f/t\n");
    EXPECT_EQ(sql("select count(*) from simsync.balance_forecast where account = 'other'"), "0");
}

TEST_F(AnalystsAsk, ByWhichBalanceCountsAsLow)
{
    PostgresMirror mirror(url, "third");
    ASSERT_TRUE(mirror.try_lead("https://api.example"));
    const auto set = [&](const std::optional<Money>& low)
    { mirror.transact([&](Transaction& transaction) { transaction.set_balance_low(low); }); };
    const auto row =
        "select xmin || ' ' || coalesce(balance_low::text, '-') from simsync.ledger where account = 'third'";
    set(Money::parse("5.00"));
    const auto once = sql(row);
    EXPECT_THAT(once, HasSubstr(" 5"));
    set(Money::parse("5"));
    EXPECT_EQ(sql(row), once) << "nothing is written where it is so already";
    set(std::nullopt);
    EXPECT_THAT(sql(row), HasSubstr(" -"));
}

// Fields of a line that were parted by '|'; what is empty is null.
std::vector<std::optional<std::string>> fields_of(const std::string& line)
{
    std::vector<std::optional<std::string>> fields;
    std::istringstream parts(line + '|');
    for (std::string part; std::getline(parts, part, '|');)
        fields.push_back(part.empty() ? std::nullopt : std::optional(part));
    return fields;
}

std::optional<Money> as_money(const std::optional<std::string>& text)
{
    return text ? Money::parse(*text) : std::nullopt;
}

std::optional<Timestamp> as_time(const std::optional<std::string>& text)
{
    return text ? std::optional(at(*text)) : std::nullopt;
}

// 600 SIMs whose balances were drawn: the view and the model, row by row.
TEST_F(AnalystsAsk, WhoseBalanceRunsOutAndAreToldWhatTheModelSays)
{
    sql(R"(
        select simsync.ensure_partitions(now() - interval '20 days'), setseed(0.42);
        update simsync.ledger set balance_low = 5 where account = 'main';
        insert into simsync.sim (account, id, balance, tariff_type, is_blocked, tariff_expires_at, first_seen_at,
                                 returned_at, changed_at, fingerprint)
        select 'main', k::text, case when k % 15 > 0 then round((random() * 100 - 3)::numeric, k % 6) end,
               (array['PREPAID_PACKAGE', 'PREPAID_PACKAGE', 'PREPAID', 'POSTPAID_MINUTE', null])[1 + k % 5],
               (array[false, false, null, true])[1 + k % 4], now() + (random() * 60 - 5) * interval '1 day',
               now() - random() * interval '40 days',
               case when k % 7 = 0 then now() - random() * interval '20 days' end, now(), gen_random_uuid()
          from generate_series(1, 600) k;
        insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, recorded_at, before, after, cause)
        select 'main', g, 'balance.changed', 'info', sim, at, at + interval '1 second',
               jsonb_build_object('balance', case when g % 11 > 0 then round((random() * 10)::numeric, g % 5)::text end),
               jsonb_build_object('balance', case when g % 13 > 0 then round((random() * 10)::numeric, g % 7)::text end), 'sweep'
          from generate_series(1, 6000) g,
       lateral (select (1 + floor(random() * 600 * random() + g * 0))::text as sim,
                       now() - (random() * 18 + g * 0) * interval '1 day' as at) drawn)");

    std::map<std::string, std::vector<BalanceChange>> changes;
    std::istringstream events(
        sql("select string_agg(concat_ws('|', sim, simsync.rfc3339(observed_at), "
            "coalesce(before ->> 'balance', ''), coalesce(after ->> 'balance', '')), E'\n') "
            "from simsync.change_event"));
    for (std::string line; std::getline(events, line);)
    {
        const auto field = fields_of(line);
        changes[*field[0]].push_back({at(*field[1]), as_money(field[2]), as_money(field[3])});
    }

    std::istringstream rows(
        sql("select string_agg(concat_ws('|', f.id, simsync.rfc3339(now()), coalesce(s.balance::text, ''), "
            "coalesce(s.tariff_type, ''), coalesce(s.is_blocked::text, ''), "
            "simsync.rfc3339(s.tariff_expires_at), "
            "simsync.rfc3339(greatest(s.first_seen_at, s.returned_at)), f.state, "
            "coalesce(f.spend_per_day::text, ''), "
            "coalesce(simsync.rfc3339(f.low_at), ''), coalesce(simsync.rfc3339(f.runs_out_at), ''), "
            "f.based_on_days), E'\n') "
            "from simsync.balance_forecast f join simsync.sim s using (account, id)"));
    std::map<std::string, int> told;
    for (std::string line; std::getline(rows, line);)
    {
        const auto field = fields_of(line);
        auto sim = test::sim(*field[0]);
        sim.balance = as_money(field[2]);
        sim.tariff_type = field[3];
        if (field[4])
            sim.is_blocked = *field[4] == "true";
        sim.tariff_expires_at = as_time(field[5]);
        const auto made = forecast(sim, at(*field[6]), changes[sim.id], Money::parse("5"), at(*field[1]));
        EXPECT_EQ(to_text(made.outlook), *field[7]) << line;
        EXPECT_EQ(made.spend_per_day, as_money(field[8])) << line;
        EXPECT_EQ(made.low_at, as_time(field[9])) << line;
        EXPECT_EQ(made.runs_out_at, as_time(field[10])) << line;
        EXPECT_EQ(std::to_string(made.based_on_days), *field[11]) << line;
        ++told[*field[7]];
    }
    for (const auto* outlook : {"none", "spent", "accumulating", "steady", "tariff_ends", "runs_out"})
        EXPECT_GE(told[outlook], 5) << outlook;
}

// Of a fleet of millions nobody waits for all of them to be judged.
TEST_F(AnalystsAsk, ForForecastsOfAFewAndTheseAloneAreJudged)
{
    const auto plan = sql("set enable_seqscan = off; set enable_bitmapscan = off; "
                          "explain (costs off, format json) select * from simsync.balance_forecast "
                          "where account = 'main' and id = any (array(select id from simsync.sim limit 2))");
    EXPECT_THAT(plan, HasSubstr("Aggregate"));
    const auto grouped = plan.substr(plan.find("Aggregate"));
    EXPECT_THAT(grouped.substr(0, grouped.find("change_event")), HasSubstr("id = ANY")) << plan;
}

// Finding one's way ----------------------------------------------------------------------------------

TEST_F(AnalystsAsk, AToolThatWalksTheTreeMeetsNoRefusal)
{
    history.begin_with("main", prepaid("1", "10"), day(100));
    history.see("main", prepaid("1", "9"), day(70));
    for (const auto* group : {"simsync_reader", "simsync_writer", "simsync_consumer"})
        EXPECT_EQ(
            sql(std::string("select coalesce(string_agg(relname, ' '), '') from pg_class where "
                            "relnamespace = 'simsync'::regnamespace and relispartition and relkind = 'r' and "
                            "not has_table_privilege('") +
                group + "', oid, 'select')"),
            "")
            << group;
    EXPECT_EQ(
        sql("select count(*) from pg_class where relnamespace = 'simsync'::regnamespace and relispartition "
            "and "
            "relkind = 'r' and has_table_privilege('simsync_writer', oid, 'insert, update, delete')"),
        "0");
}

TEST_F(AnalystsAsk, EachViewAnswersItsReaderAndNobodyElse)
{
    history.begin_with("main", prepaid("1", "10"), day(10));
    history.see("main", prepaid("1", "9"), day(5));
    const auto reader = Cluster::shared().as_member_of("simsync_reader", url);
    const auto consumer = Cluster::shared().as_member_of("simsync_consumer", url);
    for (const std::string view :
         {"balance_history", "spend", "daily_spend", "daily_spend('UTC', current_date - 9, current_date)",
          "tariff_past", "balance_forecast", "tariff_history", "number_history", "sim_absence", "last_event",
          "idle_sim", "sim_as_of(now(), 'main', '1')"})
    {
        run_sql(reader, "select count(*) from simsync." + view);
        EXPECT_THROW(run_sql(consumer, "select count(*) from simsync." + view), std::runtime_error) << view;
    }
    run_sql(consumer, "select count(*) from simsync.function");
    EXPECT_EQ(
        run_sql(
            reader, "select string_agg(distinct name, ' ' order by name) from simsync.function "
                    "where 'simsync_reader' = any (roles)"),
        "daily_spend event_id is_subscriber known_since match_condition partition_bounds replicated_span "
        "rfc3339 search_text seq_before sim_as_of undone");
    EXPECT_EQ(
        run_sql(
            reader, "select count(*) from simsync.function where result = 'trigger' or meaning is null or "
                    "strpos(meaning, E'\\n') > 0"),
        "0");
}

TEST_F(AnalystsAsk, WhatJoinsWhat)
{
    EXPECT_EQ(
        lines(
            "conrelid::regclass, confrelid::regclass",
            "pg_constraint where contype = 'f' and connamespace = 'simsync'::regnamespace"),
        "simsync.consumer/simsync.ledger\nsimsync.drift/simsync.ledger\nsimsync.numbering/simsync.ledger\n");
    EXPECT_THAT(
        error_of("insert into simsync.drift (account, field, since, left_out, error) "
                 "values ('nobody', 'imei', now(), true, '')"),
        HasSubstr("23503"));
    EXPECT_THAT(
        sql("select col_description('simsync.change_event'::regclass, attnum) from pg_attribute "
            "where attrelid = 'simsync.change_event'::regclass and attname = 'sim'"),
        HasSubstr("(account, id) of simsync.sim"));
}

// The planner may ask for the bounds of any table in the catalog, whatever it is partitioned by.
TEST_F(AnalystsAsk, BoundsOfOthersTablesAreNone)
{
    sql("create table public.by_number (n integer) partition by range (n); "
        "create table public.by_number_1 partition of public.by_number for values from (1) to (2)");
    EXPECT_EQ(
        sql("select count(*) from pg_class c cross join lateral simsync.partition_bounds(c.oid) b "
            "where b.since is not null"),
        sql("select count(*) from simsync.event_partition"));
}

} // namespace
} // namespace simsync::test
