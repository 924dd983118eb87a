// The table of event kinds and the keys that pair conditions.
#include "simsync/model/event.hpp"

#include "model/enum_table.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace simsync
{
namespace
{

struct Row
{
    Kind kind;
    std::string_view name;
    Severity severity;
    std::string_view condition = {}; // what the kinds of a pair share in their dedup_key
};

using enum Kind;
using enum Severity;

// In the order of the enumeration.
constexpr std::array table{
    Row{account_baselined, "account.baselined", info},
    Row{sim_added, "sim.added", info},
    Row{sim_removed, "sim.removed", warning},
    Row{sim_restored, "sim.restored", info},
    Row{sim_blocked, "sim.blocked", warning, "sim.blocked"},
    Row{sim_unblocked, "sim.unblocked", info, "sim.blocked"},
    Row{sim_archived, "sim.archived", info},
    Row{sim_unarchived, "sim.unarchived", info},
    Row{balance_changed, "balance.changed", info},
    Row{data_balance_changed, "data_balance.changed", info},
    Row{balance_low, "balance.low", warning, "balance.low"},
    Row{balance_recovered, "balance.recovered", info, "balance.low"},
    Row{balance_depleted, "balance.depleted", critical},
    Row{tariff_changed, "tariff.changed", info},
    Row{tariff_expiry_changed, "tariff.expiry_changed", info},
    Row{tariff_expiring, "tariff.expiring", warning, "tariff.expiry"},
    Row{tariff_expired, "tariff.expired", critical, "tariff.expiry"},
    Row{tariff_renewed, "tariff.renewed", info, "tariff.expiry"},
    Row{caller_id_attached, "caller_id.attached", info},
    Row{caller_id_detached, "caller_id.detached", info},
    Row{did_attached, "did.attached", info},
    Row{did_detached, "did.detached", info},
    Row{fmc_attached, "fmc.attached", info},
    Row{fmc_detached, "fmc.detached", info},
    Row{imei_changed, "imei.changed", warning},
    Row{imei_mismatched, "imei.mismatched", warning},
    Row{imei_matched, "imei.matched", info},
    Row{attributes_changed, "attributes.changed", info},
    Row{action_confirmed, "action.confirmed", info},
    Row{action_failed, "action.failed", warning},
    Row{account_degraded, "account.degraded", critical, "account.degraded"},
    Row{account_recovered, "account.recovered", info, "account.degraded"},
    Row{account_auth_failed, "account.auth_failed", critical},
    Row{account_removals_held, "account.removals_held", critical},
    Row{account_removals_released, "account.removals_released", info},
    Row{account_schema_drift, "account.schema_drift", warning},
    Row{account_events_lost, "account.events_lost", critical},
};

static_assert(follows_enumeration(table, &Row::kind, account_events_lost));

const Row& row(Kind kind)
{
    return row_of(table, kind);
}

constexpr std::array severities{
    Named{info, "info"},
    Named{warning, "warning"},
    Named{critical, "critical"},
};
static_assert(follows_enumeration(severities, &Named<Severity>::value, critical));

constexpr std::array causes{
    Named{Cause::sweep, "sweep"},        Named{Cause::action, "action"}, Named{Cause::clock, "clock"},
    Named{Cause::operator_, "operator"}, Named{Cause::daemon, "daemon"},
};
static_assert(follows_enumeration(causes, &Named<Cause>::value, Cause::daemon));

} // namespace

std::string_view to_text(Kind kind)
{
    return row(kind).name;
}

std::string_view to_text(Severity severity)
{
    return row_of(severities, severity).name;
}

std::string_view to_text(Cause cause)
{
    return row_of(causes, cause).name;
}

Severity severity_of(Kind kind)
{
    return row(kind).severity;
}

std::optional<Kind> kind_named(std::string_view text)
{
    const auto found = std::ranges::find(table, text, &Row::name);
    if (found == table.end())
        return std::nullopt;
    return found->kind;
}

const std::vector<Kind>& all_kinds()
{
    static const std::vector<Kind> kinds = []
    {
        std::vector<Kind> all;
        all.reserve(table.size());
        for (const auto& each : table)
            all.push_back(each.kind);
        return all;
    }();
    return kinds;
}

void count(EventCounts& counts, std::span<const Event> events)
{
    for (const auto& event : events)
        ++counts[event.kind];
}

void add(EventCounts& counts, const EventCounts& more)
{
    for (const auto& [kind, events] : more)
        counts[kind] += events;
}

std::int64_t total(const EventCounts& counts)
{
    std::int64_t all = 0;
    for (const auto& [kind, number] : counts)
        all += number;
    return all;
}

std::optional<std::string> dedup_key(Kind kind, std::string_view account, std::string_view sim)
{
    const auto condition = row(kind).condition;
    if (condition.empty())
        return std::nullopt;
    std::string key(account);
    if (!sim.empty())
        key.append(1, ':').append(sim);
    return key.append(1, ':').append(condition);
}

bool raises_condition(Kind kind)
{
    return !row(kind).condition.empty() && row(kind).severity != info;
}

std::vector<Kind> raised_alike(Kind kind)
{
    std::vector<Kind> kinds;
    for (const auto& each : table)
        if (raises_condition(each.kind) && each.condition == row(kind).condition)
            kinds.push_back(each.kind);
    return kinds;
}

std::optional<Kind> resolved_by(Kind kind)
{
    const auto condition = row(kind).condition;
    const auto found = std::ranges::find_if(
        table, [&](const Row& each) { return each.condition == condition && each.severity == info; });
    if (condition.empty() || found == table.end())
        return std::nullopt;
    return found->kind;
}

} // namespace simsync
