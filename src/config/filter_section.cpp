// {field, comparator, value} against the reference's fields, and the canonical text of a filter.
#include "config/filter_section.hpp"

#include "config/reference_fields.hpp"
#include "model/suggestion.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <ranges>

namespace simsync
{
namespace
{

// --- reading

std::vector<std::string_view> field_names()
{
    std::vector<std::string_view> names;
    for (const auto& field : reference_fields())
        names.push_back(field.name);
    return names;
}

std::optional<ReferenceField> read_field(Section& item)
{
    std::string name;
    const auto value = item.require("field", "for example field = \"profile\"");
    if (!value || !value->read(name))
        return std::nullopt;
    if (const auto* field = reference_field_named(name))
        return *field;
    value->read(name, field_names()); // notes the mistake
    return std::nullopt;
}

std::optional<Comparator> read_comparator(Section& item)
{
    const auto names = comparator_names();
    std::string name;
    const auto value = item.require("comparator", "for example comparator = \"EQ\"");
    if (!value || !value->read(name))
        return std::nullopt;
    const auto comparator = comparator_named(name);
    if (!comparator)
        value->read(name, names); // notes the mistake
    return comparator;
}

std::string_view plural(FieldType type)
{
    switch (type)
    {
    case FieldType::text:
        return "text";
    case FieldType::flag:
        return "true and false";
    case FieldType::integer:
        return "integers";
    case FieldType::amount:
        return "amounts";
    case FieldType::date:
        return "dates";
    }
    return {};
}

bool compares(Comparator comparator, FieldType type)
{
    switch (comparator)
    {
    case Comparator::contains:
    case Comparator::starts_with:
    case Comparator::ends_with:
        return type == FieldType::text;
    case Comparator::lt:
    case Comparator::lte:
    case Comparator::gt:
    case Comparator::gte:
    case Comparator::in:
    case Comparator::nin:
        return type != FieldType::flag;
    default:
        return true;
    }
}

template<class T>
std::optional<FilterValue> taken(const Value& value, T example)
{
    if (!value.read(example))
        return std::nullopt;
    return example;
}

std::optional<FilterValue> read_scalar(const Value& value, FieldType type)
{
    switch (type)
    {
    case FieldType::text:
        return taken(value, std::string{});
    case FieldType::flag:
        return taken(value, true);
    case FieldType::integer:
        return taken(value, std::int64_t{60});
    case FieldType::amount:
        return taken(value, Money{});
    case FieldType::date:
        break;
    }
    Timestamp time;
    if (!value.read(time))
        return std::nullopt;
    return to_text(time);
}

// A value in a list (`in`, `nin`), which the API takes as a list of strings whatever the field's type.
struct AsText
{
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(const Money& amount) const { return amount.text(); }
    std::string operator()(const auto&) const { return {}; } // not reached: no list has these
};

std::optional<FilterValue> read_list(const Value& value, FieldType type)
{
    const auto items = value.items();
    if (!items)
        return std::nullopt;
    if (items->empty())
        value.refuse(value.name() + " is an empty list", "name at least one value");

    std::vector<std::string> texts;
    for (const auto& item : *items)
        if (const auto scalar = read_scalar(item, type))
            texts.push_back(std::visit(AsText{}, *scalar));
    return texts;
}

std::optional<FilterValue> read_value(const Value& value, FieldType type, Comparator comparator)
{
    switch (comparator)
    {
    case Comparator::null:
        return taken(value, true);
    case Comparator::in:
    case Comparator::nin:
        return read_list(value, type);
    default:
        return read_scalar(value, type);
    }
}

std::optional<Filter> read_item(Section& item)
{
    const auto field = read_field(item);
    const auto comparator = read_comparator(item);
    const auto value = item.require("value", "for example value = \"S1\"");
    item.refuse_unknown_keys();
    if (!field || !comparator || !value)
        return std::nullopt;

    if (!compares(*comparator, field->type))
    {
        item.refuse(
            "comparator",
            "account.filter.comparator " + std::string{to_text(*comparator)} + " does not fit " +
                std::string{field->name} + ", which holds " + std::string{plural(field->type)},
            "use EQ or NEQ" + std::string{field->type == FieldType::flag ? "" : ", LT to GTE, or IN"});
        return std::nullopt;
    }
    auto operand = read_value(*value, field->type, *comparator);
    if (!operand)
        return std::nullopt;
    return Filter{std::string{field->name}, *comparator, std::move(*operand), Joint::all};
}

// --- writing

std::string json_string(std::string_view text)
{
    return boost::json::serialize(boost::json::string_view{text.data(), text.size()});
}

std::string json_list(std::vector<std::string> elements)
{
    std::ranges::sort(elements);
    const auto repeated = std::ranges::unique(elements);
    elements.erase(repeated.begin(), repeated.end());

    std::string list;
    for (const auto& element : elements)
        list.append(list.empty() ? "" : ",").append(element);
    return '[' + list + ']';
}

struct AsJson
{
    std::string operator()(const std::string& text) const { return json_string(text); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(const Money& amount) const { return amount.text(); }
    std::string operator()(const std::vector<std::string>& texts) const
    {
        std::vector<std::string> elements;
        std::ranges::transform(texts, std::back_inserter(elements), json_string);
        return json_list(std::move(elements));
    }
};

} // namespace

std::vector<Filter> read_filter(Section& account)
{
    std::vector<Filter> filters;
    const auto value = account.find("filter");
    if (!value)
        return filters;
    for (const auto& element : value->items().value_or(std::vector<Value>{}))
        if (auto item = element.section())
            if (auto filter = read_item(*item))
                filters.push_back(std::move(*filter));
    return filters;
}

// Neither the order of filters joined by AND nor that of a list's elements changes what they select, and no
// more does saying a thing twice.
std::string scope_text(const std::vector<Filter>& filter)
{
    std::vector<std::string> elements;
    elements.reserve(filter.size());
    for (const auto& each : filter)
        elements.push_back(
            "{\"field\":" + json_string(each.field) + ",\"comparator\":\"" +
            std::string{to_text(each.comparator)} + "\",\"value\":" + std::visit(AsJson{}, each.value) + '}');
    return json_list(std::move(elements));
}

} // namespace simsync
