// Each feature is there in some seeds and not in others, so that a failing seed points at its reason.
#include "simulation/scenario.hpp"

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

void draw_api(Scenario& scenario, Chance& chance)
{
    scenario.sims = fleet_size(chance);
    scenario.ids = chance.happens(0.5) ? Ids::sorted_as_numbers : Ids::sorted_as_text;
    scenario.ids_grow = chance.happens(0.3);
    scenario.sorts = !chance.happens(0.04);
    if (chance.happens(0.3))
        scenario.cap = scenario.sims > 160 ? chance.between(12, 30) : chance.between(1, 30);
    scenario.count = static_cast<Count>(chance.below(4));
    if (chance.happens(0.25))
        scenario.by_list = static_cast<ByList>(chance.below(4));
    if (chance.happens(0.2))
        scenario.by_one = static_cast<ByOne>(chance.below(4));
    if (chance.happens(0.25))
        scenario.lag = chance.between(1, 12);
}

void draw_changes(Scenario& scenario, Chance& chance)
{
    const auto kind = chance.share();
    scenario.churn = kind < 0.2 ? 0 : kind < 0.6 ? chance.share() : 4 * chance.share();
    scenario.moves = chance.share();
    if (chance.happens(0.4))
        scenario.restless = chance.share();
    if (chance.happens(0.3))
        scenario.burst = 0.3 * chance.share();
    if (chance.happens(0.15))
        scenario.illegible = 0.2 * chance.share();
    if (chance.happens(0.1))
        scenario.drift = 0.02;
}

void draw_faults(Scenario& scenario, Chance& chance)
{
    if (chance.happens(0.4))
        return;
    auto& faults = scenario.faults;
    for (auto* rate :
         {&faults.failure, &faults.empty, &faults.cut_short, &faults.row_missing, &faults.row_twice,
          &faults.row_differing, &faults.set_aside})
        if (chance.happens(0.4))
            *rate = chance.happens(0.5) ? 0.02 : 0.15 * chance.share();
    scenario.wild = chance.happens(0.2);
}

void draw_sweeper(Scenario& scenario, Chance& chance)
{
    scenario.plan.page_size = page_size(chance, scenario.sims);
    scenario.plan.in_flight = chance.between(1, 6);
    if (chance.happens(0.2))
        scenario.plan.overlap = chance.between(1, 5);
    if (chance.happens(0.6))
        scenario.guard = {.fraction = 1.0, .minimum = 1'000'000}; // nothing is held
    if (chance.happens(0.8))
        scenario.alert.balance_low = Money::parse("5");
    if (chance.happens(0.5))
        scenario.alert.balance_recovered = Money::parse("6");
    scenario.patience = static_cast<int>(chance.between(2, 6));
}

void draw_life(Scenario& scenario, Chance& chance)
{
    scenario.sweeps = static_cast<int>(chance.between(2, scenario.sims > 160 ? 3 : 7));
    if (chance.happens(0.5))
        scenario.crash = chance.share();
    if (chance.happens(0.5))
        scenario.beside = chance.share();
    if (chance.happens(0.3))
        scenario.conflict = 0.3 * chance.share();
    if (chance.happens(0.2))
        scenario.stop = 0.5 * chance.share();
    if (chance.happens(0.15))
        scenario.rescope = 0.5 * chance.share();
}

// Last, so that a seed's other features stay what they were.
void draw_pagination(Scenario& scenario, Chance& chance)
{
    scenario.plan.pagination = static_cast<Pagination>(chance.below(3));
    scenario.plan.deep = chance.below(60);
    if (chance.happens(0.4))
        scenario.by_key = static_cast<ByKey>(chance.below(5));
}

void draw_looks(Scenario& scenario, Chance& chance)
{
    if (chance.happens(0.4))
        return;
    scenario.looks = chance.happens(0.5) ? 1 : chance.share();
    scenario.active = chance.happens(0.5) ? 1 : chance.share();
    if (chance.happens(0.3))
        scenario.clock_off = chance.share();
    if (chance.happens(0.4))
        scenario.by_activity = static_cast<ByActivity>(chance.below(5));
}

// And this after it, for the same reason.
void draw_pieces(Scenario& scenario, Chance& chance)
{
    if (chance.happens(0.8))
        scenario.piece = chance.between(1, 8);
}

} // namespace

Scenario scenario_of(std::uint64_t seed)
{
    Chance chance(seed);
    Scenario scenario;
    scenario.seed = seed;
    draw_api(scenario, chance);
    draw_changes(scenario, chance);
    draw_faults(scenario, chance);
    draw_sweeper(scenario, chance);
    draw_life(scenario, chance);
    draw_pagination(scenario, chance);
    draw_looks(scenario, chance);
    draw_pieces(scenario, chance);
    return scenario;
}

std::string describe(const Scenario& scenario)
{
    static constexpr const char* counts[] = {"total", "page", "missing", "anything"};
    static constexpr const char* lists[] = {"honoured", "ignored", "first only", "refused"};
    static constexpr const char* ones[] = {"honoured", "knows nothing", "anything", "refused"};
    std::ostringstream text;
    text << scenario.sims << " SIMs sorted as "
         << (scenario.ids == Ids::sorted_as_numbers ? "numbers" : "text")
         << (scenario.ids_grow ? ", growing" : "") << (scenario.sorts ? "" : ", sort ignored")
         << ", pages of " << scenario.plan.page_size << " capped at " << scenario.cap << ", "
         << scenario.plan.in_flight << " in flight, count " << counts[static_cast<int>(scenario.count)]
         << ", id IN " << lists[static_cast<int>(scenario.by_list)] << ", simcard(id) "
         << ones[static_cast<int>(scenario.by_one)] << ", lag " << scenario.lag << "\n  churn "
         << scenario.churn << ", moves " << scenario.moves << ", restless " << scenario.restless << ", burst "
         << scenario.burst << ", illegible " << scenario.illegible << ", drift " << scenario.drift
         << "\n  failure " << scenario.faults.failure << ", empty " << scenario.faults.empty << ", cut short "
         << scenario.faults.cut_short << ", row missing " << scenario.faults.row_missing << ", row twice "
         << scenario.faults.row_twice << ", differing " << scenario.faults.row_differing << ", set aside "
         << scenario.faults.set_aside << (scenario.wild ? ", wild" : "") << "\n  " << scenario.sweeps
         << " sweeps, guard " << scenario.guard.minimum << ", patience " << scenario.patience << ", crash "
         << scenario.crash << ", conflict " << scenario.conflict << ", stop " << scenario.stop << ", rescope "
         << scenario.rescope << ", beside " << scenario.beside;
    static constexpr const char* keys[] = {
        "as sorted", "by the other rule", "ignored", "never descending", "refused"};
    static constexpr const char* ways[] = {"auto", "keyset", "offset"};
    text << "\n  pagination " << ways[static_cast<int>(scenario.plan.pagination)] << ", deep from "
         << scenario.plan.deep << ", ids compared " << keys[static_cast<int>(scenario.by_key)]
         << ", waves in pieces of " << scenario.piece;
    static constexpr const char* activities[] = {"honoured", "filtered", "sorted", "ignored", "refused"};
    text << "\n  looks " << scenario.looks << ", activity "
         << activities[static_cast<int>(scenario.by_activity)] << ", active " << scenario.active
         << ", clocks off " << scenario.clock_off;
    return text.str();
}

} // namespace simsync::simulation
