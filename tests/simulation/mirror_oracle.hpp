// Looks at the mirror after each sweep and holds it against the fleet.
#pragma once

#include "simulation/mirror.hpp"
#include "simulation/scenario.hpp"
#include "simulation/source.hpp"
#include "simulation/world.hpp"
#include "sync/sweeper.hpp"

namespace simsync::simulation
{

class MirrorOracle
{
public:
    MirrorOracle(
        World& world, const SimulatedSource& source, const Database& database, const Scenario& scenario,
        Findings& findings);

    // `stopped`: simsync was told to stop in this sweep, and settles nothing any more.
    void after_sweep(const SweepReport& report, bool stopped);
    // Where nothing has changed since before the sweep.
    void at_rest(const SweepReport& report) const;

    // Whether the API makes it possible at all to see the list to its end.
    bool end_can_be_seen() const { return scenario_.sorts && scenario_.cap > 1; }

private:
    void check_record(const SweepReport& report) const;
    void check_gone(const SweepReport& report, const Card& card) const;
    void check_sight(const SweepReport& report, Card& card, bool stopped) const;
    bool was_like(const Card& card, const Sim& sim, Version since) const;
    const Row* row(const Card& card) const;

    World& world_;
    const SimulatedSource& source_;
    const Database& database_;
    const Scenario& scenario_;
    Findings& findings_;
};

} // namespace simsync::simulation
