// The connection to PostgreSQL is cut before and after each message of a sweep; then simsync connects again.
// Whatever the cut hit, the log and the mirror end as if there had been none.
#include "crash/books.hpp"
#include "crash/points.hpp"
#include "crash/story.hpp"
#include "harness/wire.hpp"
#include "sync/mirroring.hpp"

#include <algorithm>

namespace simsync::test
{
namespace
{

simulator::ServerOptions small_fleet()
{
    simulator::ServerOptions options;
    options.sims = Story::sims;
    return options;
}

class Cuts : public testing::Test
{
protected:
    Cuts()
    {
        auto& options = mirroring.options();
        options.plan = {.page_size = 8, .in_flight = 1, .overlap = 2};
        options.guard = {.fraction = Story::guard_fraction, .minimum = Story::guard_minimum};
        options.alert.balance_low = Money::parse(Story::balance_low);
        mirroring.reach_database_by(wire.url_of(mirroring.url()));
        settle();
    }

    // One life of a connection: the lease, a sweep, the clock. False where the database was lost.
    bool live()
    {
        try
        {
            mirroring.lead();
            EXPECT_EQ(mirroring.sweep().record.outcome, Outcome::complete);
            Clock clock{mirroring.io().get_executor(), mirroring.lane(), {}, {}};
            run(mirroring.io(), clock.tell_due());
            return true;
        }
        catch (const DatabaseUnavailable&) // any other error would send an operator the wrong way
        {
            return false;
        }
    }

    // No lease is held any more, so that the next life takes it at its first try.
    void rest()
    {
        run(mirroring.io(), mirroring.lane().disconnect());
        while (mirroring.sql("select count(*) from pg_locks where locktype = 'advisory' and database = "
                             "(select oid from pg_database where datname = current_database())") != "0")
            std::this_thread::yield();
    }

    void settle()
    {
        rest();
        wire.count();
        EXPECT_TRUE(live());
        rest();
        books.turn_page(account);
    }

    // What the sweeps after each of these changes tell, in turn, when nothing goes wrong.
    using Change = void (Story::*)();
    struct Chapter
    {
        Change change;
        std::vector<CrashPoint> points;
        std::string told;
    };

    void cut_everywhere(std::vector<Change> changes)
    {
        for (const auto change : changes)
            pass_undisturbed(change); // the first round differs from those after it
        std::vector<Chapter> chapters;
        for (const auto change : changes)
            chapters.push_back(pass_undisturbed(change));
        for (std::size_t i = 0;
             std::ranges::any_of(chapters, [i](auto& each) { return i < each.points.size(); }); ++i)
            for (const auto& chapter : chapters)
                cut(chapter, chapter.points[std::min(i, chapter.points.size() - 1)]);
    }

    Chapter pass_undisturbed(Change change)
    {
        (story.*change)();
        wire.count();
        EXPECT_TRUE(live());
        Chapter chapter{change, crash_points(wire, share), books.told(account)};
        EXPECT_GT(wire.passed(), 300U);
        rest();
        check("undisturbed");
        told += chapter.told + ' ';
        return chapter;
    }

    void cut(const Chapter& chapter, const CrashPoint& point)
    {
        (story.*chapter.change)();
        wire.cut_at(point.number, point.side);
        live();
        const auto where = text(point, wire);
        EXPECT_TRUE(wire.has_cut()) << where;
        wire.count();
        EXPECT_TRUE(live()) << where;
        rest();
        EXPECT_EQ(books.told(account), chapter.told) << where;
        check(where);
    }

    void check(const std::string& where)
    {
        EXPECT_EQ(books.complaints(account), "") << where;
        EXPECT_EQ(books.mirror(account), story.fleet()) << where;
        books.turn_page(account);
    }

    static constexpr std::size_t share = 60; // one of so many, where not all are tried

    const std::string account = "main";
    Mirroring mirroring{small_fleet()};
    Wire wire{Cluster::shared()};
    Story story{mirroring.server()};
    Books books{mirroring.url()};
    std::string told; // undisturbed, of all chapters
};

TEST_F(Cuts, at_every_message_of_a_sweep_full_of_changes_lose_nothing_and_tell_nothing_twice)
{
    cut_everywhere({&Story::next_round, &Story::next_round});
    EXPECT_THAT(told, testing::HasSubstr("sim.removed sim.restored"));
    EXPECT_THAT(told, testing::HasSubstr("tariff.expired"));
    EXPECT_THAT(told, testing::HasSubstr("balance.low"));
}

TEST_F(Cuts, at_every_message_of_a_wave_of_removals_hold_and_release_it_once)
{
    cut_everywhere({&Story::lose_many, &Story::return_many});
    EXPECT_THAT(told, testing::EndsWith("account.removals_held account.removals_released "));
}

} // namespace
} // namespace simsync::test
