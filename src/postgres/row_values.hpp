// The model's values as PostgreSQL's text and back: one pair of overloads for each type that a column has.
#pragma once

#include "simsync/model/money.hpp"
#include "simsync/model/time.hpp"

#include <pqxx/pqxx>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

using SqlText = std::optional<std::string>; // empty: NULL

SqlText sql_text(bool value);
SqlText sql_text(std::int64_t value);
SqlText sql_text(const Money& value);
SqlText sql_text(Timestamp value);
SqlText sql_text(const std::string& value);
SqlText sql_text(const std::vector<std::string>& value);           // text[]
SqlText sql_text(const std::map<std::string, std::string>& value); // jsonb, NULL where it is empty

template<class T>
SqlText sql_text(const std::optional<T>& value)
{
    return value ? sql_text(*value) : SqlText{};
}

// Each throws pqxx::conversion_error for a text that is none of its type.
void read_field(const pqxx::field& field, bool& value);
void read_field(const pqxx::field& field, std::int64_t& value);
void read_field(const pqxx::field& field, Money& value);
void read_field(const pqxx::field& field, Timestamp& value); // as simsync.rfc3339 writes it
void read_field(const pqxx::field& field, std::string& value);
void read_field(const pqxx::field& field, std::vector<std::string>& value);
void read_field(const pqxx::field& field, std::map<std::string, std::string>& value);

template<class T>
void read_field(const pqxx::field& field, std::optional<T>& value)
{
    value.reset();
    if (!field.is_null())
        read_field(field, value.emplace());
}

template<class T>
T field_as(const pqxx::field& field)
{
    T value{};
    read_field(field, value);
    return value;
}

} // namespace simsync
