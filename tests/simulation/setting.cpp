// Each feature is there in some seeds and not in others, so that a failing seed points at its reason.
#include "simulation/setting.hpp"

#include "simulation/chance.hpp"

#include <sstream>

namespace simsync::simulation
{
namespace
{

// Small fleets show most and cost least; the few large ones are there for many pages.
std::size_t fleet_size(Chance& chance)
{
    const auto kind = chance.share();
    if (kind < 0.15)
        return chance.below(4);
    if (kind < 0.70)
        return chance.between(4, 60);
    if (kind < 0.95)
        return chance.between(60, 160);
    return chance.between(160, 400);
}

std::uint64_t page_size(Chance& chance, std::size_t sims)
{
    const auto kind = chance.share();
    if (kind < 0.02)
        return 1;
    const std::size_t least = sims > 160 ? 12 : 2; // or the seed takes as long as a hundred others
    return kind < 0.5 ? chance.between(least, 15) : chance.between(least, 50);
}

void draw_api(Setting& setting, Chance& chance)
{
    setting.sims = fleet_size(chance);
    setting.ids = chance.happens(0.5) ? Ids::sorted_as_numbers : Ids::sorted_as_text;
    setting.ids_grow = chance.happens(0.3);
    setting.sorts = !chance.happens(0.04);
    if (chance.happens(0.3))
        setting.cap = setting.sims > 160 ? chance.between(12, 30) : chance.between(1, 30);
    setting.count = static_cast<Count>(chance.below(4));
    if (chance.happens(0.25))
        setting.by_list = static_cast<ByList>(chance.below(4));
    if (chance.happens(0.2))
        setting.by_one = static_cast<ByOne>(chance.below(4));
    if (chance.happens(0.25))
        setting.lag = chance.between(1, 12);
}

void draw_changes(Setting& setting, Chance& chance)
{
    const auto kind = chance.share();
    setting.churn = kind < 0.2 ? 0 : kind < 0.6 ? chance.share() : 4 * chance.share();
    setting.moves = chance.share();
    if (chance.happens(0.4))
        setting.restless = chance.share();
    if (chance.happens(0.3))
        setting.burst = 0.3 * chance.share();
    if (chance.happens(0.15))
        setting.illegible = 0.2 * chance.share();
    if (chance.happens(0.1))
        setting.drift = 0.02;
}

void draw_faults(Setting& setting, Chance& chance)
{
    if (chance.happens(0.4))
        return;
    auto& faults = setting.faults;
    for (auto* rate :
         {&faults.failure, &faults.empty, &faults.cut_short, &faults.row_missing, &faults.row_twice,
          &faults.row_differing, &faults.set_aside})
        if (chance.happens(0.4))
            *rate = chance.happens(0.5) ? 0.02 : 0.15 * chance.share();
    setting.wild = chance.happens(0.2);
}

void draw_sweeper(Setting& setting, Chance& chance)
{
    setting.plan.page_size = page_size(chance, setting.sims);
    setting.plan.in_flight = chance.between(1, 6);
    if (chance.happens(0.2))
        setting.plan.overlap = chance.between(1, 5);
    if (chance.happens(0.6))
        setting.guard = {.fraction = 1.0, .minimum = 1'000'000}; // nothing is held
    if (chance.happens(0.8))
        setting.alert.balance_low = Money::parse("5");
    if (chance.happens(0.5))
        setting.alert.balance_recovered = Money::parse("6");
    setting.patience = static_cast<int>(chance.between(2, 6));
}

void draw_life(Setting& setting, Chance& chance)
{
    setting.sweeps = static_cast<int>(chance.between(2, setting.sims > 160 ? 3 : 7));
    if (chance.happens(0.5))
        setting.crash = chance.share();
    if (chance.happens(0.5))
        setting.beside = chance.share();
    if (chance.happens(0.3))
        setting.conflict = 0.3 * chance.share();
    if (chance.happens(0.2))
        setting.stop = 0.5 * chance.share();
    if (chance.happens(0.15))
        setting.rescope = 0.5 * chance.share();
}

// Last, so that a seed's other features stay what they were.
void draw_pagination(Setting& setting, Chance& chance)
{
    setting.plan.pagination = static_cast<Pagination>(chance.below(3));
    setting.plan.deep = chance.below(60);
    if (chance.happens(0.4))
        setting.by_key = static_cast<ByKey>(chance.below(5));
}

} // namespace

Setting setting_of(std::uint64_t seed)
{
    Chance chance(seed);
    Setting setting;
    setting.seed = seed;
    draw_api(setting, chance);
    draw_changes(setting, chance);
    draw_faults(setting, chance);
    draw_sweeper(setting, chance);
    draw_life(setting, chance);
    draw_pagination(setting, chance);
    return setting;
}

std::string describe(const Setting& setting)
{
    static constexpr const char* counts[] = {"total", "page", "missing", "anything"};
    static constexpr const char* lists[] = {"honoured", "ignored", "first only", "refused"};
    static constexpr const char* ones[] = {"honoured", "knows nothing", "anything", "refused"};
    std::ostringstream text;
    text << setting.sims << " SIMs sorted as " << (setting.ids == Ids::sorted_as_numbers ? "numbers" : "text")
         << (setting.ids_grow ? ", growing" : "") << (setting.sorts ? "" : ", sort ignored") << ", pages of "
         << setting.plan.page_size << " capped at " << setting.cap << ", " << setting.plan.in_flight
         << " in flight, count " << counts[static_cast<int>(setting.count)] << ", id IN "
         << lists[static_cast<int>(setting.by_list)] << ", simcard(id) "
         << ones[static_cast<int>(setting.by_one)] << ", lag " << setting.lag << "\n  churn " << setting.churn
         << ", moves " << setting.moves << ", restless " << setting.restless << ", burst " << setting.burst
         << ", illegible " << setting.illegible << ", drift " << setting.drift << "\n  failure "
         << setting.faults.failure << ", empty " << setting.faults.empty << ", cut short "
         << setting.faults.cut_short << ", row missing " << setting.faults.row_missing << ", row twice "
         << setting.faults.row_twice << ", differing " << setting.faults.row_differing << ", set aside "
         << setting.faults.set_aside << (setting.wild ? ", wild" : "") << "\n  " << setting.sweeps
         << " sweeps, guard " << setting.guard.minimum << ", patience " << setting.patience << ", crash "
         << setting.crash << ", conflict " << setting.conflict << ", stop " << setting.stop << ", rescope "
         << setting.rescope << ", beside " << setting.beside;
    static constexpr const char* keys[] = {
        "as sorted", "by the other rule", "ignored", "never descending", "refused"};
    static constexpr const char* ways[] = {"auto", "keyset", "offset"};
    text << "\n  pagination " << ways[static_cast<int>(setting.plan.pagination)] << ", deep from "
         << setting.plan.deep << ", ids compared " << keys[static_cast<int>(setting.by_key)];
    return text.str();
}

} // namespace simsync::simulation
