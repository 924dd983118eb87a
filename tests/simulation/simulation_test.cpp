// Any number of seeds, each a life of its own (simulation/life). SIMSYNC_SEEDS says how many, SIMSYNC_SEED
// which is the first; `./dev simulate` sets them. A seed that fails is printed with the command that lives it
// again.
#include "simulation/life.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace simsync::simulation
{
namespace
{

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SIMSYNC_SANITIZED
#endif
#endif
#ifdef SIMSYNC_SANITIZED
constexpr std::uint64_t usual_seeds = 100;
#else
constexpr std::uint64_t usual_seeds = 2'000;
#endif
// Each tells of one bug, more often than not of the same.
constexpr int most_failures = 3;
constexpr std::chrono::seconds between_signs_of_life{5};

std::uint64_t number_in(const char* variable, std::uint64_t otherwise)
{
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

bool holds(std::uint64_t seed, bool talkative)
{
    Findings findings(talkative);
    live(seed, findings);
    if (findings.clean())
        return true;
    std::string text = describe(setting_of(seed));
    for (const auto& complaint : findings.complaints())
        text += "\n- " + complaint;
    ADD_FAILURE() << "seed " << seed << ": " << text << "\nagain, with a log of all that happens:\n  "
                  << "./dev simulate --seeds 1 --from " << seed;
    return false;
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
        std::fprintf(stderr, "%llu of %llu seeds, %.0f a second\n", static_cast<unsigned long long>(done),
                     static_cast<unsigned long long>(seeds), static_cast<double>(done) / took);
    }

private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point next_ = begin_ + between_signs_of_life;
};

TEST(Simulation, holds_for_every_seed)
{
    const auto first = number_in("SIMSYNC_SEED", 1);
    const auto seeds = number_in("SIMSYNC_SEEDS", usual_seeds);
    Progress progress;
    int failures = 0;
    for (std::uint64_t i = 0; i < seeds && failures < most_failures; ++i)
    {
        failures += holds(first + i, seeds == 1) ? 0 : 1;
        progress.seed(i + 1, seeds);
    }
}

} // namespace
} // namespace simsync::simulation
