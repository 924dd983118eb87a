// Texts of values.
#include "postgres/row_values.hpp"

#include "postgres/array_literal.hpp"
#include "postgres/sql_failure.hpp"

#include <boost/json.hpp>

#include <charconv>

namespace simsync
{
namespace
{

[[noreturn]] void refuse(const Cell& cell)
{
    const auto held = cell.is_null() ? std::string("NULL") : '"' + std::string(cell.text()) + '"';
    throw SqlFailure(
        SqlFailure::Kind::unexpected,
        "column " + std::string(cell.column()) + " holds " + held + ", which simsync cannot read");
}

template<class Number>
void read_number(const Cell& cell, Number& value)
{
    const auto text = cell.text();
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped != end)
        refuse(cell);
}

} // namespace

SqlText sql_text(const Money& value)
{
    return value.text();
}

SqlText sql_text(Timestamp value)
{
    return to_text(value);
}

SqlText sql_text(std::string_view value)
{
    return std::string(value);
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

void read_field(const Cell& cell, bool& value)
{
    if (cell.text() != "t" && cell.text() != "f")
        refuse(cell);
    value = cell.text() == "t";
}

void read_field(const Cell& cell, int& value)
{
    read_number(cell, value);
}

void read_field(const Cell& cell, std::int64_t& value)
{
    read_number(cell, value);
}

void read_field(const Cell& cell, std::size_t& value)
{
    read_number(cell, value);
}

void read_field(const Cell& cell, Money& value)
{
    const auto money = Money::parse(cell.text()); // numeric keeps trailing zeros, canonical money has none
    if (!money)
        refuse(cell);
    value = *money;
}

void read_field(const Cell& cell, Timestamp& value)
{
    const auto time = parse_date(cell.text());
    if (!time)
        refuse(cell);
    value = *time;
}

void read_field(const Cell& cell, std::string& value)
{
    value = cell.text();
}

void read_field(const Cell& cell, std::vector<std::string>& value)
{
    value = array_elements(cell.text());
}

void read_field(const Cell& cell, std::map<std::string, std::string>& value)
{
    value.clear();
    if (cell.is_null())
        return;
    const auto object = boost::json::parse(cell.text());
    for (const auto& [column, text] : object.as_object())
        value.emplace(column, text.as_string());
}

} // namespace simsync
