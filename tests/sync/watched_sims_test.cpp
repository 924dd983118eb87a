// SIMs that are watched: asked for by their ids between sweeps, whatever their activity says.
#include "sync/watched_sims.hpp"

#include "sync/mirroring.hpp"

namespace simsync
{
namespace
{

using namespace std::chrono_literals;
using simulator::Decimal;
using simulator::Simcard;
using test::Mirroring;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// Keeps what was asked, and may refuse it, or show older states.
class Recording final : public Source
{
public:
    explicit Recording(Source& source) : source_(source) {}

    boost::asio::awaitable<Answer<Page>> simcards(ListQuery query, const Fleet* known) override
    {
        queries.push_back(query);
        const bool by_id = !query.filter.empty() && query.filter.front().comparator == Comparator::in;
        if (is_away || (refuses && by_id))
            co_return Failure{.kind = FailureKind::graphql_errors, .what = "no IN here"};
        if (ignores_filters)
            query.filter.clear();
        auto page = co_await source_.simcards(std::move(query), known);
        if (page && stale)
            for (auto& item : page->items)
                if (item.sim.id == stale->sim.id)
                    item = *stale;
        co_return page;
    }
    boost::asio::awaitable<Answer<Page>> simcard(std::string id) override
    {
        return source_.simcard(std::move(id));
    }
    std::vector<std::string> select_all_but(const std::vector<std::string>& fields) override
    {
        return source_.select_all_but(fields);
    }

    std::vector<ListQuery> queries;
    bool refuses = false; // `id IN`
    bool is_away = false; // refuses whatever it is asked
    bool ignores_filters = false;
    std::optional<ObservedSim> stale; // what a replica that lags shows

private:
    Source& source_;
};

class Watching : public Mirroring
{
public:
    Watching() : Mirroring(fleet_of(50))
    {
        options().scope = {};
        sweep();
        source_.emplace(client());
        watched_.emplace(
            *source_, mirror(), std::vector<Filter>{}, WatchOptions{.now = [this] { return now_; }});
    }

    WatchedSims& watched() { return *watched_; }
    Recording& source() { return *source_; }

    // Two seconds after the last.
    LookReport look()
    {
        now_ += 2s;
        LookReport report;
        test::run(io(), watched_->look(report));
        return report;
    }

    std::string id_at(std::size_t position)
    {
        std::string id;
        server().with_fleet([&](simulator::Fleet& fleet) { id = fleet.at(position).id; });
        return id;
    }
    void describe(std::size_t position, const std::string& text)
    {
        const auto id = id_at(position);
        server().with_fleet([&](simulator::Fleet& fleet)
                            { fleet.update(id, [&](Simcard& sim) { sim.description = text; }); });
    }
    std::string description_at(std::size_t position)
    {
        return sql(
            "select coalesce(description, 'null') from simsync.sim where id = '" + id_at(position) + "'");
    }
    ObservedSim observed(std::size_t position)
    {
        auto page = test::run(io(), client().simcard(id_at(position)));
        return page->items.at(0);
    }

private:
    static simulator::ServerOptions fleet_of(std::size_t sims)
    {
        simulator::ServerOptions options;
        options.sims = sims;
        return options;
    }

