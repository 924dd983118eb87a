// What is to be emitted of an account and of what people ask for, beside the events of its SIMs: compared
// with what the ledger says was emitted before. Pure.
#pragma once

#include "model/removal.hpp"
#include "simsync/model/rules.hpp"
#include "sync/sweep_report.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace simsync
{

// What the end of a sweep means for the account.
struct EndNews
{
    bool is_baseline = false; // account.baselined is to be emitted, by the transaction that knows what stands
    bool recovers = false;    // account.degraded is resolved
    std::vector<Event> events{}; // all but account.baselined
};
EndNews news_of_end(const AccountRecord& ledger, Outcome outcome, const EventContext& when);

// A sweep was complete: what the ledger says from then on.
void note_complete(AccountRecord& ledger, const SweepRecord& sweep);

// One digest of what stood before simsync came, for sinks leave out what tells of each. `standing`: SIMs by
// the event that would have told of them.
Event baselined(const EventContext& when, std::size_t sims, const EventCounts& standing);

// What the API no longer is to us, after a sweep.
struct ApiNews
{
    Drifts drifts;               // that last, afterwards
    bool refused = false;        // credentials are refused, and the ledger does not say so yet
    std::vector<Event> events{}; // account.schema_drift for each that began, account.auth_failed
};
ApiNews news_of_api(const AccountRecord& ledger, const SweepReport& report, const EventContext& when);

// Removals are held: told when they begin to be, and anew where a person's decision of them has lapsed.
std::vector<Event> held_events(
    const AccountRecord& ledger, std::int64_t held, const std::optional<LapsedDecision>& lapsed,
    const EventContext& when);
// The SIMs came back, or a person decided: nothing is held any more.
std::vector<Event> released_events(const AccountRecord& ledger, Decision decision, EventContext when);
// So few are missing now that the guard lets them go, although others are among them than a person decided
// of.
std::vector<Event> released_events(const LapsedDecision& lapsed, const EventContext& when);

// action.confirmed or action.failed; of an action whose end is unknown nothing. `seen`: the SIM afterwards,
// where it could be read.
std::vector<Event> action_events(
    const ActionRecord& action, const ActionEnd& end, const std::optional<ObservedSim>& seen,
    const EventContext& when);

EventCounts counts_of(std::span<const Event> events);

} // namespace simsync
