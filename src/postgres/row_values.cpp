// Texts of values.
#include "postgres/row_values.hpp"

#include "postgres/array_literal.hpp"

#include <boost/json.hpp>

namespace simsync
{
namespace
{

[[noreturn]] void refuse(const pqxx::field& field)
{
    throw pqxx::conversion_error(
        "column " + std::string(field.name()) + " holds \"" + field.c_str() +
        "\", which simsync cannot read");
}

} // namespace

SqlText sql_text(bool value)
{
    return value ? "t" : "f";
}

SqlText sql_text(std::int64_t value)
{
    return std::to_string(value);
}

SqlText sql_text(const Money& value)
{
    return value.text();
}

SqlText sql_text(Timestamp value)
{
    return to_text(value);
}

SqlText sql_text(const std::string& value)
{
    return value;
}

SqlText sql_text(const std::vector<std::string>& value)
{
    return array_literal(value);
}

SqlText sql_text(const std::map<std::string, std::string>& value)
{
    if (value.empty())
        return std::nullopt;
    boost::json::object object;
    for (const auto& [column, text] : value)
        object.emplace(column, text);
    return boost::json::serialize(object);
}

void read_field(const pqxx::field& field, bool& value)
{
    value = field.as<bool>();
}

void read_field(const pqxx::field& field, std::int64_t& value)
{
    value = field.as<std::int64_t>();
}

void read_field(const pqxx::field& field, Money& value)
{
    const auto money = Money::parse(field.c_str()); // numeric keeps trailing zeros, canonical money has none
    if (!money)
        refuse(field);
    value = *money;
}

void read_field(const pqxx::field& field, Timestamp& value)
{
    const auto time = parse_date(field.c_str());
    if (!time)
        refuse(field);
    value = *time;
}

void read_field(const pqxx::field& field, std::string& value)
{
    value.assign(field.c_str(), field.size());
}

void read_field(const pqxx::field& field, std::vector<std::string>& value)
{
    value = array_elements(field.c_str());
}

void read_field(const pqxx::field& field, std::map<std::string, std::string>& value)
{
    value.clear();
    if (field.is_null())
        return;
    const auto object = boost::json::parse(field.c_str());
    for (const auto& [column, text] : object.as_object())
        value.emplace(column, text.as_string());
}

} // namespace simsync
