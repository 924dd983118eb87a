// What is told of a change, and which conditions stand after it.
#include "simsync/model/rules.hpp"

#include "model/diff.hpp"

#include <algorithm>
#include <iterator>

namespace simsync
{
namespace
{

// Gathers the events of one SIM on one occasion.
class EventEmitter
{
public:
    EventEmitter(const Sim& sim, const EventContext& context) : sim_(sim), context_(context) {}

    void emit(Kind kind, Fields before, Fields after, std::optional<std::string> number = {})
    {
        Event event;
        event.kind = kind;
        event.sim = sim_.id;
        event.observed_at = context_.observed_at;
        event.previous_observed_at = context_.previous_observed_at;
        event.before = std::move(before);
        event.after = std::move(after);
        event.cause = context_.cause;
        event.sweep_id = context_.sweep_id;
        event.action_id = context_.action_id;
        event.dedup_key = dedup_key(kind, context_.account, sim_.id);
        set_traits(event, sim_);
        event.number = std::move(number);
        event.requested_by = context_.requested_by;
        events_.push_back(std::move(event));
    }

    void emit(std::vector<Change> changes)
    {
        for (auto& change : changes)
            emit(change.kind, std::move(change.before), std::move(change.after), std::move(change.number));
    }

    std::vector<Event> take() { return std::move(events_); }

private:
    const Sim& sim_;
    const EventContext& context_;
    std::vector<Event> events_;
};

Fields balance_field(const Sim& sim)
{
    return {{"balance", *sim.balance}};
}

// balance.low falls below one threshold and recovers at another, so that an amount that hovers is told once.
bool judge_low(const Sim& seen, bool standing, const AlertPolicy& policy, EventEmitter& emitter)
{
    if (!policy.balance_low || !seen.balance)
        return standing;
    if (!standing && *seen.balance < *policy.balance_low)
    {
        emitter.emit(Kind::balance_low, {}, balance_field(seen));
        return true;
    }
    if (standing && *seen.balance >= policy.balance_recovered.value_or(*policy.balance_low))
    {
        emitter.emit(Kind::balance_recovered, {}, balance_field(seen));
        return false;
    }
    return standing;
}

bool depleted(const std::optional<Money>& balance)
{
    return balance && *balance <= Money{};
}

void judge_depleted(bool was, const Sim& seen, EventEmitter& emitter)
{
    if (!was && depleted(seen.balance))
        emitter.emit(Kind::balance_depleted, {}, balance_field(seen));
}

// What was told of a deadline stands as long as the SIM shows no other one; a later one renews. Where it
// shows none the expiry watcher decides, for it may be back in a moment.
std::optional<Timestamp>
judge_expiry(std::optional<Timestamp> emitted, const Sim& seen, EventEmitter& emitter)
{
    if (!emitted || !seen.tariff_expires_at || *seen.tariff_expires_at == *emitted)
        return emitted;
    if (*seen.tariff_expires_at > *emitted)
        emitter.emit(Kind::tariff_renewed, {}, {{"tariff_expires_at", *seen.tariff_expires_at}});
    return std::nullopt;
}

// Which deadline counts as told when a SIM comes back: the one that was told before it went, unless it comes
// back with another.
std::optional<Timestamp> still_emitted(std::optional<Timestamp> emitted, const Sim& seen)
{
    return !seen.tariff_expires_at || seen.tariff_expires_at == emitted ? emitted : std::nullopt;
}

Conditions judge_first_sight(const Sim& seen, const AlertPolicy& policy, EventEmitter& emitter)
{
    Conditions conditions;
    conditions.balance_low = judge_low(seen, false, policy, emitter);
    judge_depleted(false, seen, emitter);
    return conditions; // deadlines are the expiry watcher's
}

// What a baseline brings was so before simsync came, or while it looked elsewhere: nobody is paged for it.
std::vector<Event> stood_before(std::vector<Event> events)
{
    for (auto& event : events)
        event.standing = true;
    return events;
}

} // namespace

RuleResult judge_added(const Sim& seen, const AlertPolicy& policy, const EventContext& context)
{
    EventEmitter emitter(seen, context);
    emitter.emit(Kind::sim_added, {}, all_fields(seen));
    const auto conditions = judge_first_sight(seen, policy, emitter);
    return {emitter.take(), conditions};
}

RuleResult judge_baselined(const Sim& seen, const AlertPolicy& policy, const EventContext& context)
{
    EventEmitter emitter(seen, context);
    const auto conditions = judge_first_sight(seen, policy, emitter);
    return {stood_before(emitter.take()), conditions};
}

RuleResult judge_changed(
    const Sim& stored, const Conditions& standing, const Sim& seen, const AlertPolicy& policy,
    const EventContext& context)
{
    EventEmitter emitter(seen, context);
    const auto& last_known = standing.last_known;
    emitter.emit(diff(stored, seen, last_known));
    Conditions conditions;
    conditions.balance_low = judge_low(seen, standing.balance_low, policy, emitter);
    judge_depleted(depleted(stored.balance ? stored.balance : last_known.balance), seen, emitter);
    conditions.tariff_expiry = judge_expiry(standing.tariff_expiry, seen, emitter);
    conditions.last_known = remembered(stored, last_known, seen);
    return {emitter.take(), conditions};
}

namespace
{

Conditions judge_return(
    const Sim& stored, const Conditions& standing, const Sim& seen, const AlertPolicy& policy,
    EventEmitter& emitter)
{
    emitter.emit(diff(stored, seen, standing.last_known));
    auto conditions = judge_first_sight(seen, policy, emitter);
    conditions.tariff_expiry = still_emitted(standing.tariff_expiry, seen);
    conditions.last_known = remembered(stored, standing.last_known, seen);
    conditions.last_known.balance.reset(); // of the balance all is told again
    return conditions;
}

// Nobody was told that it went, and whoever was told of a deadline still has that: it ends as it does for a
// SIM that stayed. News whenever it comes, so that it reaches whoever was told.
void renew_untold(
    const Conditions& standing, const Sim& seen, const EventContext& context, RuleResult& result)
{
    EventEmitter emitter(seen, context);
    judge_expiry(standing.tariff_expiry, seen, emitter);
    auto renewed = emitter.take();
    std::ranges::move(renewed, std::back_inserter(result.events));
}

} // namespace

RuleResult judge_restored(
    const Sim& stored, std::optional<Timestamp> removed_at, const Conditions& standing, const Sim& seen,
    const AlertPolicy& policy, const EventContext& context)
{
    EventEmitter emitter(seen, context);
    emitter.emit(
        Kind::sim_restored, removed_at ? Fields{{"removed_at", *removed_at}} : Fields{},
        {{"removed_at", Value{}}});
    const auto conditions = judge_return(stored, standing, seen, policy, emitter);
    RuleResult result{emitter.take(), conditions};
    if (!removed_at)
        renew_untold(standing, seen, context, result);
    return result;
}

RuleResult judge_readmitted(
    const Sim& stored, const Conditions& standing, const Sim& seen, const AlertPolicy& policy,
    const EventContext& context)
{
    EventEmitter emitter(seen, context);
    const auto conditions = judge_return(stored, standing, seen, policy, emitter);
    RuleResult result{stood_before(emitter.take()), conditions};
    renew_untold(standing, seen, context, result);
    return result;
}

RuleResult judge_removed(const Sim& stored, const EventContext& context)
{
    EventEmitter emitter(stored, context);
    emitter.emit(Kind::sim_removed, {{"removed_at", Value{}}}, {{"removed_at", context.observed_at}});
    return {emitter.take(), {}};
}

void set_traits(Event& event, const Sim& sim)
{
    event.iccid_plastic = sim.iccid_plastic;
    event.tariff_name = sim.tariff_name;
    event.description = sim.description;
    event.profile = sim.profile;
}

Event account_event(Kind kind, const EventContext& context, Fields after)
{
    Event event;
    event.kind = kind;
    event.observed_at = context.observed_at;
    event.previous_observed_at = context.previous_observed_at;
    event.after = std::move(after);
    event.cause = context.cause;
    event.sweep_id = context.sweep_id;
    event.action_id = context.action_id;
    event.dedup_key = dedup_key(kind, context.account, {});
    event.requested_by = context.requested_by;
    return event;
}

} // namespace simsync
