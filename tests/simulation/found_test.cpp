// What the simulation has found, each as small as it can be; the seed that showed it first is named.
#include "simulation/mirror.hpp"
#include "simulation/run.hpp"
#include "sync/sweeper.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>

namespace simsync::simulation
{
namespace
{

using testing::HasSubstr;

// Answers every question of the list with the next page, in the end always with the last; by id with that
// one.
class Reciting final : public Source
{
public:
    explicit Reciting(std::vector<Page> pages) : pages_(std::move(pages)) {}

    boost::asio::awaitable<Answer<Page>> simcards(ListQuery /*query*/, const Fleet* /*known*/) override
    {
        co_return pages_.at(std::min(asked_++, pages_.size() - 1));
    }
    boost::asio::awaitable<Answer<Page>> simcard(std::string /*id*/) override { co_return pages_.back(); }
    std::vector<std::string> select_all_but(const std::vector<std::string>& fields) override
    {
        return fields;
    }

private:
    std::vector<Page> pages_;
    std::size_t asked_ = 0;
};

Page page_of(const std::vector<std::string>& ids)
{
    Page page;
    for (const auto& id : ids)
        page.items.emplace_back().sim.id = id;
    page.rows = ids.size();
    return page;
}

// A sweeper between such an API and a database that may fail.
class Sweeping
{
public:
    Sweeping(std::vector<Page> pages, SweepPlan plan) : source_(std::move(pages))
    {
        database.clock = [] { return Timestamp{}; };
        AccountMirrorOptions mirror_options;
        mirror_options.account = "main";
        account.emplace(database_thread_, mirror_options);
        SweeperOptions options;
        options.plan = plan;
        sweeper.emplace(source_, *account, options);
        run(io_, lead());
    }

    SweepReport sweep() { return run(io_, sweeper->run_once()); }
    void hold(const std::string& id) { run(io_, insert(id)); }
    // A sweep and, so many turns after its begin, somebody who tells that the account is degraded.
    void sweep_and_degrade(int turns)
    {
        boost::asio::co_spawn(io_, degrade(turns), boost::asio::detached);
        run(io_, sweeper->run_once());
    }

    Database database{0, Chance{1}, findings_};
    std::optional<AccountMirror> account;
    std::optional<Sweeper> sweeper;

private:
    boost::asio::awaitable<bool> lead()
    {
        co_await database_thread_.connect("", "main");
        co_await database_thread_([](Mirror& mirror) { return mirror.try_lead("http://simulated"); });
        co_await sweeper->load();
        co_return true;
    }

    boost::asio::awaitable<void> degrade(int turns)
    {
        for (int i = 0; i < turns; ++i)
            co_await boost::asio::post(boost::asio::use_awaitable);
        co_await account->emit_degraded({{"error", std::string("stale")}});
    }

    boost::asio::awaitable<bool> insert(std::string id)
    {
        ObservedSim seen;
        seen.sim.id = std::move(id);
        const SimToWrite row{seen, {}, {}};
        co_await database_thread_.transact(
            [&row](Transaction& transaction) {
                transaction.insert({&row, 1});
            });
        co_await sweeper->load();
        co_return true;
    }

