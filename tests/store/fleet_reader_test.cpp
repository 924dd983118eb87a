// The console's session, its counts, one SIM's balances and an account's lists.
#include "simsync/store/reader.hpp"
#include "store/balances.hpp"
#include "store/csv.hpp"
#include "store/drawn_fleet.hpp"
#include "store/search_index.hpp"

#include <chrono>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class FleetReaderTest : public DrawnFleet
{
protected:
    std::int64_t number(const std::string& query) const { return std::stoll(sql(query)); }

    std::int64_t naive(const std::string& condition) const
    {
        return number("select count(*) from simsync.sim where account = 'main' and " + condition);
    }

    FleetReader reader{url};
};

TEST_F(FleetReaderTest, CountsAsListsCount)
{
    const auto overview = reader.overview();
    ASSERT_THAT(overview.counts, SizeIs(2));
    const auto& counts = overview.counts.at("main");
    const std::pair<std::int64_t, SimState> all[]{
        {counts.sims, SimState::all},          {counts.blocked, SimState::blocked},
        {counts.low, SimState::low},           {counts.depleted, SimState::spent},
        {counts.expired, SimState::ended},     {counts.expiring, SimState::ending},
        {counts.archived, SimState::archived}, {counts.imei_mismatched, SimState::wrong_device},
        {counts.removed, SimState::removed},   {counts.runs_out.value_or(-1), SimState::runs_out}};
    for (const auto& [count, state] : all)
    {
        SimQuestion question;
        question.account = "main";
        question.state = state;
        question.limit = 1000;
        EXPECT_GT(count, 0) << to_text(state);
        EXPECT_EQ(count, static_cast<std::int64_t>(reader.sims(question).items.size())) << to_text(state);
    }
    std::int64_t with_tariffs = 0;
    for (const auto& tariff : overview.tariffs)
        with_tariffs += tariff.account == "main" ? tariff.sims : 0;
    EXPECT_EQ(with_tariffs, counts.sims);
    EXPECT_EQ(overview.tariffs.front().account, "main");
    std::int64_t events = 0;
    for (const auto& hour : overview.hours)
        events += hour.info;
    EXPECT_EQ(
        events,
        number("select count(*) from simsync.change_event where recorded_at > now() - interval '24 hours'"));
}

TEST_F(FleetReaderTest, StatusCountsWhatStandsAsTheViewOfConditionsDoes)
{
    sql(R"(
        insert into simsync.condition (account, sim, condition, raised_at, deadline, ahead)
        select account, id, 'tariff.expiry', now(), case when id like '%5' then now() else tariff_expires_at end,
               case when id like '%7' or id like '%2' then interval '0' else interval '1 day' end
          from simsync.sim where tariff_expires_at is not null;
        update simsync.sim set tariff_expires_at = null where id like '%12')");
    for (const auto& status : Reader(url).status())
    {
        const auto standing = [&](const std::string& kind)
        {
            return number(
                "select count(*) from simsync.standing_condition where kind = '" + kind +
                "' and account = '" + status.account.account + "'");
        };
        EXPECT_GT(status.sims, 100);
        EXPECT_EQ(status.blocked, standing("sim.blocked"));
        EXPECT_EQ(status.low, standing("balance.low"));
        EXPECT_GT(status.expiring, 0);
        EXPECT_EQ(status.expiring, standing("tariff.expiring"));
        EXPECT_GT(status.expired, 0);
        EXPECT_EQ(status.expired, standing("tariff.expired"));
    }
}

TEST_F(FleetReaderTest, TellsTheLastCriticalEventsOfEachAccount)
{
    for (int i = 0; i < 7; ++i)
        append({event(Kind::balance_depleted, std::to_string(i)), event(Kind::sim_blocked, "1006")});
    const auto critical = reader.overview().last_critical;
    ASSERT_THAT(critical, SizeIs(5));
    EXPECT_EQ(critical.front().sim, "6");
    EXPECT_EQ(critical.back().sim, "2");
}

TEST_F(FleetReaderTest, TellsHowTheAccountsStand)
{
    SweepRecord sweep;
    sweep.id = 1;
    sweep.started_at = noon;
    sweep.finished_at = noon + 2s;
    sweep.outcome = Outcome::complete;
    mirror.transact(
        [&](Transaction& transaction)
        {
            transaction.record(sweep);
            transaction.hold_removals(std::vector<std::string>{"1006", "1008"}, 1);
        });
    const auto all = reader.accounts();
    ASSERT_THAT(all, SizeIs(2));
    const auto& main = all.front();
    EXPECT_EQ(main.account, "main");
    EXPECT_TRUE(main.fresh);
    EXPECT_EQ(main.last_complete_sweep_at, noon + 2s);
    EXPECT_GT(main.age_seconds.value_or(0), 0);
    EXPECT_TRUE(main.leader_pid.has_value());
    EXPECT_EQ(main.held_removals, 2);
    EXPECT_TRUE(main.held_since.has_value());
    EXPECT_EQ(main.balance_low, Money::parse("5"));
    EXPECT_THAT(main.last_sweeps, SizeIs(1));
    EXPECT_FALSE(all.back().fresh) << "it was never swept";
    EXPECT_THAT(reader.accounts("other"), SizeIs(1));
    EXPECT_THAT(reader.accounts("nobody"), IsEmpty());
}

