// The model's values as PostgreSQL's text and back: one pair of overloads for each type that a column has.
#pragma once

#include "postgres/rows.hpp"
#include "simsync/model/money.hpp"
#include "simsync/model/time.hpp"

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

using SqlText = std::optional<std::string>; // empty: NULL

template<std::integral Value>
SqlText sql_text(Value value)
{
    if constexpr (std::same_as<Value, bool>)
        return value ? "t" : "f";
    else
        return std::to_string(value);
}

SqlText sql_text(const Money& value);
SqlText sql_text(Timestamp value);
SqlText sql_text(std::string_view value);
SqlText sql_text(const std::vector<std::string>& value);           // text[]
SqlText sql_text(const std::map<std::string, std::string>& value); // jsonb, NULL where it is empty

template<class T>
SqlText sql_text(const std::optional<T>& value)
{
    return value ? sql_text(*value) : SqlText{};
}

// Each throws SqlFailure for a text that is none of its type, which NULL is to numbers, flags, money and
// times.
void read_field(const Cell& cell, bool& value);
void read_field(const Cell& cell, int& value);
void read_field(const Cell& cell, std::int64_t& value);
void read_field(const Cell& cell, std::size_t& value);
void read_field(const Cell& cell, Money& value);
void read_field(const Cell& cell, Timestamp& value);   // as simsync.rfc3339 writes it
void read_field(const Cell& cell, std::string& value); // of NULL: empty, as the other two
void read_field(const Cell& cell, std::vector<std::string>& value);
void read_field(const Cell& cell, std::map<std::string, std::string>& value);

template<class T>
void read_field(const Cell& cell, std::optional<T>& value)
{
    value.reset();
    if (!cell.is_null())
        read_field(cell, value.emplace());
}

} // namespace simsync
