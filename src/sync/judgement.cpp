// Sightings against held rows. Calls model/rules; called by sync/sweeper inside the writing transaction.
#include "sync/judgement.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>

namespace simsync
{
namespace
{

// The row was certain to be as it is held when it was written, and again in the last complete sweep.
Occasion since_certain(const Occasion& occasion, const Circumstances& circumstances, Timestamp written_at)
{
    Occasion exact = occasion;
    exact.previous_observed_at = std::max(written_at, circumstances.last_complete_from.value_or(written_at));
    return exact;
}

Verdict judge_new(const Sim& seen, const Circumstances& circumstances, const Occasion& occasion)
{
    if (!circumstances.baselined)
        return judge_baselined(seen, circumstances.alert, occasion);
    Occasion exact = occasion;
    exact.previous_observed_at = circumstances.last_complete_from;
    return judge_added(seen, circumstances.alert, exact);
}

Verdict judge_held(const HeldSim& held, const Sim& seen, const Circumstances& circumstances,
                   const Occasion& occasion)
{
    if (held.removed_at)
        return judge_restored(held.sim, *held.removed_at, seen, circumstances.alert,
                              since_certain(occasion, circumstances, *held.removed_at));
    return judge_changed(held.sim, held.conditions, seen, circumstances.alert,
                         since_certain(occasion, circumstances, held.changed_at));
}

} // namespace

Judgement judge(std::span<const Sighting> seen, const std::vector<HeldSim>& held,
                const Circumstances& circumstances, const Occasion& occasion)
{
    std::unordered_map<std::string_view, const HeldSim*> rows;
    for (const auto& row : held)
        rows.emplace(row.sim.id, &row);

    Judgement judgement;
    for (const auto& sighting : seen)
    {
        const auto row = rows.find(sighting.sim.id);
        const bool first_sight = row == rows.end();
        auto verdict = first_sight ? judge_new(sighting.sim, circumstances, occasion)
                                   : judge_held(*row->second, sighting.sim, circumstances, occasion);
        ++(first_sight || row->second->removed_at ? judgement.added : judgement.changed);
        auto& writes = first_sight ? judgement.inserts : judgement.updates;
        writes.push_back({sighting, verdict.conditions, occasion.observed_at});
        std::ranges::move(verdict.events, std::back_inserter(judgement.events));
    }
    return judgement;
}

std::vector<Event> judge_gone(const std::vector<HeldSim>& held, const Circumstances& circumstances,
                              const Occasion& occasion)
{
    std::vector<Event> events;
    for (const auto& row : held)
        std::ranges::move(
            judge_removed(row.sim, since_certain(occasion, circumstances, row.changed_at)).events,
            std::back_inserter(events));
    return events;
}

} // namespace simsync
