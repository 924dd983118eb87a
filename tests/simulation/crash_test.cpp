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
Setting busy(std::uint64_t seed)
{
    Setting setting;
    setting.seed = seed;
    setting.sims = 12;
    setting.churn = 0.5;
    setting.moves = 0.5;
    setting.restless = 0.5;
    setting.alert.balance_low = Money::parse("5");
    setting.guard = {.fraction = 1.0, .minimum = 1'000'000};
    setting.plan = {.page_size = 5, .in_flight = 2, .overlap = 2};
    setting.sweeps = 4;
    return setting;
}

// Half the fleet leaves and comes back, and the guard holds it.
Setting with_waves(std::uint64_t seed)
{
    auto setting = busy(seed);
    setting.sims = 40;
    setting.churn = 0;
    setting.burst = 0.1;
    setting.guard = {.fraction = 0.05, .minimum = 3};
    return setting;
}

Setting with_faults(std::uint64_t seed)
{
    auto setting = busy(seed);
    setting.faults = {.failure = 0.1, .cut_short = 0.1, .row_missing = 0.1, .set_aside = 0.05};
    setting.by_list = ByList::ignored;
    return setting;
}

Setting with_conflicts(std::uint64_t seed)
{
    auto setting = busy(seed);
    setting.conflict = 0.3;
    return setting;
}

// True where there was a boundary to crash at.
bool holds_with_a_crash_at(const Setting& setting, std::uint64_t boundary)
{
    Findings findings;
    Life life(setting, findings);
    life.crash_at(boundary);
    life.live();
    for (const auto& complaint : findings.complaints())
        ADD_FAILURE() << "seed " << setting.seed << ", crash at boundary " << boundary << ": " << complaint;
    return life.crashed() && findings.clean();
}

constexpr std::uint64_t lives = sanitized ? 1 : 5;

void crash_everywhere(Setting (*setting_of_seed)(std::uint64_t))
{
    for (std::uint64_t seed = 1; seed <= lives; ++seed)
    {
        const auto setting = setting_of_seed(seed);
        std::uint64_t boundary = 1;
        while (holds_with_a_crash_at(setting, boundary))
            ++boundary;
        EXPECT_GT(boundary, 50U) << "seed " << seed << " touches the database less than was thought";
    }
}

TEST(Crashes, at_every_boundary_leave_an_unbroken_chain)
{
    crash_everywhere(busy);
}

TEST(Crashes, at_every_boundary_of_held_removals_are_recovered_from)
{
    crash_everywhere(with_waves);
}

TEST(Crashes, at_every_boundary_among_faults_are_recovered_from)
{
    crash_everywhere(with_faults);
}

TEST(Crashes, at_every_boundary_among_conflicts_are_recovered_from)
{
    crash_everywhere(with_conflicts);
}

} // namespace
} // namespace simsync::simulation
