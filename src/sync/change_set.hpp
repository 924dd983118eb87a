// What to write for SIMs that look different from what is stored: rows and events. Pure.
#pragma once

#include "simsync/model/rules.hpp"
#include "simsync/store/records.hpp"
#include "store/sim_to_write.hpp"

#include <deque>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

struct RuleContext
{
    AlertPolicy alert;
    bool baselined = false; // before the baseline nobody is told of SIMs seen for the first time
    std::optional<Timestamp>
        last_complete_from;    // start of the last complete sweep: all SIMs were seen since then
    bool seen_in_part = false; // observed SIMs may lack columns, or follow on some that did
};

// Refers to the observed SIMs that were judged.
struct ChangeSet
{
    std::vector<SimToWrite> inserts;
    std::vector<SimToWrite> updates;
    std::vector<Event> events; // in the order of the observed SIMs
    std::int64_t added = 0;    // seen for the first time, or back
    std::int64_t changed = 0;
    bool deadlines = false; // some are new: the expiry watcher has to look at them
    std::deque<ObservedSim>
        completed; // what the updates refer to where a column was left out: it keeps what it stored
};

// `stored`: the rows of these SIMs as the transaction read them, in any order. `context` names account, time
// and cause; its previous_observed_at is worked out for each SIM.
ChangeSet decide_changes(
    std::span<const ObservedSim> seen, const std::vector<StoredSim>& stored, const RuleContext& rule_context,
    const EventContext& context);

// Events for SIMs proven gone; none before the baseline.
std::vector<Event> removal_events(
    const std::vector<StoredSim>& stored, const RuleContext& rule_context, const EventContext& context);

} // namespace simsync
