// What simsync tells the world: the kinds of events, and one event as it stands in
// `simsync.change_event`.
#pragma once

#include "simsync/model/money.hpp"
#include "simsync/model/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace simsync
{

enum class Kind
{
    account_baselined,
    sim_added,
    sim_removed,
    sim_restored,
    sim_blocked,
    sim_unblocked,
    sim_archived,
    sim_unarchived,
    balance_changed,
    data_balance_changed,
    balance_low,
    balance_recovered,
    balance_depleted,
    tariff_changed,
    tariff_expiry_changed,
    tariff_expiring,
    tariff_expired,
    tariff_renewed,
    caller_id_attached,
    caller_id_detached,
    did_attached,
    did_detached,
    fmc_attached,
    fmc_detached,
    imei_changed,
    imei_mismatched,
    imei_matched,
    attributes_changed,
    action_confirmed,
    action_failed,
    account_degraded,
    account_recovered,
    account_auth_failed,
    account_removals_held,
    account_removals_released,
    account_schema_drift,
    account_events_lost,
};

enum class Severity
{
    info,
    warning,
    critical,
};

enum class Cause
{
    sweep,
    action,
    clock,
    operator_,
    daemon,
};

std::string_view to_text(Kind kind);         // "balance.low"
std::string_view to_text(Severity severity); // "warning"
std::string_view to_text(Cause cause);       // "sweep"
Severity severity_of(Kind kind);
std::optional<Kind> kind_named(std::string_view text);
const std::vector<Kind>& all_kinds(); // in the order of the enumeration

// A column's value as it goes into `before` and `after`; monostate is SQL null. Money and times become JSON
// strings.
using Value =
    std::variant<std::monostate, bool, std::int64_t, Money, Timestamp, std::string, std::vector<std::string>>;

struct Field
{
    std::string column; // as in `simsync.sim`: "tariff_expires_at"
    Value value;

    bool operator==(const Field&) const = default;
};
using Fields = std::vector<Field>;

// One row of `simsync.change_event` but for `account`, `seq` and `recorded_at`, which the writing transaction
// gives.
struct Event
{
    Kind kind = Kind::attributes_changed;
    std::optional<std::string> sim; // API id; empty for events of the account
    std::optional<std::string> iccid_plastic;
    Timestamp observed_at; // when simsync saw it
    std::optional<Timestamp>
        previous_observed_at; // when the old state was last certain; the change lies between
    Fields before;            // empty: SQL null. A condition's event has only `after`,
    Fields after;             // so that each `before` is the `after` of the event before it
    Cause cause = Cause::sweep;
    std::optional<std::int64_t> sweep_id;
    std::optional<std::int64_t> action_id;
    std::optional<std::string> dedup_key;
    bool standing = false; // tells of a condition that stood before simsync first saw the SIM, in a baseline
    // What else events are chosen by: the SIM as it is after the change, for it may be another one tomorrow.
    std::optional<std::string> tariff_name;
    std::optional<std::string> description;
    std::optional<std::string> profile;
    std::optional<std::string> number;       // that was attached or detached
    std::optional<std::string> requested_by; // who asked for the action that caused it

    bool operator==(const Event&) const = default;
};

using EventCounts = std::map<Kind, std::int64_t>;
void count(EventCounts& counts, std::span<const Event> events);
void add(EventCounts& counts, const EventCounts& more);
std::int64_t total(const EventCounts& counts);

// The key that a condition's raising and resolving events share: "main:1001:balance.low"
// (account:sim:condition). Kinds that are no condition have none.
std::optional<std::string> dedup_key(Kind kind, std::string_view account, std::string_view sim);

// Does it raise a condition that another kind resolves? balance.low does; balance.recovered resolves it, and
// balance.depleted is told once and never resolved.
bool raises_condition(Kind kind);

// The kinds that raise the condition which this kind is about; none where it is about none.
std::vector<Kind> raised_alike(Kind kind);

// The kind that ends the condition which this kind is about; none where it is about none.
std::optional<Kind> resolved_by(Kind kind);

} // namespace simsync
