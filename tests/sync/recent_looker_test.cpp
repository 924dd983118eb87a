// Looks between sweeps: what they write, and what they leave to the sweeps.
#include "sync/recent_looker.hpp"

#include "sync/mirroring.hpp"

namespace simsync
{
namespace
{

using namespace std::chrono_literals;
using simulator::Decimal;
using simulator::Instant;
using simulator::Simcard;
using test::Mirroring;
using testing::HasSubstr;
using testing::Not;

simulator::ServerOptions fleet_of(std::size_t sims)
{
    simulator::ServerOptions options;
    options.sims = sims;
    return options;
}

Instant now()
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// A mirror that has its baseline, and a looker beside it.
class Looking : public Mirroring
{
public:
    explicit Looking(simulator::ServerOptions options = fleet_of(500), RecentPlan plan = {})
        : Mirroring(std::move(options)),
          plan_(plan)
    {
    }

    LookReport look()
    {
        if (!looker_)
            looker_.emplace(
                io().get_executor(), client(), mirror(),
                RecentOptions{.interval = 1ms, .plan = plan_, .scope = options().scope});
        return test::run(io(), looker_->look());
    }

    RecentLooker& looker() { return *looker_; }

    std::string id_at(std::size_t position)
    {
        std::string id;
        server().with_fleet([&](simulator::Fleet& fleet) { id = fleet.at(position).id; });
        return id;
    }

    void change(std::size_t position, const std::function<void(Simcard&)>& how)
    {
        const auto id = id_at(position);
        server().with_fleet([&](simulator::Fleet& fleet) { fleet.update(id, how); });
    }

    // As if it had just made a call that cost so much.
    void spend(std::size_t position, const char* left, Instant when = now())
    {
        change(
            position,
            [&](Simcard& sim)
            {
                sim.balance = Decimal::parse(left);
                sim.latest_activity = when;
            });
    }

    std::string balance_at(std::size_t position)
    {
        return sql(
            "select coalesce(balance::text, 'null') from simsync.sim where id = '" + id_at(position) + "'");
    }

    // What one answer of the API shows of a SIM.
    ObservedSim observed(std::size_t position)
    {
        auto page = test::run(io(), client().simcard(id_at(position)));
        return page->items.at(0);
    }

