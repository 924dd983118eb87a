// The connection to the database is lost at its first boundary, at its second, and so on until none is left:
// at each statement of each transaction, before its commit and after it but before the answer. Each time
// simsync recovers in the same world, and all that must hold does (simulation/life).
#include "simulation/life.hpp"
#include "simulation/sanitized.hpp"

#include <gtest/gtest.h>

namespace simsync::simulation
{
namespace
{

// What is lived: baseline, additions, changes, conditions, removals and returns within a few small sweeps.
Scenario busy(std::uint64_t seed)
{
    Scenario scenario;
    scenario.seed = seed;
    scenario.sims = 12;
    scenario.churn = 0.5;
    scenario.moves = 0.5;
    scenario.restless = 0.5;
    scenario.alert.balance_low = Money::parse("5");
    scenario.guard = {.fraction = 1.0, .minimum = 1'000'000};
    scenario.plan = {.page_size = 5, .in_flight = 2, .overlap = 2};
    scenario.sweeps = 4;
    return scenario;
}

// Half the fleet leaves and comes back, and the guard holds it.
Scenario with_waves(std::uint64_t seed)
{
    auto scenario = busy(seed);
    scenario.sims = 40;
    scenario.churn = 0;
    scenario.burst = 0.1;
    scenario.guard = {.fraction = 0.05, .minimum = 3};
    scenario.piece = 6;
    return scenario;
}

// The same, and nobody holds it: each piece of it is a transaction of its own.
Scenario with_pieces(std::uint64_t seed)
{
    auto scenario = with_waves(seed);
    scenario.guard = {.fraction = 1.0, .minimum = 1'000'000};
    scenario.piece = 4;
    return scenario;
}

// What another filter does not cover leaves before a baseline, in pieces too.
Scenario with_filters(std::uint64_t seed)
{
    auto scenario = busy(seed);
    scenario.sims = 40;
    scenario.rescope = 0.7;
    scenario.piece = 3;
    return scenario;
}

Scenario with_faults(std::uint64_t seed)
{
    auto scenario = busy(seed);
    scenario.faults = {.failure = 0.1, .cut_short = 0.1, .row_missing = 0.1, .set_aside = 0.05};
    scenario.by_list = ByList::ignored;
    return scenario;
}

Scenario with_conflicts(std::uint64_t seed)
{
    auto scenario = busy(seed);
    scenario.conflict = 0.3;
    return scenario;
}

// True where there was a boundary to crash at.
bool holds_with_a_crash_at(const Scenario& scenario, std::uint64_t boundary)
{
    Findings findings;
    Life life(scenario, findings);
    life.crash_at(boundary);
    life.live();
    for (const auto& complaint : findings.complaints())
        ADD_FAILURE() << "seed " << scenario.seed << ", crash at boundary " << boundary << ": " << complaint;
    return life.crashed() && findings.clean();
}

constexpr std::uint64_t lives = sanitized ? 1 : 5;

void crash_everywhere(Scenario (*scenario_of_seed)(std::uint64_t))
{
    for (std::uint64_t seed = 1; seed <= lives; ++seed)
    {
        const auto scenario = scenario_of_seed(seed);
        std::uint64_t boundary = 1;
        while (holds_with_a_crash_at(scenario, boundary))
            ++boundary;
        EXPECT_GT(boundary, 50U) << "seed " << seed << " touches the database less than was thought";
    }
}

TEST(Crashes, AtEveryBoundaryLeaveAnUnbrokenChain)
{
    crash_everywhere(busy);
}

TEST(Crashes, AtEveryBoundaryOfHeldRemovalsAreRecoveredFrom)
{
    crash_everywhere(with_waves);
}

TEST(Crashes, AtEveryBoundaryOfAWaveInPiecesAreRecoveredFrom)
{
    crash_everywhere(with_pieces);
}

TEST(Crashes, AtEveryBoundaryOfChangedFiltersAreRecoveredFrom)
{
    crash_everywhere(with_filters);
}

TEST(Crashes, AtEveryBoundaryAmongFaultsAreRecoveredFrom)
{
    crash_everywhere(with_faults);
}

TEST(Crashes, AtEveryBoundaryAmongConflictsAreRecoveredFrom)
{
    crash_everywhere(with_conflicts);
}

} // namespace
} // namespace simsync::simulation
