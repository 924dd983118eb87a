// The connection to PostgreSQL is cut before and after each message of a sweep; then simsync connects again.
#include "crash/chapters.hpp"
#include "sync/mirroring.hpp"

namespace simsync::test
{
namespace
{

simulator::ServerOptions small_fleet()
{
    simulator::ServerOptions options;
    options.sims = FleetScript::sims;
    return options;
}

// A base, so that it is there before the chapters begin.
struct SmallMirroring
{
    Mirroring mirroring{small_fleet()};
};

class Cuts : SmallMirroring, public Chapters
{
protected:
    Cuts() : Chapters(mirroring.server(), mirroring.url())
    {
        auto& options = mirroring.options();
        options.plan = {.page_size = 8, .in_flight = 1, .overlap = 2};
        options.guard = {.fraction = FleetScript::guard_fraction, .minimum = FleetScript::guard_minimum};
        mirroring.mirror_options().alert.balance_low = Money::parse(FleetScript::balance_low);
        mirroring.mirror_options().piece = 3;
        mirroring.reach_database_by(proxy().url_of(mirroring.url()));
    }

    // One life of a connection: the lease, a sweep, the expiry watcher.
    bool live() override
    {
        try
        {
            mirroring.lead();
            EXPECT_EQ(mirroring.sweep().record.outcome, Outcome::complete);
            ExpiryWatcher expiry_watcher{mirroring.io().get_executor(), mirroring.mirror()};
            run(mirroring.io(), expiry_watcher.emit_due());
            return true;
        }
        catch (const DatabaseUnavailable&) // any other error would send an operator the wrong way
        {
            return false;
        }
    }

    void be_struck(const CrashPoint& point) override
    {
        proxy().cut_at(point.number, point.side);
        live();
    }

    void end() override { run(mirroring.io(), mirroring.database().disconnect()); }
};

TEST_F(Cuts, AtEveryMessageOfASweepFullOfChangesLoseNothingAndTellNothingTwice)
{
    strike_everywhere({&FleetScript::next_round});
    for (const char* kind :
         {"balance.low", "balance.recovered", "sim.added", "sim.blocked",
          "sim.removed sim.removed sim.restored", "tariff.expired tariff.expiry_changed tariff.renewed"})
        EXPECT_THAT(emitted(), testing::HasSubstr(kind));
}

TEST_F(Cuts, AtEveryMessageOfAWaveOfRemovalsHoldAndReleaseItOnce)
{
    strike_everywhere({&FleetScript::lose_many, &FleetScript::return_many});
    EXPECT_THAT(emitted(), testing::EndsWith("account.removals_held account.removals_released "));
}

} // namespace
} // namespace simsync::test
