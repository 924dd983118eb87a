// The fields of a SIM that a client may filter and sort by.
#pragma once

#include "simulator/fleet.hpp"

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace simsync::simulator
{

enum class FieldKind
{
    id,
    text,
    boolean,
    number,
    date,
    numbers, // a list of telephone numbers
};

// A view of a field's value, valid while its SIM is; monostate: null.
using FieldValue =
    std::variant<std::monostate, std::string_view, bool, Decimal, Instant, std::span<const std::string>>;

struct FilterField
{
    std::string_view path; // "currentTariff.name": as selected in a query
    std::string_view name; // "tariffName": a second, short name; may be empty
    FieldKind kind;
    FieldValue (*read)(const Simcard&);
};

// By path or short name; null where no field is called so.
const FilterField* find_field(std::string_view name);

} // namespace simsync::simulator