TEST_F(FleetReaderTest, PagesThroughSweepsActionsAndHeldRemovals)
{
    sql(R"(
        insert into simsync.sweep (account, id, started_at, finished_at, outcome)
        select 'main', k, now(), now(), 'complete' from generate_series(1, 7) k;
        insert into simsync.action (account, sim, operation) select 'main', (1000 + k % 2)::text, 'block' from generate_series(1, 7) k;
        insert into simsync.held_removal (account, sim, sweep_id) select account, id, 1 from simsync.sim where account = 'main')");
    const auto first = reader.sweeps({"main", 3, {}});
    EXPECT_EQ(first.items.front().id, 7);
    EXPECT_EQ(first.next, 5);
    const auto last = reader.sweeps({"main", 4, 5});
    EXPECT_THAT(last.items, SizeIs(4));
    EXPECT_EQ(last.next, std::nullopt);
    EXPECT_THAT(reader.sweeps({"nobody", 4, {}}).items, IsEmpty());

    const auto actions = reader.actions({"main", "1001", 3, {}});
    EXPECT_THAT(actions.items, SizeIs(3));
    EXPECT_THAT(reader.actions({"main", "1001", 9, actions.next}).items, SizeIs(1));

    std::vector<std::string> held;
    RemovalQuestion question{"main", "", 40, {}};
    do
    {
        const auto page = reader.removals(question);
        for (const auto& each : page.items)
            held.push_back(each.sim);
        question.after = page.next;
    } while (question.after);
    EXPECT_EQ(held, column("select id from simsync.sim where account = 'main' order by id"));
    question.words = "KÄUFER & söhne #1";
    EXPECT_EQ(
        reader.removals(question).items.size(),
        static_cast<std::size_t>(naive("description ilike '%käufer & söhne #1%'")));
    question.words = "%";
    EXPECT_EQ(
        reader.removals(question).items.size(),
        static_cast<std::size_t>(0) +
            std::min<std::size_t>(40, static_cast<std::size_t>(naive("description like '%\\%%'"))));
}

// The steps -------------------------------------------------------------------------------------------------

TEST_F(FleetReaderTest, TellsABalancesStepsAndForecast)
{
    sql("insert into simsync.sim (account, id, balance, tariff_type, first_seen_at, changed_at, fingerprint) "
        "select 'main', "
        "'s', 4, 'PREPAID', now() - interval '10 days', now(), gen_random_uuid()");
    sql(R"(
        insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, recorded_at, before, after, cause)
        select 'main', last_seq + k, 'balance.changed', 'info', 's', now() - (10 - 2 * k) * interval '1 day', now() - (10 - 2 * k) * interval '1 day',
               jsonb_build_object('balance', (14 - 2 * (k - 1))::text), jsonb_build_object('balance', (14 - 2 * k)::text), 'sweep'
          from simsync.ledger, generate_series(1, 5) k where account = 'main')");
    const auto history = reader.balances({"main", "s", {}, {}, 100}).value();
    ASSERT_THAT(history.steps, SizeIs(6));
    EXPECT_EQ(history.steps.front().balance, Money::parse("14")) << "what it was when first seen";
    EXPECT_EQ(history.steps.back().balance, Money::parse("4"));
    EXPECT_FALSE(history.thinned);
    EXPECT_EQ(history.low_limit, Money::parse("5"));
    EXPECT_EQ(
        to_text(history.forecast.outlook), sql("select state from simsync.balance_forecast where id = 's'"));
    EXPECT_EQ(
        history.forecast.spend_per_day,
        Money::parse(sql("select spend_per_day from simsync.balance_forecast where id = 's'")));
    EXPECT_EQ(history.forecast.outlook, Outlook::runs_out);

    BalanceQuestion lately{"main", "s", history.now - 72h, history.now - 24h, 100};
    const auto part = reader.balances(lately).value().steps;
    ASSERT_THAT(part, SizeIs(2));
    EXPECT_EQ(part[0], (BalanceStep{*lately.from, Money::parse("8")}));
    EXPECT_EQ(part[1].balance, Money::parse("6"));
    lately.from = history.now - 1min;
    lately.to.reset();
    EXPECT_THAT(reader.balances(lately).value().steps, SizeIs(2));
    EXPECT_FALSE(reader.balances({"main", "nobody", {}, {}, 100}));
}