    Findings findings_;
    Reciting source_;
    boost::asio::io_context io_{1};
    DatabaseThread database_thread_{
        io_.get_executor(), [this](const auto&, const auto&) { return database.connect(); }};
};

// Seed 995: the walk is given up where the next question would be one too many. With one question at a time
// nobody was left to wake who asked for it, and the sweep hung for ever.
TEST(Found, AListWithoutEndDoesNotHoldUpTheSweep)
{
    Sweeping sweeping({page_of({"1", "2", "3", "4"})}, {.page_size = 4, .in_flight = 1, .overlap = 3});
    const auto report = sweeping.sweep();
    EXPECT_EQ(report.record.outcome, Outcome::incomplete);
    EXPECT_THAT(report.record.error.value_or(""), HasSubstr("faster"));
}

// No seed: seen by the address sanitizer. The daemon tells a sweeper to stop after its database has failed;
// what it had under way then was gone.
TEST(Found, ASweeperWhoseDatabaseFailedCanBeToldToStop)
{
    Sweeping sweeping({page_of({"1"})}, {});
    sweeping.database.crash_at(sweeping.database.boundaries() + 3);
    EXPECT_THROW(sweeping.sweep(), DatabaseUnavailable);
    sweeping.sweeper->stop();
}

// Seed 119155: before the baseline no guard looked, and where the list was empty and simcard(id) knew
// nothing, every row went without a word.
TEST(Found, AnEmptyListRemovesNothingBeforeTheBaselineEither)
{
    Sweeping sweeping({page_of({})}, {});
    sweeping.hold("1");
    EXPECT_EQ(sweeping.sweep().held, 1);
    EXPECT_FALSE(sweeping.database.tables().sims.at("1").removed_at);
}

// Seed 1631: a page that had been asked for before the API forgot a field came after one without that field,
// and the SIMs of the latter were taken for SIMs that had lost their description.
TEST(Found, ALatePageDoesNotSpeakForThoseThatLackAField)
{
    auto whole = page_of({"10", "20"});
    whole.items[0].sim.description = "on the shelf";
    whole.items[0].fingerprint = {1, 1};
    auto poorer = page_of({"10", "20"});
    poorer.left_out = {"description"};
    mark_left_out(poorer);
    const auto end = page_of({"20"});
    Sweeping sweeping({whole, end, end, poorer, end, end}, {.page_size = 5, .in_flight = 1, .overlap = 1});
    EXPECT_EQ(sweeping.sweep().record.outcome, Outcome::complete);
    EXPECT_EQ(sweeping.sweep().record.outcome, Outcome::complete);
    EXPECT_EQ(sweeping.database.tables().sims.at("10").observed.sim.description, "on the shelf");
}

// Seed 73: simcard(id) answered with two items of the same SIM, which differed. Both were to be written in
// one statement, and no transaction of the account went well any more.
TEST(Found, AnAnswerThatContradictsItselfDecidesNothing)
{
    auto page = page_of({"10", "10", "20", "30"});
    page.items[0].fingerprint = {1, 1};
    page.items[1].fingerprint = {2, 2};
    auto again = page_of({"10", "10"});
    again.items[0].fingerprint = {3, 3};
    again.items[1].fingerprint = {4, 4};
    Sweeping sweeping({page, again}, {.page_size = 3, .in_flight = 1, .overlap = 1});
    EXPECT_EQ(sweeping.sweep().record.outcome, Outcome::complete);
}

// Seed 3332: the account was told to be degraded while the sweep that ended it was being written. Memory and
// ledger then disagreed, and it was told again.
TEST(Found, ASweepResolvesTheDegradationThatCameBeforeItsEnd)
{
    for (int turns = 0; turns < 100; ++turns)
    {
        Sweeping sweeping(
            {page_of({"10", "20"}), page_of({"20"})}, {.page_size = 3, .in_flight = 1, .overlap = 1});
        sweeping.sweep_and_degrade(turns);
        bool degraded = false;
        for (const auto& event : sweeping.database.tables().events)
            if (event.kind == Kind::account_degraded || event.kind == Kind::account_recovered)
                degraded = event.kind == Kind::account_degraded;
        EXPECT_EQ(sweeping.database.tables().ledger->degraded, degraded) << turns;
        EXPECT_EQ(sweeping.account->ledger().degraded, degraded) << turns;
    }
}

// Asks the next question of a walk and answers it; whether it was asked from there.
bool answer(Sweep& sweep, std::uint64_t offset, const std::vector<std::string>& ids)
{
    const auto request = sweep.next();
    if (!request || request->offset != offset)
        return false;
    sweep.accept(*request, page_of(ids));
    return true;
}

// Seed 3: the last page that had joined was not the chain's edge, and rows that the chain has behind it
// passed for rows from before it. An API that sorts was said not to.
TEST(Found, APageFromFurtherBackIsNoDisorder)
{
    Fleet fleet;
    Sweep sweep(fleet, 1, {.page_size = 4, .in_flight = 1, .overlap = 3});
    EXPECT_TRUE(answer(sweep, 0, {"10", "20", "30", "40"}));
    EXPECT_TRUE(answer(sweep, 1, {"20", "30", "40", "50"}));
    EXPECT_TRUE(answer(sweep, 2, {"15", "20", "30", "40"})); // two came in before
    for (std::uint64_t offset = 3; offset < 8; ++offset)
        EXPECT_TRUE(answer(sweep, offset, {"20", "30", "40", "50"})); // and more
    EXPECT_FALSE(sweep.finished());
}

// Seed 5: a row that came twice made one page look larger than the API's pages are. From then on each page
// looked cut short, and two of them in a row that brought nothing new passed for the end.
TEST(Found, ARowThatComesTwiceDoesNotBringTheEndNearer)
{
    Fleet fleet;
    Sweep sweep(fleet, 1, {.page_size = 4, .in_flight = 1, .overlap = 3});
    EXPECT_TRUE(answer(sweep, 0, {"10", "20", "20", "30", "40"}));
    EXPECT_TRUE(answer(sweep, 2, {"10", "20", "30", "40"})); // two came in before
    EXPECT_TRUE(answer(sweep, 3, {"10", "20", "30", "40"})); // and another
    EXPECT_FALSE(sweep.complete());
}

// Seed 29: half the fleet left and came back. A whole page of known rows from further back, twice with an
// answer between them that was not anchored, passed for the end.
TEST(Found, AWholePageFromFurtherBackIsNotTheEnd)
{
    Fleet fleet;
    for (const auto* id : {"10", "20", "30", "40"})
        fleet.remember(id, {});
    Sweep sweep(fleet, 1, {.page_size = 2, .in_flight = 1, .overlap = 3});
    EXPECT_TRUE(answer(sweep, 0, {"10", "20"}));
    EXPECT_TRUE(answer(sweep, 1, {"20", "30"}));
    EXPECT_TRUE(answer(sweep, 2, {"30", "40"}));
    EXPECT_TRUE(answer(sweep, 3, {"40"}));
    for (int i = 0; i < 2; ++i)
    {
        EXPECT_TRUE(answer(sweep, 3, {"77", "88"}));
        EXPECT_TRUE(answer(sweep, 2, {"30", "40"}));
    }
    EXPECT_FALSE(sweep.complete());
}

// Seed 1611: of a page that was asked for ahead all rows had left before the walk came there. It was waited
// for that they connect, until the walk was given up.
TEST(Found, TheEndIsTheEndAlthoughThereWasMoreWhenItWasAskedFor)
{
    Fleet fleet;
    for (const auto* id : {"10", "20", "30", "40", "50", "60"})
        fleet.remember(id, {});
    Sweep sweep(fleet, 1, {.page_size = 3, .in_flight = 3, .overlap = 1});
    const auto first = sweep.next().value();
    const auto second = sweep.next().value();
    const auto third = sweep.next().value();
    sweep.accept(third, page_of({"50", "60"}));
    sweep.accept(first, page_of({"10", "20", "30"})); // and the others leave
    sweep.accept(second, page_of({"30"}));
    for (int i = 0; i < 3 && !sweep.finished(); ++i)
        sweep.accept(sweep.next().value(), page_of({"30"}));
    EXPECT_TRUE(sweep.complete());
}

// Seed 83: the API gives one row at once and no count; the first row, seen again, passed for the whole list.
TEST(Found, APageOfOneRowIsNotTheEnd)
{
    Fleet fleet;
    Sweep sweep(fleet, 1, {.page_size = 5, .in_flight = 1, .overlap = 3});
    EXPECT_TRUE(answer(sweep, 0, {"10"}));
    for (int i = 0; i < 4; ++i)
    {
        EXPECT_TRUE(answer(sweep, 0, {"10"}));
        EXPECT_TRUE(answer(sweep, 1, {"20"}));
    }
    EXPECT_TRUE(sweep.finished());
    EXPECT_FALSE(sweep.complete());
    EXPECT_THAT(sweep.why_incomplete(), HasSubstr("one SIM a page"));
}

// The same, where there is one SIM and nothing behind it.
TEST(Found, AListOfOneSimIsComplete)
{
    Fleet fleet;
    Sweep sweep(fleet, 1, {.page_size = 5, .in_flight = 1, .overlap = 3});
    EXPECT_TRUE(answer(sweep, 0, {"10"}));
    EXPECT_TRUE(answer(sweep, 0, {"10"}));
    EXPECT_TRUE(answer(sweep, 1, {}));
    EXPECT_FALSE(sweep.complete());
    EXPECT_TRUE(answer(sweep, 0, {"10"}));
    EXPECT_TRUE(answer(sweep, 1, {}));
    EXPECT_TRUE(sweep.complete());
}

// Seed 1: where page_size is 1 nothing can be anchored; two rows are asked for instead.
TEST(Found, APageSizeOfOneIsTakenForTwo)
{
    Fleet fleet;
    Sweep sweep(fleet, 1, {.page_size = 1, .in_flight = 1, .overlap = 3});
    EXPECT_EQ(sweep.next(), (PageRequest{0, 2}));
}

// Seed 4099: between two answers that withheld a SIM came one that held it as an item that cannot be decoded.
TEST(Found, AnItemThatWasSetAsideBeginsTheProofAnew)
{
    Fleet fleet;
    for (const auto* id : {"10", "20", "30"})
        fleet.mark_seen(fleet.remember(id, {}), *id == '2' ? 0 : 1);
    Removal removal(fleet, 1, {}, 10);
    auto with_one_set_aside = page_of({"10", "30"});
    ++with_one_set_aside.rows;
    for (const auto& page : {page_of({"10", "30"}), with_one_set_aside, page_of({"10", "30"})})
        removal.answered(*removal.next(), page);
    ASSERT_TRUE(removal.gone().empty());
    removal.answered(*removal.next(), page_of({"10", "30"}));
    EXPECT_THAT(removal.gone(), testing::ElementsAre("20"));
}

} // namespace
} // namespace simsync::simulation