    std::optional<Recording> source_;
    std::optional<WatchedSims> watched_;
    WatchList::Time now_{1h};
};

TEST(WatchedSims, AsksNothingWhereNobodyIsWatched)
{
    Watching watching;
    EXPECT_EQ(watching.look().requests, 0);
    EXPECT_THAT(watching.source().queries, IsEmpty());
}

TEST(WatchedSims, TellsWhatChangesWithoutMovingTheActivityOnceItIsShownTwice)
{
    Watching watching;
    watching.watched().watch(watching.id_at(7), WatchReason::person);
    watching.describe(7, "lift 7");
    const auto events = watching.emitted();
    EXPECT_EQ(watching.look().watched_changed, 0);
    EXPECT_EQ(watching.emitted(), events);
    const auto report = watching.look();
    EXPECT_EQ(report.watched_changed, 1);
    EXPECT_EQ(report.changed, 0);
    EXPECT_EQ(watching.emitted(), events + " attributes.changed");
    EXPECT_EQ(watching.description_at(7), "lift 7");
    EXPECT_EQ(watching.look().watched_changed, 0);
    const auto swept = watching.sweep();
    EXPECT_EQ(swept.record.changed, 0);
    EXPECT_EQ(swept.record.found_by_looks, 0) << "it says nothing of what recent looks are worth";
}

TEST(WatchedSims, AsksForThoseThatAreWatchedInOneQuestionBeforeSweepsAndBehindActions)
{
    Watching watching;
    watching.watched().watch(watching.id_at(7), WatchReason::person);
    watching.watched().watch(watching.id_at(3), WatchReason::action);
    watching.watched().watch("unheard of", WatchReason::person);
    EXPECT_EQ(watching.look().requests, 1);
    ASSERT_THAT(watching.source().queries, SizeIs(1));
    const auto& query = watching.source().queries.front();
    EXPECT_EQ(query.urgency, Urgency::watched);
    EXPECT_EQ(query.limit, 2U);
    ASSERT_THAT(query.filter, SizeIs(1));
    EXPECT_EQ(query.filter[0].comparator, Comparator::in);
    EXPECT_THAT(
        std::get<std::vector<std::string>>(query.filter[0].value),
        ElementsAre(watching.id_at(3), watching.id_at(7)));
}

TEST(WatchedSims, ConcludesNothingFromAbsence)
{
    Watching watching;
    const auto gone = watching.id_at(7);
    watching.watched().watch(gone, WatchReason::person);
    watching.server().with_fleet([&](simulator::Fleet& fleet) { fleet.remove(gone); });
    const auto events = watching.emitted();
    for (int looks = 0; looks < 2; ++looks)
        EXPECT_EQ(watching.look().watched_changed, 0);
    EXPECT_EQ(watching.emitted(), events);
}

// A sweep read what somebody had changed, then the SIM was watched: a replica still shows what was before.
TEST(WatchedSims, NeverTakesBackWhatChangedAMomentBefore)
{
    Watching watching;
    const auto before = watching.observed(7);
    watching.describe(7, "new");
    ASSERT_EQ(watching.sweep().record.changed, 1);
    watching.watched().watch(watching.id_at(7), WatchReason::person);
    watching.source().stale = before;
    for (int looks = 0; looks < 3; ++looks)
        EXPECT_EQ(watching.look().watched_changed, 0);
    EXPECT_EQ(watching.description_at(7), "new");
}

// An action was confirmed; a replica still shows what was before.
TEST(WatchedSims, NeverTakesAnActionBack)
{
    Watching watching;
    const auto before = watching.observed(7);
    watching.watched().expect_action(watching.id_at(7));
    watching.mirror().begin_action(watching.id_at(7));
    watching.describe(7, "done");
    ActionRecord action;
    action.sim = watching.id_at(7);
    test::run(
        watching.io(),
        watching.mirror().finish_action(action, {ActionState::confirmed, {}}, watching.observed(7)));
    watching.watched().watch(watching.id_at(7), WatchReason::action);
    ASSERT_EQ(watching.description_at(7), "done");
    watching.source().stale = before;
    for (int looks = 0; looks < 3; ++looks)
        EXPECT_EQ(watching.look().watched_changed, 0);
    EXPECT_EQ(watching.description_at(7), "done");
}

TEST(WatchedSims, AnApiThatDoesNotTakeTheQuestionIsNotAskedForAWhile)
{
    for (const bool refuses : {true, false})
    {
        Watching watching;
        watching.watched().watch(watching.id_at(7), WatchReason::person);
        watching.source().refuses = refuses;
        watching.source().ignores_filters = !refuses;
        watching.describe(3, "not watched");
        for (int looks = 0; looks < 3; ++looks)
            EXPECT_EQ(watching.look().failure.has_value(), refuses);
        EXPECT_EQ(watching.look().requests, 0);
        EXPECT_NE(watching.description_at(3), "not watched") << "nobody asked for it";
    }
}

// A deployment, say: 503 for ten seconds cost those that are watched an hour.
TEST(WatchedSims, AnApiThatRefusesEverythingForAWhileIsAskedAgainAtOnce)
{
    Watching watching;
    watching.watched().watch(watching.id_at(7), WatchReason::person);
    watching.source().is_away = true;
    for (int looks = 0; looks < 10; ++looks)
        EXPECT_TRUE(watching.look().failure);
    watching.source().is_away = false;
    EXPECT_EQ(watching.look().requests, 1);
}

TEST(WatchedSims, WatchesADeadlineThatPasses)
{
    Watching watching;
    const auto soon = [](std::chrono::seconds span)
    { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now() + span); };
    watching.server().with_fleet(
        [&](simulator::Fleet& fleet)
        {
            for (std::size_t position = 0; position < fleet.size(); ++position)
                fleet.update(
                    std::string{fleet.at(position).id},
                    [&](Simcard& sim) {
                        sim.tariff_expires_at = soon(position == 7 ? 10s : position == 8 ? 60s : 86'400s);
                    });
        });
    watching.sweep();
    EXPECT_EQ(watching.look().requests, 1);
    EXPECT_THAT(
        std::get<std::vector<std::string>>(watching.source().queries.front().filter[0].value),
        ElementsAre(watching.id_at(7)));
}

} // namespace
} // namespace simsync