TEST(BalanceSteps, KeepTheirExtremesWhereTheyAreThinned)
{
    std::vector<BalanceStep> steps;
    for (int i = 0; i < 1000; ++i)
        steps.push_back(
            {noon + i * 1min, Money::parse(std::to_string(
                                  i == 500   ? -7
                                  : i == 501 ? 9000
                                             : i % 10))});
    EXPECT_EQ(thinned(steps, 1000), steps);
    const auto few = thinned(steps, 40);
    EXPECT_LE(few.size(), 40U);
    EXPECT_GE(few.size(), 20U);
    EXPECT_EQ(few.front(), steps.front());
    EXPECT_EQ(few.back(), steps.back());
    EXPECT_THAT(few, testing::Contains(steps[500]));
    EXPECT_THAT(few, testing::Contains(steps[501]));
    EXPECT_TRUE(std::ranges::is_sorted(few, {}, &BalanceStep::at));
    const std::vector<BalanceStep> at_once(50, BalanceStep{noon, std::nullopt});
    EXPECT_LE(thinned(at_once, 4).size(), 4U);
}

// The session -----------------------------------------------------------------------------------------------

// Whatever it may be asked.
void ask_everything(FleetReader& reader)
{
    reader.overview();
    reader.accounts();
    SimQuestion question;
    question.state = SimState::runs_out;
    question.words = "käufer";
    question.sort = SimSort::balance;
    reader.sims(question);
    reader.sim("main", "1");
    reader.balances({"main", "1", {}, {}, 100});
    reader.events({}, 10);
    EventQuestion rare;
    rare.severities = {Severity::critical};
    rare.since = noon;
    reader.events(rare, 10);
    reader.events_after({}, 10);
    reader.sweeps({"main", 3, {}});
    reader.actions({"main", {}, 3, {}});
    reader.removals({"main", "x", 3, {}});
    reader.streams();
    reader.ping();
    EXPECT_THAT(reader.dictionary().relations, testing::Not(IsEmpty()));
    EXPECT_GE(reader.schema().version, 18);
}

TEST_F(FleetReaderTest, NeedsNoMoreThanToRead)
{
    const auto analyst = Cluster::shared().as_member_of("simsync_reader", url);
    FleetReader of_an_analyst(analyst);
    ask_everything(of_an_analyst);
    EXPECT_TRUE(CsvExport(analyst, SimQuestion{}).next());
    EXPECT_TRUE(CsvExport(analyst, EventQuestion{}).next());
}

TEST_F(FleetReaderTest, IsCutShortWithAnErrorOfItsOwnAndGoesOn)
{
    FleetReader hasty(url, 300ms);
    sql("create function simsync.slow() returns text language sql volatile as $$ select pg_sleep(5)::text "
        "$$; alter table "
        "simsync.sim rename to sim_itself; create view simsync.sim as select * from simsync.sim_itself where "
        "simsync.slow() = ''");
    SimQuestion question;
    question.words = "käufer";
    try
    {
        hasty.sims(question);
        ADD_FAILURE() << "it had no patience for that";
    }
    catch (const StatementTimeout& timeout)
    {
        EXPECT_THAT(timeout.what(), HasSubstr("longer than 300 ms"));
        EXPECT_THAT(timeout.hint(), HasSubstr("simsync migrate --search"));
    }
    hasty.ping();
    sql("drop view simsync.sim; alter table simsync.sim_itself rename to sim");
    EXPECT_THAT(hasty.sims({}).items, SizeIs(50));
}

TEST_F(FleetReaderTest, TellsADatabaseThatIsAwayFromOneThatIsSlow)
{
    sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'simsync console' "
        "and datname = current_database()");
    EXPECT_THROW(reader.ping(), DatabaseUnavailable);
    EXPECT_THROW(reader.sims({}), DatabaseUnavailable);
}

// Where nothing can be written.
TEST(FleetReaderOnAStandby, ReadsAllAndTellsThatItIsOne)
{
    Cluster primary;
    const auto url = primary.mirror_database();
    PostgresMirror mirror(url, "main");
    ASSERT_TRUE(mirror.try_lead("https://api.example"));
    mirror.transact([](Transaction& transaction) { transaction.insert(rows_of({to_write(sim("1"))})); });
    Cluster standby(Cluster::StandbyOf{primary});
    FleetReader reader(standby.here(url));
    EXPECT_TRUE(reader.schema().standby);
    EXPECT_THAT(reader.sims({}).items, SizeIs(1));
    EXPECT_EQ(reader.overview().counts.at("main").sims, 1);
    EXPECT_TRUE(reader.accounts().at(0).leader_pid.has_value()) << "the last that is known";
    ask_everything(reader);
    reader.wait(1ms);
}

} // namespace
} // namespace simsync::test
