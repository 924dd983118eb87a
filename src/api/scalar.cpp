// Scalars into columns.
#include "api/scalar.hpp"

#include "model/date.hpp"
#include "model/escape.hpp"

#include <charconv>
#include <stdexcept>

namespace simsync
{
namespace
{

using Type = Scalar::Type;

// PostgreSQL's B-tree takes keys up to 2.7 kB; no id of any service comes near to this.
constexpr std::size_t longest_id = 256;
// A longer text is none that a person wrote; its row and its event would hold it several times.
constexpr std::size_t longest_text = 1024 * 1024;
// So many in one field of one SIM, and so long: each attached one is an event.
constexpr std::size_t most_numbers = 10'000;
constexpr std::size_t longest_number = 256;

bool is_literal(const Scalar& scalar)
{
    return scalar.type == Type::integer || scalar.type == Type::number;
}

bool fill_id(std::string& id, const Scalar& scalar)
{
    id.clear();
    const bool whole = is_literal(scalar) && scalar.text.find_first_of(".eE") == std::string_view::npos;
    if ((!whole && scalar.type != Type::text) || scalar.text.size() > longest_id)
        return false;
    id = scalar.text;
    return !id.empty();
}

bool fill_text(std::optional<std::string>& text, const Scalar& scalar)
{
    text.reset();
    if (scalar.type == Type::boolean || scalar.text.size() > longest_text)
        return false;
    if (scalar.type != Type::null)
        text.emplace(scalar.text);
    return true;
}

bool fill_truth(std::optional<bool>& truth, const Scalar& scalar)
{
    truth.reset();
    if (scalar.type == Type::boolean)
        truth = scalar.truth;
    return scalar.type == Type::boolean || scalar.type == Type::null;
}

bool fill_amount(std::optional<Money>& amount, const Scalar& scalar)
{
    amount.reset();
    if (is_literal(scalar) || scalar.type == Type::text)
        amount = Money::parse(scalar.text);
    return amount.has_value() || scalar.type == Type::null;
}

bool fill_time(std::optional<Timestamp>& time, const Scalar& scalar)
{
    time.reset();
    if (scalar.type == Type::null)
        return true;
    std::optional<Date> date;
    if (scalar.type == Type::text)
        date = read_date(scalar.text);
    else if (const auto number = is_literal(scalar) ? Money::parse(scalar.text) : std::nullopt)
        date = read_epoch(number->text());
    if (date)
        time = date->at;
    return date.has_value();
}

// "60", 60.0 and 6e1 are whole as well: Money reads all of them exactly.
std::optional<std::int64_t> whole_number(std::string_view literal)
{
    const auto amount = Money::parse(literal);
    if (!amount)
        return std::nullopt;
    const std::string& text = amount->text();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

bool fill_integer(std::optional<std::int64_t>& integer, const Scalar& scalar)
{
    integer.reset();
    if (scalar.type == Type::integer)
        integer = scalar.integer;
    else if (scalar.type == Type::number || scalar.type == Type::text)
        integer = whole_number(scalar.text);
    return integer.has_value() || scalar.type == Type::null;
}

bool add_number(std::vector<std::string>& numbers, const Scalar& scalar)
{
    if (scalar.type == Type::boolean || scalar.text.size() > longest_number || numbers.size() >= most_numbers)
        return false;
    if (scalar.type != Type::null)
        numbers.emplace_back(scalar.text);
    return true;
}

} // namespace

std::string json_text(const Scalar& scalar)
{
    switch (scalar.type)
    {
    case Type::null:
        return "null";
    case Type::boolean:
        return scalar.truth ? "true" : "false";
    case Type::integer:
    case Type::number:
        return escape(scalar.text);
    case Type::text:
        return '"' + escape(scalar.text, quotable_bytes - 2) + '"';
    case Type::unreadable:
        return escape(scalar.text);
    }
    throw std::logic_error("a JSON scalar of no type");
}

namespace
{

bool fill_readable(Sim& sim, FieldColumn column, const Scalar& scalar)
{
    switch (column)
    {
    case FieldColumn::id:
        return fill_id(sim.id, scalar);
    case FieldColumn::iccid_plastic:
        return fill_text(sim.iccid_plastic, scalar);
    case FieldColumn::sim_id:
        return fill_text(sim.sim_id, scalar);
    case FieldColumn::is_blocked:
        return fill_truth(sim.is_blocked, scalar);
    case FieldColumn::allow_free_caller_id_change:
        return fill_truth(sim.allow_free_caller_id_change, scalar);
    case FieldColumn::allow_free_voice_substitution:
        return fill_truth(sim.allow_free_voice_substitution, scalar);
    case FieldColumn::balance:
        return fill_amount(sim.balance, scalar);
    case FieldColumn::data_balance:
        return fill_amount(sim.data_balance, scalar);
    case FieldColumn::fmcs:
        return add_number(sim.fmcs, scalar);
    case FieldColumn::caller_ids:
        return add_number(sim.caller_ids, scalar);
    case FieldColumn::external_msisdns:
        return add_number(sim.external_msisdns, scalar);
    case FieldColumn::tariff_name:
        return fill_text(sim.tariff_name, scalar);
    case FieldColumn::tariff_package_total_calls_max_duration:
        return fill_integer(sim.tariff_package_total_calls_max_duration, scalar);
    case FieldColumn::tariff_type:
        return fill_text(sim.tariff_type, scalar);
    case FieldColumn::profile:
        return fill_text(sim.profile, scalar);
    case FieldColumn::description:
        return fill_text(sim.description, scalar);
    case FieldColumn::latest_activity:
        return fill_time(sim.latest_activity, scalar);
    case FieldColumn::tariff_expires_at:
        return fill_time(sim.tariff_expires_at, scalar);
    case FieldColumn::imei:
        return fill_text(sim.imei, scalar);
    case FieldColumn::imei_is_correct:
        return fill_truth(sim.imei_is_correct, scalar);
    case FieldColumn::is_archived:
        return fill_truth(sim.is_archived, scalar);
    }
    throw std::logic_error("a column that no SIM has");
}

} // namespace

bool fill(Sim& sim, FieldColumn column, const Scalar& scalar)
{
    const bool readable =
        scalar.type != Type::unreadable && (scalar.type != Type::text || storable(scalar.text));
    if (readable)
        return fill_readable(sim, column, scalar);
    if (!holds_numbers(column))
        clear(sim, column);
    return false;
}

void clear(Sim& sim, FieldColumn column)
{
    if (column == FieldColumn::id)
        sim.id.clear();
    else if (column == FieldColumn::fmcs)
        sim.fmcs.clear();
    else if (column == FieldColumn::caller_ids)
        sim.caller_ids.clear();
    else if (column == FieldColumn::external_msisdns)
        sim.external_msisdns.clear();
    else
        fill_readable(sim, column, Scalar{});
}

} // namespace simsync
