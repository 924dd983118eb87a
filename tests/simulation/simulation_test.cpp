// Any number of seeds, each a life of its own (simulation/life). SIMSYNC_SEEDS says how many, SIMSYNC_SEED
// which is the first; `./dev simulate` sets them. A seed that fails is printed with the command that lives it
// again.
#include "simulation/life.hpp"
#include "simulation/sanitized.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace simsync::simulation
{
namespace
{

constexpr std::uint64_t usual_seeds = sanitized ? 100 : 2'000;
// Each tells of one bug, more often than not of the same.
constexpr int most_failures = 3;
constexpr std::chrono::seconds between_signs_of_life{5};

std::uint64_t number_in(const char* variable, std::uint64_t otherwise)
{
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

bool holds(std::uint64_t seed, bool talkative, Findings::Counts& seen)
{
    Findings findings(talkative);
    live(seed, findings);
    for (const auto& [what, times] : findings.seen())
        seen[what] += times;
    if (findings.clean())
        return true;
    std::string text = describe(scenario_of(seed));
    for (const auto& complaint : findings.complaints())
        text += "\n- " + complaint;
    ADD_FAILURE() << "seed " << seed << ": " << text << "\nagain, with a log of all that happens:\n  "
                  << "./dev simulate --seeds 1 --from " << seed;
    return false;
}

// A simulation in which nothing happens would hold for every seed.
void expect_all(const Findings::Counts& seen)
{
    for (const auto* what :
         {"sweep complete", "sweep incomplete", "sweep failed", "crash", "conflict", "page", "id GT",
          "surprise by key", "id IN", "simcard(id)", "another scope", "look", "a look that finds a change",
          "a change of a watched SIM", "looks are impossible"})
        EXPECT_TRUE(seen.contains(what)) << what;
    for (const auto kind : all_kinds())
        if (kind < Kind::action_confirmed || kind == Kind::account_degraded ||
            kind == Kind::account_recovered || kind == Kind::account_removals_held ||
            kind == Kind::account_removals_released)
            EXPECT_TRUE(seen.contains(to_text(kind))) << to_text(kind);
    for (const auto& [what, times] : seen)
        std::printf("%9llu %s\n", static_cast<unsigned long long>(times), what.c_str());
}

// Tells how far we are; only where many seeds take their time.
class Progress
{
public:
    void seed(std::uint64_t done, std::uint64_t seeds)
    {
        const auto now = std::chrono::steady_clock::now();
        if (now < next_)
            return;
        next_ = now + between_signs_of_life;
        const auto took = std::chrono::duration<double>(now - begin_).count();
        std::fprintf(
            stderr, "%llu of %llu seeds, %.0f a second\n", static_cast<unsigned long long>(done),
            static_cast<unsigned long long>(seeds), static_cast<double>(done) / took);
    }

private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point next_ = begin_ + between_signs_of_life;
};

TEST(Simulation, HoldsForEverySeed)
{
    const auto first = number_in("SIMSYNC_SEED", 1);
    const auto seeds = number_in("SIMSYNC_SEEDS", usual_seeds);
    Progress progress;
    Findings::Counts seen;
    int failures = 0;
    for (std::uint64_t i = 0; i < seeds && failures < most_failures; ++i)
    {
        failures += holds(first + i, seeds == 1, seen) ? 0 : 1;
        progress.seed(i + 1, seeds);
    }
    if (failures == 0 && seeds >= 1'000)
        expect_all(seen);
}

} // namespace
} // namespace simsync::simulation
