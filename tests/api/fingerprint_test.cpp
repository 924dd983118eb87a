// Fingerprints tell apart what differs, and nothing else.
#include "api/fingerprint.hpp"

#include "answers.hpp"
#include "api/decode.hpp"
#include "model/sim_columns.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace simsync
{
namespace
{

Sim full_sim()
{
    return decode_list(answers::list_of(answers::full_sim), 1).value().items.at(0).sim;
}

std::string hex(const Fingerprint& print)
{
    return std::to_string(print.high) + ":" + std::to_string(print.low);
}

TEST(Fingerprint, ChangesWithEveryMember)
{
    const std::vector<std::function<void(Sim&)>> changes{
        [](Sim& sim) { sim.id = "1002"; },
        [](Sim& sim) { sim.iccid_plastic.reset(); },
        [](Sim& sim) { sim.sim_id = ""; },
        [](Sim& sim) { sim.is_blocked = true; },
        [](Sim& sim) { sim.allow_free_caller_id_change = false; },
        [](Sim& sim) { sim.allow_free_voice_substitution.reset(); },
        [](Sim& sim) { sim.balance = Money::parse("12345678.92"); },
        [](Sim& sim) { sim.data_balance.reset(); },
        [](Sim& sim) { sim.fmcs.clear(); },
        [](Sim& sim) { sim.caller_ids.emplace_back("79000000009"); },
        [](Sim& sim) { sim.external_msisdns = {"1"}; },
        [](Sim& sim) { sim.tariff_name = "unlimited"; },
        [](Sim& sim) { sim.tariff_type.reset(); },
        [](Sim& sim) { sim.tariff_package_total_calls_max_duration = 36001; },
        [](Sim& sim) { sim.profile = "S2"; },
        [](Sim& sim) { sim.description = "Taxi 18"; },
        [](Sim& sim) { *sim.latest_activity += std::chrono::microseconds{1}; },
        [](Sim& sim) { sim.tariff_expires_at.reset(); },
        [](Sim& sim) { sim.imei = "0"; },
        [](Sim& sim) { sim.imei_is_correct = false; },
        [](Sim& sim) { sim.is_archived = true; },
        [](Sim& sim) { sim.undecoded["balance"] = "\"x\""; },
    };
    EXPECT_EQ(changes.size(), sim_column_count);
    std::set<std::string> seen{hex(fingerprint(full_sim()))};
    for (const auto& change : changes)
    {
        Sim sim = full_sim();
        change(sim);
        EXPECT_TRUE(seen.insert(hex(fingerprint(sim))).second) << "change " << seen.size();
    }
}

TEST(Fingerprint, TellsNeighboursApart)
{
    Sim left;
    left.id = "1";
    Sim right = left;
    left.profile = "ab";
    right.description = "ab";
    EXPECT_NE(fingerprint(left), fingerprint(right));

    left = right = Sim{};
    left.fmcs = {"ab", "c"};
    right.fmcs = {"a", "bc"};
    EXPECT_NE(fingerprint(left), fingerprint(right));

    left = right = Sim{};
    left.profile = "";
    EXPECT_NE(fingerprint(left), fingerprint(right));
}

// Stored beside every row: another value means that the form was changed without its version.
TEST(Fingerprint, IsTheSameInEveryRelease)
{
    const auto print = fingerprint(full_sim());
    EXPECT_EQ(print, (Fingerprint{408027611856989039U, 8649498573900779680U})) << hex(print);
}

} // namespace
} // namespace simsync
