// Sightings against held rows. Calls model/rules; called by sync/sweeper inside the writing transaction.
#include "sync/judgement.hpp"

#include "api/fingerprint.hpp"
#include "model/diff.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>

namespace simsync
{
namespace
{

// A row that is held was certain in the last complete sweep, at some time after it had begun. When the row
// was written says less: its page had been read a little before, and the SIM may have changed in between.
Occasion since_certain(const Occasion& occasion, const Circumstances& circumstances)
{
    Occasion exact = occasion;
    exact.previous_observed_at = circumstances.last_complete_from;
    return exact;
}

Verdict judge_new(const Sim& seen, const Circumstances& circumstances, const Occasion& occasion)
{
    if (!circumstances.baselined)
        return judge_baselined(seen, circumstances.alert, occasion);
    return judge_added(seen, circumstances.alert, since_certain(occasion, circumstances));
}

// Who left with a filter comes back with another one without a word; under the filter of now it is told, as
// anybody's return, though not since when.
Verdict judge_returned(
    const HeldSim& held, const Sim& seen, const Circumstances& circumstances, const Occasion& occasion)
{
    const auto when = circumstances.baselined ? since_certain(occasion, circumstances) : occasion;
    if (held.left_scope && !circumstances.baselined)
        return judge_readmitted(held.sim, held.conditions, seen, circumstances.alert, when);
    return judge_restored(
        held.sim, held.left_scope ? std::nullopt : held.removed_at, held.conditions, seen,
        circumstances.alert, when);
}

Verdict
judge_held(const HeldSim& held, const Sim& seen, const Circumstances& circumstances, const Occasion& occasion)
{
    if (held.removed_at)
        return judge_returned(held, seen, circumstances, occasion);
    return judge_changed(
        held.sim, held.conditions, seen, circumstances.alert, since_certain(occasion, circumstances));
}

// What was not asked for is as it was held; the fingerprint is that of the whole.
Sighting completed(const Sighting& seen, const HeldSim& held)
{
    Sighting whole{with_held(seen.sim, held.sim, *seen.left_out), {}};
    whole.fingerprint = fingerprint(whole.sim);
    return whole;
}

// Only what was left out, now or before, made it look different: nothing is known to have changed.
bool is_as_held(const Sighting& whole, const HeldSim& held, const Circumstances& circumstances)
{
    return circumstances.seen_in_part && !held.removed_at && whole.sim == held.sim;
}

bool has_new_deadline(const HeldSim& held, const Sim& seen)
{
    return seen.tariff_expires_at &&
           (held.removed_at || held.sim.tariff_expires_at != seen.tariff_expires_at);
}

} // namespace

Judgement judge(
    std::span<const Sighting> seen, const std::vector<HeldSim>& held, const Circumstances& circumstances,
    const Occasion& occasion)
{
    std::unordered_map<std::string_view, const HeldSim*> rows;
    for (const auto& row : held)
        rows.emplace(row.sim.id, &row);

    Judgement judgement;
    for (const auto& sighting : seen)
    {
        const auto row = rows.find(sighting.sim.id);
        if (row == rows.end())
        {
            auto verdict = judge_new(sighting.sim, circumstances, occasion);
            judgement.deadlines |= sighting.sim.tariff_expires_at.has_value();
            judgement.inserts.push_back(
                {sighting, verdict.conditions, occasion.observed_at, false, !circumstances.baselined});
            std::ranges::move(verdict.events, std::back_inserter(judgement.events));
            ++judgement.added;
            continue;
        }
        const auto& was = *row->second;
        const auto& whole =
            sighting.left_out ? judgement.completed.emplace_back(completed(sighting, was)) : sighting;
        if (is_as_held(whole, was, circumstances))
            continue;
        auto verdict = judge_held(was, whole.sim, circumstances, occasion);
        judgement.deadlines |= has_new_deadline(was, whole.sim);
        judgement.updates.push_back(
            {whole, verdict.conditions, occasion.observed_at, was.left_scope,
             was.left_scope && !circumstances.baselined});
        std::ranges::move(verdict.events, std::back_inserter(judgement.events));
        ++(was.removed_at ? judgement.added : judgement.changed);
    }
    return judgement;
}

std::vector<Event>
judge_gone(const std::vector<HeldSim>& held, const Circumstances& circumstances, const Occasion& occasion)
{
    std::vector<Event> events;
    if (!circumstances.baselined)
        return events; // outside of what is mirrored now: nobody is told, as of what is new in it
    for (const auto& row : held)
        std::ranges::move(
            judge_removed(row.sim, since_certain(occasion, circumstances)).events,
            std::back_inserter(events));
    return events;
}

} // namespace simsync
