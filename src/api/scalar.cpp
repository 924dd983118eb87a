// Scalars into columns.
#include "api/scalar.hpp"

#include "model/date.hpp"
#include "model/escape.hpp"

#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

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

// One way for each type of column.
bool put(std::string& id, const Scalar& scalar)
{
    id.clear();
    const bool whole = is_literal(scalar) && scalar.text.find_first_of(".eE") == std::string_view::npos;
    if ((!whole && scalar.type != Type::text) || scalar.text.size() > longest_id)
        return false;
    id = scalar.text;
    return !id.empty();
}

bool put(std::optional<std::string>& text, const Scalar& scalar)
{
    text.reset();
    if (scalar.type == Type::boolean || scalar.text.size() > longest_text)
        return false;
    if (scalar.type != Type::null)
        text.emplace(scalar.text);
    return true;
}

bool put(std::optional<bool>& truth, const Scalar& scalar)
{
    truth.reset();
    if (scalar.type == Type::boolean)
        truth = scalar.truth;
    return scalar.type == Type::boolean || scalar.type == Type::null;
}

bool put(std::optional<Money>& amount, const Scalar& scalar)
{
    amount.reset();
    if (is_literal(scalar) || scalar.type == Type::text)
        amount = Money::parse(scalar.text);
    return amount.has_value() || scalar.type == Type::null;
}

bool put(std::optional<Timestamp>& time, const Scalar& scalar)
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

bool put(std::optional<std::int64_t>& integer, const Scalar& scalar)
{
    integer.reset();
    if (scalar.type == Type::integer)
        integer = scalar.integer;
    else if (scalar.type == Type::number || scalar.type == Type::text)
        integer = whole_number(scalar.text);
    return integer.has_value() || scalar.type == Type::null;
}

bool put(std::vector<std::string>& numbers, const Scalar& scalar)
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

template<std::size_t place>
bool put_into(Sim& sim, const Scalar& scalar)
{
    return put(SimColumn<place>::of(sim), scalar);
}

template<std::size_t place>
void clear_at(Sim& sim)
{
    SimColumn<place>::of(sim) = {};
}

// What fills and clears the column of each field, at the field's place.
struct Access
{
    bool (*put)(Sim&, const Scalar&);
    void (*clear)(Sim&);
};

template<std::size_t... i>
constexpr std::array<Access, sizeof...(i)> access_by_place(std::index_sequence<i...>)
{
    return {Access{&put_into<reference_order[i]>, &clear_at<reference_order[i]>}...};
}

constexpr auto access = access_by_place(std::make_index_sequence<sim_fields.size()>{});

} // namespace

bool fill(Sim& sim, const SimField& field, const Scalar& scalar)
{
    const bool readable =
        scalar.type != Type::unreadable && (scalar.type != Type::text || storable(scalar.text));
    if (readable)
        return access[field.place].put(sim, scalar);
    if (!field.holds_numbers)
        clear(sim, field);
    return false;
}

void clear(Sim& sim, const SimField& field)
{
    access[field.place].clear(sim);
}

} // namespace simsync
