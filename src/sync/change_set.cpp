// Observed SIMs against stored rows.
#include "sync/change_set.hpp"

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

// A row that is stored was certain in the last complete sweep, at some time after it had begun. When the row
// was written says less: its page had been read a little before, and the SIM may have changed in between.
EventContext since_certain(const EventContext& context, const RuleContext& rule_context)
{
    EventContext exact = context;
    exact.previous_observed_at = rule_context.last_complete_from;
    return exact;
}

RuleResult judge_new(const Sim& seen, const RuleContext& rule_context, const EventContext& context)
{
    if (!rule_context.baselined)
        return judge_baselined(seen, rule_context.alert, context);
    return judge_added(seen, rule_context.alert, since_certain(context, rule_context));
}

// A SIM that comes back. One that went because the filter changed went without an event: it comes back
// without one while the baseline of the next filter is made, and with one, as any other, later; but nobody
// was told when it went.
RuleResult judge_returned(
    const StoredSim& stored, const Sim& seen, const RuleContext& rule_context, const EventContext& context)
{
    const auto when = rule_context.baselined ? since_certain(context, rule_context) : context;
    if (stored.left_scope && !rule_context.baselined)
        return judge_readmitted(stored.sim, stored.conditions, seen, rule_context.alert, when);
    return judge_restored(
        stored.sim, stored.left_scope ? std::nullopt : stored.removed_at, stored.conditions, seen,
        rule_context.alert, when);
}

RuleResult judge_stored(
    const StoredSim& stored, const Sim& seen, const RuleContext& rule_context, const EventContext& context)
{
    if (stored.removed_at)
        return judge_returned(stored, seen, rule_context, context);
    return judge_changed(
        stored.sim, stored.conditions, seen, rule_context.alert, since_certain(context, rule_context));
}

// What was not asked for is as it was stored; the fingerprint is that of the whole.
ObservedSim completed(const ObservedSim& seen, const StoredSim& stored)
{
    ObservedSim whole{with_stored(seen.sim, stored.sim, *seen.left_out), {}};
    whole.fingerprint = fingerprint(whole.sim);
    return whole;
}

// Whether the SIM differs from its row only by columns that were not asked for, now or when the row was
// written: then nothing is known to have changed.
bool is_as_stored(const ObservedSim& whole, const StoredSim& stored, const RuleContext& rule_context)
{
    return rule_context.seen_in_part && !stored.removed_at && whole.sim == stored.sim;
}

bool has_new_deadline(const StoredSim& stored, const Sim& seen)
{
    return seen.tariff_expires_at &&
           (stored.removed_at || stored.sim.tariff_expires_at != seen.tariff_expires_at);
}

} // namespace

ChangeSet decide_changes(
    std::span<const ObservedSim> seen, const std::vector<StoredSim>& stored, const RuleContext& rule_context,
    const EventContext& context)
{
    std::unordered_map<std::string_view, const StoredSim*> rows;
    for (const auto& row : stored)
        rows.emplace(row.sim.id, &row);

    ChangeSet changes;
    for (const auto& observed : seen)
    {
        const auto row = rows.find(observed.sim.id);
        if (row == rows.end())
        {
            auto result = judge_new(observed.sim, rule_context, context);
            changes.deadlines |= observed.sim.tariff_expires_at.has_value();
            changes.inserts.push_back(
                {observed, result.conditions, context.observed_at, false, !rule_context.baselined});
            std::ranges::move(result.events, std::back_inserter(changes.events));
            ++changes.added;
            continue;
        }
        const auto& was = *row->second;
        const auto& whole =
            observed.left_out ? changes.completed.emplace_back(completed(observed, was)) : observed;
        if (is_as_stored(whole, was, rule_context))
            continue;
        auto result = judge_stored(was, whole.sim, rule_context, context);
        changes.deadlines |= has_new_deadline(was, whole.sim);
        changes.updates.push_back(
            {whole, result.conditions, context.observed_at, was.left_scope,
             was.left_scope && !rule_context.baselined});
        std::ranges::move(result.events, std::back_inserter(changes.events));
        ++(was.removed_at ? changes.added : changes.changed);
    }
    return changes;
}

std::vector<Event> removal_events(
    const std::vector<StoredSim>& stored, const RuleContext& rule_context, const EventContext& context)
{
    std::vector<Event> events;
    if (!rule_context.baselined)
        return events; // outside of what is mirrored now: nobody is told, as of what is new in it
    for (const auto& row : stored)
        std::ranges::move(
            judge_removed(row.sim, since_certain(context, rule_context)).events, std::back_inserter(events));
    return events;
}

} // namespace simsync
