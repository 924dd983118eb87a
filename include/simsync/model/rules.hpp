// From what changed to what is told: events and standing conditions. Pure; thresholds and times arrive as
// arguments.
#pragma once

#include "simsync/model/event.hpp"
#include "simsync/model/sim.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

// `[alert]` of the configuration, as far as a sweep can judge it; what time alone does is in
// store/expiry_rows.
struct AlertPolicy
{
    std::optional<Money> balance_low;       // empty: no balance.low
    std::optional<Money> balance_recovered; // empty: the same as balance_low
};

// A deadline that reads null may be back in a moment. One that was told of and is missing for so long has
// been taken away: the expiry watcher tells tariff.renewed.
inline constexpr std::chrono::hours deadline_may_be_missing{1};

// What has been raised for a SIM and not resolved yet (`simsync.condition`), and what else the next reading
// is to be stored against.
struct Conditions
{
    bool balance_low = false;
    std::optional<Timestamp> tariff_expiry{}; // the deadline that expiring or expired was told for
    LastKnown last_known{};

    bool operator==(const Conditions&) const = default;
};

// When, by whom and in which sweep or action something was seen; goes into every event of it.
struct EventContext
{
    std::string account;
    Timestamp observed_at;
    std::optional<Timestamp> previous_observed_at;
    Cause cause = Cause::sweep;
    std::optional<std::int64_t> sweep_id;
    std::optional<std::int64_t> action_id;
    std::optional<std::string> requested_by = {}; // who asked for the action
};

struct RuleResult
{
    std::vector<Event> events; // changes first, then conditions
    Conditions conditions;     // what stands afterwards
};

// A SIM seen for the first time after the baseline: sim.added, and the conditions it comes with.
RuleResult judge_added(const Sim& seen, const AlertPolicy& policy, const EventContext& context);

// A SIM seen for the first time during the baseline: its conditions only, for nobody has been told of those
// yet. They stood before, and are marked so.
RuleResult judge_baselined(const Sim& seen, const AlertPolicy& policy, const EventContext& context);

// A SIM that is stored and looks different now.
RuleResult judge_changed(
    const Sim& stored, const Conditions& standing, const Sim& seen, const AlertPolicy& policy,
    const EventContext& context);

// A SIM that was removed and is back: sim.restored, what changed meanwhile, and its conditions as on first
// sight, but for a deadline that was told of: that stays told. `removed_at`: as sim.removed told it; empty
// where nobody was told that the SIM went, for it left with a changed filter: a later deadline renews then.
RuleResult judge_restored(
    const Sim& stored, std::optional<Timestamp> removed_at, const Conditions& standing, const Sim& seen,
    const AlertPolicy& policy, const EventContext& context);

// A SIM that went with a filter and comes back with another one: nobody is told of either, but of what
// changed meanwhile, as of what stood before (Event::standing), and that a told deadline is renewed.
RuleResult judge_readmitted(
    const Sim& stored, const Conditions& standing, const Sim& seen, const AlertPolicy& policy,
    const EventContext& context);

// A SIM that is proven gone. Its conditions end with it.
RuleResult judge_removed(const Sim& stored, const EventContext& context);

// What makes the SIM of an event known to people, and what events are chosen by.
void set_traits(Event& event, const Sim& sim);

// An event of the account itself.
Event account_event(Kind kind, const EventContext& context, Fields after);

} // namespace simsync
