// The table of fields. A nested field answers to its path and to its last part, where that is not taken; the
// tariff's name also to "tariffName".
#include "simulator/fields.hpp"

#include <algorithm>
#include <array>

namespace simsync::simulator
{
namespace
{

template<class T>
FieldValue or_null(const std::optional<T>& value)
{
    return value ? FieldValue{*value} : FieldValue{};
}

FieldValue or_null(const std::optional<std::string>& value)
{
    return value ? FieldValue{std::string_view{*value}} : FieldValue{};
}

FieldValue text(const std::string& value)
{
    return std::string_view{value};
}

FieldValue numbers(const std::vector<std::string>& value)
{
    return std::span<const std::string>{value};
}

FieldValue tariff_name(const Simcard& simcard)
{
    return simcard.current_tariff ? text(simcard.current_tariff->name) : FieldValue{};
}

FieldValue tariff_type(const Simcard& simcard)
{
    return simcard.current_tariff ? text(simcard.current_tariff->tariff_type) : FieldValue{};
}

FieldValue package_duration(const Simcard& simcard)
{
    if (!simcard.current_tariff || !simcard.current_tariff->package_total_calls_max_duration)
        return {};
    return Decimal::whole(*simcard.current_tariff->package_total_calls_max_duration);
}

constexpr std::array<FilterField, 21> fields{{
    {"id", "", FieldKind::id, [](const Simcard& simcard) { return text(simcard.id); }},
    {"iccidPlastic", "", FieldKind::text, [](const Simcard& simcard) { return text(simcard.iccid_plastic); }},
    {"simId", "", FieldKind::text, [](const Simcard& simcard) { return or_null(simcard.sim_id); }},
    {"isBlocked", "", FieldKind::boolean,
     [](const Simcard& simcard) { return FieldValue{simcard.is_blocked}; }},
    {"allowFreeCallerIdChange", "", FieldKind::boolean,
     [](const Simcard& simcard) { return FieldValue{simcard.allow_free_caller_id_change}; }},
    {"allowFreeVoiceSubstitution", "", FieldKind::boolean,
     [](const Simcard& simcard) { return FieldValue{simcard.allow_free_voice_substitution}; }},
    {"resource.balance", "balance", FieldKind::number,
     [](const Simcard& simcard) { return or_null(simcard.balance); }},
    {"resource.dataBalance", "dataBalance", FieldKind::number,
     [](const Simcard& simcard) { return or_null(simcard.data_balance); }},
    {"fmcs.msisdn", "fmcs", FieldKind::numbers, [](const Simcard& simcard) { return numbers(simcard.fmcs); }},
    {"callerIds.msisdn", "callerIds", FieldKind::numbers,
     [](const Simcard& simcard) { return numbers(simcard.caller_ids); }},
    {"externalMsisdns.msisdn", "externalMsisdns", FieldKind::numbers,
     [](const Simcard& simcard) { return numbers(simcard.external_msisdns); }},
    {"currentTariff.name", "tariffName", FieldKind::text, tariff_name},
    {"currentTariff.tariffType", "tariffType", FieldKind::text, tariff_type},
    {"currentTariff.packageTotalCallsMaxDuration", "packageTotalCallsMaxDuration", FieldKind::number,
     package_duration},
    {"profile", "", FieldKind::text, [](const Simcard& simcard) { return or_null(simcard.profile); }},
    {"description", "", FieldKind::text, [](const Simcard& simcard) { return or_null(simcard.description); }},
    {"latestActivity", "", FieldKind::date,
     [](const Simcard& simcard) { return or_null(simcard.latest_activity); }},
    {"tariffExpiresAt", "", FieldKind::date,
     [](const Simcard& simcard) { return or_null(simcard.tariff_expires_at); }},
    {"imei.imei", "imei", FieldKind::text,
     [](const Simcard& simcard) { return simcard.imei ? text(simcard.imei->imei) : FieldValue{}; }},
    {"imei.imeiIsCorrect", "imeiIsCorrect", FieldKind::boolean,
     [](const Simcard& simcard)
     { return simcard.imei ? FieldValue{simcard.imei->is_correct} : FieldValue{}; }},
    {"isArchived", "", FieldKind::boolean,
     [](const Simcard& simcard) { return FieldValue{simcard.is_archived}; }},
}};

} // namespace

const FilterField* find_field(std::string_view name)
{
    const auto found = std::find_if(
        fields.begin(), fields.end(),
        [&](const FilterField& field)
        { return field.path == name || (!field.name.empty() && field.name == name); });
    return found == fields.end() ? nullptr : &*found;
}

} // namespace simsync::simulator
