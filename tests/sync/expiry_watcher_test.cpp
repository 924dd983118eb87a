#include "sync/mirroring.hpp"

namespace simsync
{
namespace
{

using namespace std::chrono_literals;
using test::Mirroring;
using test::run;

TEST(ExpiryWatcher, ADeadlineThatPassesIsToldOnceWithNoSweepNeeded)
{
    simulator::ServerOptions options;
    options.sims = 1;
    Mirroring mirroring{std::move(options)};
    mirroring.mirror_options().warnings = {24h, 72h};
    mirroring.server().with_fleet(
        [](simulator::Fleet& fleet)
        {
            fleet.update(
                fleet.at(0).id,
                [](simulator::Simcard& sim)
                {
                    sim.tariff_expires_at =
                        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + 1h;
                });
        });
    mirroring.sweep();
    ExpiryWatcher expiry_watcher{mirroring.io().get_executor(), mirroring.mirror()};
    EXPECT_EQ(total(run(mirroring.io(), expiry_watcher.emit_due())), 1);
    EXPECT_EQ(total(run(mirroring.io(), expiry_watcher.emit_due())), 0);
    mirroring.sql("update simsync.sim set tariff_expires_at = now() - interval '1 second'");
    EXPECT_EQ(total(run(mirroring.io(), expiry_watcher.emit_due())), 1);
    EXPECT_EQ(
        mirroring.sql(
            "select string_agg(kind, ' ' order by seq) from simsync.change_event where cause = 'clock'"),
        "tariff.expiring tariff.expired");
}

} // namespace
} // namespace simsync
