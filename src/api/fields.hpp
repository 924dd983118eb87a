// The fields of a SIM as the reference selects them, in its order, and the column that each one fills. The
// one table that the documents are written from and the answers are read by.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace simsync
{

enum class FieldColumn : std::uint8_t
{
    id,
    iccid_plastic,
    sim_id,
    is_blocked,
    allow_free_caller_id_change,
    allow_free_voice_substitution,
    balance,
    data_balance,
    fmcs,
    caller_ids,
    external_msisdns,
    tariff_name,
    tariff_package_total_calls_max_duration,
    tariff_type,
    profile,
    description,
    latest_activity,
    tariff_expires_at,
    imei,
    imei_is_correct,
    is_archived,
};

struct SimField
{
    std::string_view group; // the object that holds it: "resource"; empty for a field of the SIM itself
    std::string_view name;  // "dataBalance"
    FieldColumn column;
    std::string_view column_name; // as in `simsync.sim`
    std::string_view label; // the API's own name where somebody reads it alone: "currentTariff.name", "fmcs"

    // The key under which a SIM holds it, directly or in a group.
    constexpr std::string_view outer() const { return group.empty() ? name : group; }
};

// Fields of a group stand side by side; a field's place here is its FieldColumn's number.
inline constexpr std::array<SimField, 21> sim_fields{{
    {"", "id", FieldColumn::id, "id", "id"},
    {"", "iccidPlastic", FieldColumn::iccid_plastic, "iccid_plastic", "iccidPlastic"},
    {"", "simId", FieldColumn::sim_id, "sim_id", "simId"},
    {"", "isBlocked", FieldColumn::is_blocked, "is_blocked", "isBlocked"},
    {"", "allowFreeCallerIdChange", FieldColumn::allow_free_caller_id_change, "allow_free_caller_id_change",
     "allowFreeCallerIdChange"},
    {"", "allowFreeVoiceSubstitution", FieldColumn::allow_free_voice_substitution, "allow_free_voice_substitution",
     "allowFreeVoiceSubstitution"},
    {"resource", "balance", FieldColumn::balance, "balance", "balance"},
    {"resource", "dataBalance", FieldColumn::data_balance, "data_balance", "dataBalance"},
    {"fmcs", "msisdn", FieldColumn::fmcs, "fmcs", "fmcs"},
    {"callerIds", "msisdn", FieldColumn::caller_ids, "caller_ids", "callerIds"},
    {"externalMsisdns", "msisdn", FieldColumn::external_msisdns, "external_msisdns", "externalMsisdns"},
    {"currentTariff", "name", FieldColumn::tariff_name, "tariff_name", "currentTariff.name"},
    {"currentTariff", "packageTotalCallsMaxDuration", FieldColumn::tariff_package_total_calls_max_duration,
     "tariff_package_total_calls_max_duration", "packageTotalCallsMaxDuration"},
    {"currentTariff", "tariffType", FieldColumn::tariff_type, "tariff_type", "tariffType"},
    {"", "profile", FieldColumn::profile, "profile", "profile"},
    {"", "description", FieldColumn::description, "description", "description"},
    {"", "latestActivity", FieldColumn::latest_activity, "latest_activity", "latestActivity"},
    {"", "tariffExpiresAt", FieldColumn::tariff_expires_at, "tariff_expires_at", "tariffExpiresAt"},
    {"imei", "imei", FieldColumn::imei, "imei", "imei"},
    {"imei", "imeiIsCorrect", FieldColumn::imei_is_correct, "imei_is_correct", "imeiIsCorrect"},
    {"", "isArchived", FieldColumn::is_archived, "is_archived", "isArchived"},
}};

constexpr bool in_column_order()
{
    for (std::size_t i = 0; i < sim_fields.size(); ++i)
        if (static_cast<std::size_t>(sim_fields[i].column) != i)
            return false;
    return true;
}
static_assert(in_column_order());

// One past the last field that stands under the same key as this one.
constexpr std::size_t end_of_group(std::size_t field)
{
    const auto key = sim_fields[field].outer();
    while (field < sim_fields.size() && sim_fields[field].outer() == key)
        ++field;
    return field;
}

// For each field the end of its group. Reading asks so for every group of every SIM.
inline constexpr auto group_ends = []
{
    std::array<std::size_t, sim_fields.size()> ends{};
    for (std::size_t i = 0; i < ends.size(); ++i)
        ends[i] = end_of_group(i);
    return ends;
}();

constexpr const SimField& field_of(FieldColumn column)
{
    return sim_fields[static_cast<std::size_t>(column)];
}

// A column of numbers: filled by a list of objects, one number each.
constexpr bool holds_numbers(FieldColumn column)
{
    return column == FieldColumn::fmcs || column == FieldColumn::caller_ids || column == FieldColumn::external_msisdns;
}

} // namespace simsync
