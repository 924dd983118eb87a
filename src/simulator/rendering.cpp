// One small writer for each field of the reference.
#include "simulator/rendering.hpp"

#include "simulator/json_text.hpp"

#include <map>

namespace simsync::simulator
{
namespace
{

void write_text(std::string& out, const std::string& text)
{
    append_quoted(out, text);
}
void write_text(std::string& out, bool truth)
{
    out += truth ? "true" : "false";
}
void write_text(std::string& out, Decimal value)
{
    append(out, value);
}
void write_text(std::string& out, std::int64_t value)
{
    append(out, Decimal::whole(value));
}

void write_text(std::string& out, Instant instant)
{
    out += '"';
    append(out, instant);
    out += '"';
}

template<class T>
void write_text(std::string& out, const std::optional<T>& value)
{
    if (value)
        write_text(out, *value);
    else
        out += "null";
}

bool has_tariff(const Simcard& simcard)
{
    return simcard.current_tariff != nullptr;
}
bool has_imei(const Simcard& simcard)
{
    return simcard.imei.has_value();
}

// The lists of one field, "fmcs { msisdn }"; null where the field is no list.
auto list_of(const std::string& field) -> std::vector<std::string> Simcard::*
{
    if (field == "fmcs")
        return &Simcard::fmcs;
    if (field == "callerIds")
        return &Simcard::caller_ids;
    return field == "externalMsisdns" ? &Simcard::external_msisdns : nullptr;
}

// Whether an object that may be null is there; null where the field always is.
auto existence_of(const std::string& field) -> bool (*)(const Simcard&)
{
    if (field == "currentTariff")
        return has_tariff;
    return field == "imei" ? has_imei : nullptr;
}

} // namespace

Rendering::Write Rendering::leaf(const std::string& path)
{
    using Out = std::string;
    static const std::map<std::string, Write, std::less<>> leaves{
        {"id", [](Out& out, const Row& row) { write_text(out, row.simcard.id); }},
        {"iccidPlastic", [](Out& out, const Row& row) { write_text(out, row.simcard.iccid_plastic); }},
        {"simId", [](Out& out, const Row& row) { write_text(out, row.simcard.sim_id); }},
        {"isBlocked", [](Out& out, const Row& row) { write_text(out, row.simcard.is_blocked); }},
        {"allowFreeCallerIdChange",
         [](Out& out, const Row& row) { write_text(out, row.simcard.allow_free_caller_id_change); }},
        {"allowFreeVoiceSubstitution",
         [](Out& out, const Row& row) { write_text(out, row.simcard.allow_free_voice_substitution); }},
        {"resource.balance", [](Out& out, const Row& row) { write_text(out, row.simcard.balance); }},
        {"resource.dataBalance", [](Out& out, const Row& row) { write_text(out, row.simcard.data_balance); }},
        {"fmcs.msisdn", [](Out& out, const Row& row) { append_quoted(out, row.msisdn); }},
        {"callerIds.msisdn", [](Out& out, const Row& row) { append_quoted(out, row.msisdn); }},
        {"externalMsisdns.msisdn", [](Out& out, const Row& row) { append_quoted(out, row.msisdn); }},
        {"currentTariff.name",
         [](Out& out, const Row& row) { write_text(out, row.simcard.current_tariff->name); }},
        {"currentTariff.packageTotalCallsMaxDuration", [](Out& out, const Row& row)
         { write_text(out, row.simcard.current_tariff->package_total_calls_max_duration); }},
        {"currentTariff.tariffType",
         [](Out& out, const Row& row) { write_text(out, row.simcard.current_tariff->tariff_type); }},
        {"profile", [](Out& out, const Row& row) { write_text(out, row.simcard.profile); }},
        {"description", [](Out& out, const Row& row) { write_text(out, row.simcard.description); }},
        {"latestActivity", [](Out& out, const Row& row) { write_text(out, row.simcard.latest_activity); }},
        {"tariffExpiresAt", [](Out& out, const Row& row) { write_text(out, row.simcard.tariff_expires_at); }},
        {"imei.imei", [](Out& out, const Row& row) { write_text(out, row.simcard.imei->imei); }},
        {"imei.imeiIsCorrect",
         [](Out& out, const Row& row) { write_text(out, row.simcard.imei->is_correct); }},
        {"isArchived", [](Out& out, const Row& row) { write_text(out, row.simcard.is_archived); }},
    };
    return leaves.at(path);
}

Rendering::Step Rendering::step(const graphql::Field& field, const std::string& parent)
{
    Step made;
    if (field.selections.empty())
    {
        made.write = leaf(parent + field.name);
        return made;
    }
    made.children = compile(field.selections, parent + field.name + ".");
    made.numbers = list_of(field.name);
    made.exists = existence_of(field.name);
    return made;
}

std::vector<Rendering::Step>
Rendering::compile(const std::vector<graphql::Field>& selections, const std::string& parent)
{
    std::vector<Step> steps;
    for (const auto& field : selections)
    {
        steps.push_back(step(field, parent));
        steps.back().lead = (steps.size() == 1 ? "{\"" : ",\"") + field.key + "\":";
    }
    return steps;
}

Rendering::Rendering(const std::vector<graphql::Field>& selections) : steps_{compile(selections, "")} {}

void Rendering::append(std::string& out, const Simcard& simcard) const
{
    write_object(out, {simcard, {}}, steps_);
}

void Rendering::write_object(std::string& out, const Row& row, const std::vector<Step>& steps)
{
    for (const auto& step : steps)
    {
        out += step.lead;
        write_step(out, row, step);
    }
    out += '}';
}

void Rendering::write_step(std::string& out, const Row& row, const Step& step)
{
    if (step.write != nullptr)
        step.write(out, row);
    else if (step.numbers != nullptr)
        write_numbers(out, row, step);
    else if (step.exists == nullptr || step.exists(row.simcard))
        write_object(out, row, step.children);
    else
        out += "null";
}

void Rendering::write_numbers(std::string& out, const Row& row, const Step& step)
{
    out += '[';
    bool first = true;
    for (const auto& number : row.simcard.*step.numbers)
    {
        if (!first)
            out += ',';
        first = false;
        write_object(out, {row.simcard, number}, step.children);
    }
    out += ']';
}

} // namespace simsync::simulator