    LookResult commit(std::vector<ObservedSim> rows)
    {
        return test::run(io(), mirror().commit_look(std::move(rows)));
    }

private:
    RecentPlan plan_;
    std::optional<RecentLooker> looker_;
};

TEST(RecentLooker, TellsWhatMovedWithoutASweep)
{
    Looking looking;
    looking.spend(7, "20");
    looking.sweep();
    looking.look();
    const auto before = looking.sql("select last_seq from simsync.account");
    looking.spend(7, "4.10");
    const auto report = looking.look();
    EXPECT_EQ(report.changed, 1);
    EXPECT_EQ(total(report.events), 2);
    EXPECT_EQ(
        looking.sql(
            "select string_agg(kind || ' ' || cause || ' ' || coalesce(sweep_id::text, '-'), ',' order by "
            "seq) "
            "from simsync.change_event where seq > " +
            before),
        "balance.changed sweep -,balance.low sweep -");
    EXPECT_EQ(looking.balance_at(7), "4.1");
    EXPECT_EQ(looking.sql("select count(*) from simsync.sweep"), "1");

    const auto events = looking.emitted();
    EXPECT_EQ(looking.look().changed, 0);
    const auto swept = looking.sweep();
    EXPECT_EQ(swept.record.changed, 0) << "it was known";
    EXPECT_EQ(swept.record.found_by_looks, 1);
    EXPECT_EQ(swept.record.outcome, Outcome::complete);
    EXPECT_EQ(looking.emitted(), events);
}

TEST(RecentLooker, CostsOneRequestAndNoWriteWhereNothingMoved)
{
    Looking looking;
    looking.sweep();
    looking.look();
    const auto ledger = looking.sql("select xmin::text || ctid::text from simsync.ledger");
    EXPECT_EQ(looking.look().requests, 1);
    EXPECT_EQ(looking.sql("select xmin::text || ctid::text from simsync.ledger"), ledger);
}

TEST(RecentLooker, GoesOnWhileWhatComesIsNews)
{
    Looking looking{fleet_of(500), {.rows = 20, .most_pages = 10}};
    looking.sweep();
    looking.look();
    for (std::size_t position = 0; position < 90; ++position)
        looking.spend(position, "77.25");
    const auto report = looking.look();
    EXPECT_EQ(report.changed, 90);
    EXPECT_EQ(report.requests, 5);
}

// Devices whose clocks are ahead, or a time zone taken for another: as many as a look reads hid all others.
TEST(RecentLooker, TellsWhatMovesBelowSimsThatAreActiveInTheFuture)
{
    Looking looking{fleet_of(500), {.rows = 10, .most_pages = 3}};
    for (std::size_t position = 100; position < 140; ++position)
        looking.spend(position, "9", now() + 24h);
    looking.sweep();
    looking.look();
    looking.spend(7, "4.10");
    EXPECT_EQ(looking.look().changed, 1);
    EXPECT_EQ(looking.balance_at(7), "4.1");
    EXPECT_EQ(looking.look().requests, 2);
    looking.spend(100, "8", now() + 25h);
    EXPECT_EQ(looking.look().changed, 1) << "they are told of as well";
}

TEST(RecentLooker, LeavesToTheSweepsWhatDoesNotMoveTheActivity)
{
    Looking looking;
    looking.spend(7, "20");
    looking.sweep();
    looking.change(7, [](Simcard& sim) { sim.balance = Decimal::parse("19"); });
    EXPECT_EQ(looking.look().changed, 0);
    EXPECT_EQ(looking.balance_at(7), "20");
    EXPECT_EQ(looking.sweep().record.changed, 1);
    EXPECT_EQ(looking.balance_at(7), "19");
}

TEST(RecentLooker, NeitherAddsNorRemovesAnybody)
{
    Looking looking;
    looking.sweep();
    const auto gone = looking.id_at(3);
    looking.server().with_fleet(
        [&](simulator::Fleet& fleet)
        {
            Simcard sim = fleet.at(7);
            sim.id += "5";
            sim.latest_activity = now();
            fleet.add(std::move(sim));
            fleet.remove(gone);
        });
    EXPECT_EQ(looking.look().changed, 0);
    EXPECT_EQ(looking.sql("select count(*) from simsync.sim where removed_at is null"), "500");
    const auto swept = looking.sweep();
    EXPECT_EQ(swept.record.added, 1);
    EXPECT_EQ(swept.record.removed, 1);
}

TEST(RecentLooker, BringsNobodyBackWhoseRemovalAnAnswerHasNotHeardOf)
{
    Looking looking;
    looking.sweep();
    looking.spend(3, "1.5");
    const auto stale = looking.observed(3);
    const auto gone = looking.id_at(3);
    looking.server().with_fleet([&](simulator::Fleet& fleet) { fleet.remove(gone); });
    EXPECT_EQ(looking.sweep().record.removed, 1);
    EXPECT_EQ(looking.commit({stale}).written.changed, 0);
    EXPECT_THAT(looking.emitted(), Not(HasSubstr("sim.restored")));
}

TEST(RecentLooker, AsksNothingBeforeTheBaseline)
{
    Looking looking;
    looking.lead();
    EXPECT_EQ(looking.look().requests, 0);
    looking.sweep();
    EXPECT_EQ(looking.look().requests, 1);
}

TEST(RecentLooker, AsksForTheScopeAlone)
{
    Looking looking;
    looking.options().scope = {{"profile", Comparator::eq, std::string("S1"), Joint::all}};
    looking.mirror_options().scope_text = "profile S1";
    looking.change(7, [](Simcard& sim) { sim.profile = "S1"; });
    looking.change(8, [](Simcard& sim) { sim.profile = "S2"; });
    looking.sweep();
    looking.spend(7, "1.25");
    looking.spend(8, "1.25");
    EXPECT_EQ(looking.look().changed, 1);
    EXPECT_EQ(looking.balance_at(7), "1.25");
}

// As a replica that lags shows it, whatever was read of the SIM meanwhile.
TEST(RecentLooker, BelievesNoRowThatIsOlderThanWhatIsStored)
{
    Looking looking;
    looking.sweep();
    const auto then = now();
    looking.spend(7, "30", then);
    const auto older = looking.observed(7);
    looking.spend(7, "20", then + 1ms);
    EXPECT_EQ(looking.look().changed, 1);
    const auto events = looking.emitted();
    EXPECT_EQ(looking.commit({older}).written.changed, 0);
    EXPECT_EQ(looking.balance_at(7), "20");
    EXPECT_EQ(looking.emitted(), events);
    EXPECT_EQ(looking.sweep().record.changed, 0) << "what is known is what is stored";
}

TEST(RecentLooker, BelievesNoRowOfASimThatAPageShowedMeanwhile)
{
    Looking looking;
    looking.sweep();
    looking.spend(7, "20");
    const auto row = looking.observed(7);
    looking.mirror().begin_look();
    Page page;
    page.items = {row};
    looking.mirror().note_readings(page);
    EXPECT_EQ(looking.commit({row}).written.changed, 0);
    EXPECT_EQ(looking.commit({row}).written.changed, 1) << "the next look may";
}

TEST(RecentLooker, LeavesASimInAnActionAlone)
{
    Looking looking;
    looking.sweep();
    looking.spend(7, "20");
    looking.mirror().begin_action(looking.id_at(7));
    EXPECT_EQ(looking.look().changed, 0);
}

// An API that refuses some questions.
class Refusing final : public Source
{
public:
    explicit Refusing(Source& source) : source_(source) {}

