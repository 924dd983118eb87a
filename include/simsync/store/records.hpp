// The rows of the mirror as plain values.
#pragma once

#include "simsync/model/action.hpp"
#include "simsync/model/event.hpp"
#include "simsync/model/rules.hpp"
#include "simsync/model/sim.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

// A row of `simsync.sim` with what stands for it in `simsync.condition`.
struct StoredSim
{
    Sim sim;
    Conditions conditions;
    Timestamp changed_at;
    std::optional<Timestamp> removed_at;
    std::int64_t revision = 1;
    bool left_scope = false; // removed because the filter changed: nobody was told
};

// A SIM that a person's words fit.
struct FoundSim
{
    std::string account;
    Sim sim;
    std::optional<Timestamp> removed_at;
    std::string found_by; // the column that holds what was looked for
    bool whole = false;   // it is the id, or the whole of that value
};

// A SIM that one of many terms names.
struct NamedSim
{
    std::string term;
    std::string account;
    std::string id;

    bool operator==(const NamedSim&) const = default;
};

// A field of which account.schema_drift was told and which has not been right since.
struct FieldDrift
{
    Timestamp since;
    bool left_out = false; // the API does not know it: its columns keep what they had. Else values do not fit
    std::string error;

    bool operator==(const FieldDrift&) const = default;
};
using Drifts = std::map<std::string, FieldDrift>; // by the API's own names

enum class Outcome
{
    running,
    complete,
    incomplete,
    failed,
};
std::string_view to_text(Outcome outcome);

// A row of `simsync.sweep`.
struct SweepRecord
{
    std::int64_t id = 0;
    Timestamp started_at;
    std::optional<Timestamp> finished_at;
    Outcome outcome = Outcome::running;
    bool baseline = false;
    std::int64_t requests = 0;
    std::int64_t pages = 0;
    std::int64_t items = 0;
    std::int64_t added = 0;
    std::int64_t changed = 0;
    std::int64_t unchanged = 0;
    std::int64_t removed = 0;
    std::int64_t events = 0;
    std::int64_t found_by_looks = 0;      // SIMs that recent looks found changed since the sweep before
    std::optional<std::int64_t> expected; // about so many SIMs are in the list; empty: nobody knows
    std::optional<std::string> error;
    std::int64_t set_aside = 0;                // values and items that could not be read
    std::optional<std::string> set_aside_what; // the first of them by name, in one line
};

// Where an account's events were numbered anew, or may have been: the last row of `simsync.numbering`.
struct NumberingRecord
{
    std::string reason; // "first", "restored", "promoted", "lost" or "declared"
    std::int64_t after_seq = 0;
    std::optional<std::int64_t> lost_upto; // events after after_seq that were told and are lost
    Timestamp began_at;
};

// What housekeeping could not do. The work goes on; it is tried again.
struct HousekeepingTrouble
{
    std::string error; // one sentence, with what stands in the way
    std::string hint;

    bool operator==(const HousekeepingTrouble&) const = default;
};

// How far a leader has read the SIMs that the mirror holds, which it does before anything else.
struct LoadingRecord
{
    std::int64_t sims = 0;
    std::optional<std::int64_t> expected; // about so many there are; empty: nobody knows yet

    bool operator==(const LoadingRecord&) const = default;
};

// What an account's ledger says when the lease is taken.
struct AccountRecord
{
    static constexpr std::int64_t most_complete_that_matter = 10;

    std::string account;
    std::string stream_id;
    std::string endpoint;
    std::string scope;        // the filter that the mirror was made with, as canonical JSON; "[]" is all
    bool baselined = false;   // a complete sweep of this scope was told as account.baselined
    bool degraded = false;    // account.degraded was told and not resolved
    bool holds_rows = false;  // of any SIM, those removed included
    bool auth_failed = false; // account.auth_failed was told, and no sweep was complete since
    // Complete sweeps since credentials were last refused; as many as matter at most. Empty: they never were.
    std::optional<std::int64_t> complete_since_auth_failed;
    Drifts drifts; // that last
    std::optional<Timestamp> baselined_at;
    std::int64_t last_seq = 0;
    std::int64_t held_removals = 0;
    std::optional<std::string> leader_host;
    std::optional<std::int64_t> leader_pid;
    std::optional<Timestamp> leader_since;
    std::optional<LoadingRecord> loading; // by that leader
    std::optional<SweepRecord> last_complete_sweep;
    std::optional<NumberingRecord> numbering;
};

