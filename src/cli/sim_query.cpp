#include "cli/sim_query.hpp"

#include "cli/exit_code.hpp"
#include "config/reference_fields.hpp"
#include "model/suggestion.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

namespace simsync::cli
{
namespace
{

constexpr const char* form = "FIELD:COMPARATOR[:VALUE], for example balance:LT:5";

// Up to the colon; the rest stays. A value may hold colons of its own.
std::string_view take_word(std::string_view& words)
{
    const auto end = std::min(words.find(':'), words.size());
    const auto word = words.substr(0, end);
    words.remove_prefix(std::min(end + 1, words.size()));
    return word;
}

const ReferenceField& field_named(std::string_view name)
{
    if (const auto* found = reference_field_named(name))
        return *found;
    // Where none is near all are listed: the columns, which the API's own names resemble.
    std::vector<std::string_view> names;
    for (const auto& field : reference_fields())
        names.push_back(field.column);
    std::vector<std::string_view> both = names;
    for (const auto& field : reference_fields())
        both.push_back(field.name);
    if (nearest(name, both))
        names = both;
    throw UsageError("the API's SIMs have no field \"" + std::string(name) + '"', hint_at(name, names));
}

Comparator comparator_of(std::string_view name)
{
    if (const auto comparator = comparator_named(name))
        return *comparator;
    throw UsageError("\"" + std::string(name) + "\" is no comparator", hint_at(name, comparator_names()));
}

[[noreturn]] void refuse_value(const ReferenceField& field, std::string_view value, const char* expected)
{
    throw UsageError(
        std::string(field.name) + " is compared with " + expected + ", not with \"" + std::string(value) +
            '"',
        form);
}

bool truth_of(const ReferenceField& field, std::string_view value)
{
    if (value != "true" && value != "false")
        refuse_value(field, value, "true or false");
    return value == "true";
}

FilterValue value_of(const ReferenceField& field, std::string_view value)
{
    switch (field.type)
    {
    case FieldType::text:
        break;
    case FieldType::flag:
        return truth_of(field, value);
    case FieldType::integer:
    {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc{} || end != value.data() + value.size())
            refuse_value(field, value, "a whole number");
        return number;
    }
    case FieldType::amount:
        if (const auto amount = Money::parse(value))
            return *amount;
        refuse_value(field, value, "an amount");
    case FieldType::date:
        if (const auto time = parse_date(value))
            return to_text(*time);
        refuse_value(field, value, "a date, 2026-07-01 or 2026-07-01T12:00:00Z,");
    }
    return std::string(value);
}

// A value in a list (`in`, `nin`), which the API takes as a list of strings whatever the field's type.
std::vector<std::string> list_of(const ReferenceField& field, std::string_view values)
{
    std::vector<std::string> list;
    while (!values.empty())
    {
        const auto end = std::min(values.find(','), values.size());
        const auto value = values.substr(0, end);
        value_of(field, value); // refuses what does not fit
        list.emplace_back(value);
        values.remove_prefix(std::min(end + 1, values.size()));
    }
    return list;
}

} // namespace

Filter filter_of(const std::string& words)
{
    std::string_view rest = words;
    const auto& field = field_named(take_word(rest));
    if (rest.empty())
        throw UsageError("the filter \"" + words + "\" names no comparator", form);
    const auto comparator = comparator_of(take_word(rest));
    const bool by_list = comparator == Comparator::in || comparator == Comparator::nin;
    if (comparator == Comparator::null)
        return {std::string(field.name), comparator, rest.empty() || truth_of(field, rest)};
    if (rest.empty() && (by_list || field.type != FieldType::text))
        throw UsageError("the filter \"" + words + "\" names no value", form);
    if (by_list)
        return {std::string(field.name), comparator, list_of(field, rest)};
    return {std::string(field.name), comparator, value_of(field, rest)};
}

Sort sort_of(const std::string& words)
{
    constexpr std::array<std::string_view, 2> orders{"asc", "desc"};
    std::string_view rest = words;
    const auto& field = field_named(take_word(rest));
    if (!rest.empty() && std::ranges::find(orders, rest) == orders.end())
        throw UsageError("\"" + std::string(rest) + "\" is no order", hint_at(rest, orders));
    return {std::string(field.name), rest != "desc"};
}

} // namespace simsync::cli
