// Amounts lie close to the thresholds and deadlines close to now, where something is to be told.
#include "simulation/population.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace simsync::simulation
{
namespace
{

using namespace std::chrono_literals;

std::optional<Money> amount(Chance& chance)
{
    static const std::array amounts{Money::parse("-1"),    Money::parse("0"),           Money::parse("0.01"),
                                    Money::parse("4.99"),  Money::parse("5"),           Money::parse("5.5"),
                                    Money::parse("6"),     Money::parse("12345678.91"), Money::parse("20.2"),
                                    std::optional<Money>{}};
    return chance.one_of(amounts);
}

std::optional<Timestamp> deadline(Chance& chance, Timestamp now)
{
    if (chance.happens(0.2))
        return std::nullopt;
    const auto midnight = std::chrono::floor<std::chrono::days>(now);
    return midnight + std::chrono::days(chance.below(12)) - std::chrono::days(2);
}

std::optional<bool> flag(Chance& chance)
{
    if (chance.happens(0.1))
        return std::nullopt;
    return chance.happens(0.5);
}

template<std::size_t N>
std::optional<std::string> word(Chance& chance, const std::array<const char*, N>& words)
{
    const char* chosen = chance.one_of(words);
    return chosen == nullptr ? std::nullopt : std::optional<std::string>(chosen);
}

std::optional<std::string> tariff(Chance& chance)
{
    static constexpr std::array<const char*, 4> names{"Mini", "Maxi", "Свой круг", nullptr};
    return word(chance, names);
}

std::optional<std::string> tariff_type(Chance& chance)
{
    static constexpr std::array<const char*, 3> types{"PREPAID_PACKAGE", "POSTPAID_MINUTE", nullptr};
    return word(chance, types);
}

std::optional<std::string> text(Chance& chance)
{
    static constexpr std::array<const char*, 4> texts{"S1", "S2", "", nullptr};
    return word(chance, texts);
}

// A set of numbers gains one or loses it.
void toggle(std::vector<std::string>& numbers, Chance& chance)
{
    const auto number = std::to_string(79000000000 + chance.below(4));
    const auto at = std::ranges::lower_bound(numbers, number);
    if (at != numbers.end() && *at == number)
        numbers.erase(at);
    else
        numbers.insert(at, number);
}

// A value that its column cannot hold comes and goes.
void toggle_undecoded(Sim& sim)
{
    if (sim.undecoded.empty())
        sim.undecoded.emplace("tariff_expires_at", "\"soon\"");
    else
        sim.undecoded.clear();
}

} // namespace

Sim make_sim(std::string id, Chance& chance, Timestamp now)
{
    Sim sim;
    sim.iccid_plastic = "8970" + id;
    sim.sim_id = "S" + id;
    sim.id = std::move(id);
    sim.is_blocked = flag(chance);
    sim.balance = amount(chance);
    sim.data_balance = amount(chance);
    toggle(sim.caller_ids, chance);
    sim.tariff_name = tariff(chance);
    sim.tariff_type = tariff_type(chance);
    sim.tariff_expires_at = deadline(chance, now);
    sim.latest_activity = now;
    sim.is_archived = flag(chance);
    sim.profile = text(chance);
    sim.description = text(chance);
    return sim;
}

void alter(Sim& sim, Chance& chance, Timestamp now)
{
    switch (chance.below(21))
    {
    case 0:
        return void(sim.is_blocked = flag(chance));
    case 1:
        return void(sim.is_archived = flag(chance));
    case 2:
        return void(sim.imei_is_correct = flag(chance));
    case 3:
        return void(sim.allow_free_caller_id_change = flag(chance));
    case 4:
        return void(sim.allow_free_voice_substitution = flag(chance));
    case 5:
        return void(sim.data_balance = amount(chance));
    case 6:
        return toggle(sim.caller_ids, chance);
    case 7:
        return toggle(sim.external_msisdns, chance);
    case 8:
        return toggle(sim.fmcs, chance);
    case 9:
        return void(sim.tariff_name = tariff(chance));
    case 10:
        return void(sim.tariff_type = tariff_type(chance));
    case 11:
        return void(sim.tariff_package_total_calls_max_duration = static_cast<std::int64_t>(chance.below(3)));
    case 12:
        return void(sim.profile = text(chance));
    case 13:
        return void(sim.description = text(chance));
    case 14:
        return void(sim.imei = text(chance));
    case 15:
        return void(sim.latest_activity = now);
    case 16:
        return toggle_undecoded(sim);
    case 17:
        return void(sim.tariff_expires_at = deadline(chance, now));
    case 18:
        return void(sim.iccid_plastic = text(chance));
    default:
        return void(sim.balance = amount(chance));
    }
}

} // namespace simsync::simulation