// A row of `simsync.action`.
struct ActionRecord
{
    std::int64_t id = 0;
    std::string sim;
    std::string operation;
    ActionArguments arguments;
    Timestamp requested_at;
    std::optional<std::string> requested_by; // the name of a person, or of a database role
    ActionState state = ActionState::requested;
    std::optional<std::string> error;
};

// A row of `simsync.held_removal`, with what makes the SIM known to people.
struct HeldRemoval
{
    std::string sim;
    std::optional<std::string> iccid_plastic;
    std::optional<std::string> description;
    std::int64_t sweep_id = 0;
    Timestamp held_at;
    std::optional<std::string> decision; // "accepted" or "rejected"
    std::optional<std::string> decided_by;
    std::optional<Timestamp> decided_at;
    std::optional<std::string> lapsed; // a decision that holds no more, as `decision`
    std::optional<std::string> lapsed_by;
    std::optional<Timestamp> lapsed_at;
};

// A row of `simsync.change_event`. `before` and `after` are JSON texts, empty for null.
struct EventRecord
{
    std::string account;
    std::int64_t seq = 0;
    std::string kind;
    std::string severity;
    std::optional<std::string> sim;
    std::optional<std::string> iccid_plastic;
    std::string observed_at; // RFC 3339, as to_text(Timestamp)
    std::optional<std::string> previous_observed_at;
    std::string recorded_at;
    std::string before;
    std::string after;
    std::string cause;
    std::optional<std::int64_t> sweep_id;
    std::optional<std::int64_t> action_id;
    std::optional<std::string> dedup_key;
    bool standing = false;
    // Of events of an older simsync, none.
    std::optional<std::string> tariff_name{};
    std::optional<std::string> description{};
    std::optional<std::string> profile{};
    std::optional<std::string> number{};
    std::optional<std::string> requested_by{};
    std::string id{}; // public, as simsync.event_id has it; empty where it was not asked for
};

// Whether a consumer can read on in an account.
enum class ConsumerState
{
    reads,
    renumbered, // the events were numbered anew since
    dropped,    // its next event is older than the retention
};
std::string_view to_text(ConsumerState state); // "renumbered"

// A row of `simsync.consumer_position`: how far a consumer is in the events of an account.
struct ConsumerPosition
{
    std::string account;
    std::string consumer;
    std::int64_t acked_seq = 0;             // done with every event up to this one
    std::int64_t last_seq = 0;              // of the account
    std::int64_t behind = 0;                // events that it has not acknowledged; 0 where it cannot read on
    std::optional<Timestamp> waiting_since; // the oldest of these was recorded; empty where there is none
    Timestamp acked_at;
    ConsumerState state = ConsumerState::reads;
    // A sink that delivers nothing until a person acts: since when, why, and what to do.
    std::optional<Timestamp> down_since;
    std::optional<std::string> down_error;
    std::optional<std::string> down_hint;
    // A sink that does not get past an event: since when, which, and why.
    std::optional<Timestamp> stuck_since{};
    std::optional<std::int64_t> stuck_seq{};
    std::optional<std::string> stuck_error{};
};

// What a person wants to know of a SIM whose alert wakes them, as the mirror holds it now.
struct SimFacts
{
    std::optional<std::string> description;
    std::optional<std::string> balance; // as written
    std::optional<std::string> tariff_name;
    std::optional<std::string> tariff_expires_at; // RFC 3339, as to_text(Timestamp)
    std::optional<std::string> profile{};

    bool operator==(const SimFacts&) const = default;
};

// What an event's condition was raised by before it, for whoever has to resolve that.
struct RaisedBefore
{
    std::string kind;
    bool standing = false; // it stood before simsync first saw the SIM
};

// What an alert says beyond its event.
struct AlertContext
{
    SimFacts sim;                     // empty for an event of the account
    std::vector<RaisedBefore> raised; // and not resolved when the event came; sim.removed: of all conditions
};

// A row of `simsync.standing_condition`.
struct StandingCondition
{
    std::string account;
    std::string dedup_key;
    std::string kind; // that raised it
    std::string severity;
    std::optional<std::string> sim;
    std::optional<std::string> iccid_plastic;
    std::optional<std::string> since; // RFC 3339, as to_text(Timestamp)
    bool standing = false;            // it stood before simsync first saw the SIM
    SimFacts facts = {};
    std::optional<std::string> error = {}; // why an account is degraded
};

} // namespace simsync