    boost::asio::awaitable<Answer<Page>> simcards(ListQuery query, const Fleet* known) override
    {
        if (refuses(query))
            co_return Failure{.kind = FailureKind::graphql_errors, .what = "no"};
        co_return co_await source_.simcards(std::move(query), known);
    }
    boost::asio::awaitable<Answer<Page>> simcard(std::string id) override
    {
        return source_.simcard(std::move(id));
    }
    std::vector<std::string> select_all_but(const std::vector<std::string>& fields) override
    {
        return source_.select_all_but(fields);
    }

    std::function<bool(const ListQuery&)> refuses = [](const ListQuery&) { return true; };

private:
    Source& source_;
};

TEST(RecentLooker, AnApiThatRefusesTheQuestionIsNotAskedAgainForAWhile)
{
    Looking looking{fleet_of(50)};
    looking.sweep();
    const auto events = looking.emitted();
    Refusing refusing{looking.client()};
    RecentLooker looker{looking.io().get_executor(), refusing, looking.mirror(), {}};
    const auto look = [&] { return test::run(looking.io(), looker.look()); };
    for (int looks = 0; looks < 20; ++looks)
        EXPECT_FALSE(look().impossible) << "it answers nothing at all";
    refusing.refuses = [](const ListQuery& query)
    { return !query.filter.empty() || query.sort.front().field != "id"; };
    for (int looks = 0; looks < 8; ++looks)
        EXPECT_FALSE(look().impossible) << looks;
    EXPECT_TRUE(look().impossible);
    EXPECT_EQ(looking.emitted(), events);
}

TEST(RecentLooker, WaitsAsLongAsAnApiWithALimitAskedForAndNoLonger)
{
    const Failure limited{.kind = FailureKind::throttled, .what = "429", .retry_after = 1s};
    const Failure unnamed{.kind = FailureKind::throttled, .what = "429"};
    const Failure away{.kind = FailureKind::server_error, .what = "503", .retry_after = 1s};
    EXPECT_EQ(pause_after(limited, 9, 0.9), 1s);
    EXPECT_GT(pause_after(unnamed, 9, 0.9), 30s);
    EXPECT_GT(pause_after(away, 9, 0.9), 30s);
    EXPECT_EQ(pause_after(away, 1, 0.0), 1s) << "never before that";
}

TEST(RecentLooker, IsTakenSeldomOnceItFindsLittleUnlessItWasToldHowOften)
{
    Looking looking;
    looking.sweep();
    for (const bool automatic : {true, false})
    {
        RecentOptions options{.interval = 1s};
        if (automatic)
            options.automatic = {.sweep_interval = 60s, .page_size = 10};
        RecentLooker looker{looking.io().get_executor(), looking.client(), looking.mirror(), options};
        SweepRecord swept;
        swept.outcome = Outcome::complete;
        swept.changed = 7;
        for (int sweeps = 0; sweeps < 10; ++sweeps)
        {
            EXPECT_FALSE(looker.seldom());
            looker.sweep_ended(swept);
        }
        EXPECT_EQ(looker.seldom(), automatic);
        swept.found_by_looks = 50;
        looker.sweep_ended(swept);
        EXPECT_FALSE(looker.seldom());
    }
}

TEST(RecentLooker, RunsUntilItIsTold)
{
    Looking looking;
    looking.sweep();
    looking.look();
    looking.spend(7, "2.75");
    auto running = boost::asio::co_spawn(looking.io(), looking.looker().run(), boost::asio::use_future);
    std::jthread until_told{[&] { looking.io().restart(), looking.io().run(); }};
    while (looking.balance_at(7) != "2.75")
        std::this_thread::yield();
    boost::asio::post(looking.io(), [&] { looking.looker().stop(); });
    running.get();
}

} // namespace
} // namespace simsync
