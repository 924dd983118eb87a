// Names of an enumeration's values, as protocols, rows and configurations spell them, in tables that the
// compiler holds against the enumeration.
#pragma once

#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

namespace simsync
{

// A row of the plainest such table. Others have more members.
template<class Enum>
struct Named
{
    Enum value;
    std::string_view name;
};
template<class Enum>
Named(Enum, std::string_view) -> Named<Enum>;

// Whether the rows' enumerators, told by `value`, are all up to `last` in the order of the enumeration, so
// that each is the index of its row: for a static_assert beside the table.
template<class Row, std::size_t size, class Enum>
constexpr bool follows_enumeration(const std::array<Row, size>& table, Enum Row::*value, Enum last)
{
    for (std::size_t i = 0; i < size; ++i)
        if (static_cast<std::size_t>(table[i].*value) != i)
            return false;
    return size == static_cast<std::size_t>(last) + 1;
}

// Of a table that follows its enumeration.
template<class Row, std::size_t size, class Enum>
constexpr const Row& row_of(const std::array<Row, size>& table, Enum value)
{
    return table.at(static_cast<std::size_t>(value));
}

template<class Enum, std::size_t size>
constexpr std::optional<Enum> value_named(const std::array<Named<Enum>, size>& table, std::string_view name)
{
    for (const auto& row : table)
        if (row.name == name)
            return row.value;
    return std::nullopt;
}

// All of a table, in its order.
template<class Enum, std::size_t size>
constexpr std::array<std::string_view, size> names_in(const std::array<Named<Enum>, size>& table)
{
    std::array<std::string_view, size> names;
    for (std::size_t i = 0; i < size; ++i)
        names[i] = table[i].name;
    return names;
}

// Of enumerators that have a to_text, in their order.
template<class Values>
std::vector<std::string_view> names_of(const Values& values)
{
    std::vector<std::string_view> names;
    names.reserve(std::size(values));
    for (const auto value : values)
        names.push_back(to_text(value));
    return names;
}

} // namespace simsync
