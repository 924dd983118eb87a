// Reading filters and judging SIMs by them.
#include "simulator/filter.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace simsync::simulator
{
namespace
{

using graphql::Refusal;
using graphql::Value;

struct ComparatorName
{
    std::string_view text;
    Comparator comparator;
};

constexpr std::array<ComparatorName, 12> comparator_names{
    {{"EQ", Comparator::eq},
     {"NEQ", Comparator::neq},
     {"LT", Comparator::lt},
     {"LTE", Comparator::lte},
     {"GT", Comparator::gt},
     {"GTE", Comparator::gte},
     {"IN", Comparator::in},
     {"NIN", Comparator::nin},
     {"CONTAINS", Comparator::contains},
     {"STARTS_WITH", Comparator::starts_with},
     {"ENDS_WITH", Comparator::ends_with},
     {"NULL", Comparator::null}}};

[[noreturn]] void refuse(std::string message, const Value& at)
{
    throw Refusal{{{std::move(message), at.where}}};
}

// Text of a string or an enumeration's name; empty for other values.
std::string_view text_of(const Value* value)
{
    if (value == nullptr)
        return {};
    if (const auto* string = std::get_if<std::string>(&value->is))
        return *string;
    if (const auto* name = std::get_if<graphql::EnumName>(&value->is))
        return name->text;
    return {};
}

std::optional<std::string> scalar_text(const Value& value)
{
    if (const auto* string = std::get_if<std::string>(&value.is))
        return *string;
    if (const auto* number = std::get_if<graphql::Number>(&value.is))
        return number->text;
    if (const auto* truth = std::get_if<bool>(&value.is))
        return *truth ? "true" : "false";
    return std::nullopt;
}

std::optional<Operand> as_boolean(const std::string& text)
{
    if (text != "true" && text != "false")
        return std::nullopt;
    return text == "true";
}

std::optional<Operand> as_operand(const std::string& text, FieldKind kind)
{
    switch (kind)
    {
    case FieldKind::id:
    case FieldKind::text:
    case FieldKind::numbers:
        return text;
    case FieldKind::boolean:
        return as_boolean(text);
    case FieldKind::number:
        return Decimal::parse(text);
    case FieldKind::date:
        return parse_instant(text);
    }
    return std::nullopt;
}

Operand read_operand(const Value& value, const FilterField& field)
{
    if (const auto text = scalar_text(value))
        if (auto operand = as_operand(*text, field.kind))
            return *std::move(operand);
    refuse("The filter's value does not suit the field \"" + std::string{field.path} + "\".", value);
}

bool suits(Comparator comparator, FieldKind kind)
{
    switch (comparator)
    {
    case Comparator::contains:
    case Comparator::starts_with:
    case Comparator::ends_with:
        return kind == FieldKind::id || kind == FieldKind::text || kind == FieldKind::numbers;
    case Comparator::lt:
    case Comparator::lte:
    case Comparator::gt:
    case Comparator::gte:
        return kind != FieldKind::boolean;
    default:
        return true;
    }
}

// NULL without a value, or with null, asks whether the field is null.
std::vector<Operand> read_null(const Value* value, const Value& at)
{
    if (value == nullptr || std::holds_alternative<graphql::Null>(value->is))
        return {true};
    if (const auto text = scalar_text(*value))
        if (auto truth = as_boolean(*text))
            return {*std::move(truth)};
    refuse("The comparator NULL takes true or false.", at);
}

std::vector<Operand> read_operands(const Value* value, const Condition& condition, const Value& at)
{
    if (condition.comparator == Comparator::null)
        return read_null(value, at);
    if (value == nullptr || std::holds_alternative<graphql::Null>(value->is))
        refuse("The filter on \"" + std::string{condition.field->path} + "\" has no value.", at);

    const auto* list = std::get_if<Value::List>(&value->is);
    const bool wants_list = condition.comparator == Comparator::in || condition.comparator == Comparator::nin;
    if (list == nullptr)
        return {read_operand(*value, *condition.field)};
    if (!wants_list)
        refuse("Only the comparators IN and NIN take a list.", at);
    std::vector<Operand> operands;
    for (const auto& item : *list)
        operands.push_back(read_operand(item, *condition.field));
    return operands;
}

Comparator read_comparator(const Value& from)
{
    const auto name = text_of(from.member("comparator"));
    const auto found = std::find_if(
        comparator_names.begin(), comparator_names.end(),
        [&](const auto& known) { return known.text == name; });
    if (found == comparator_names.end())
        refuse("Unknown comparator \"" + std::string{name} + "\".", from);
    return found->comparator;
}

Condition read_condition(const Value& from)
{
    Condition condition;
    const auto name = text_of(from.member("field"));
    condition.field = find_field(name);
    if (condition.field == nullptr)
        refuse("Cannot filter by the field \"" + std::string{name} + "\".", from);
    condition.comparator = read_comparator(from);
    if (!suits(condition.comparator, condition.field->kind))
        refuse(
            "The comparator " + std::string{text_of(from.member("comparator"))} +
                " does not suit the field \"" + std::string{name} + "\".",
            from);
    condition.join = text_of(from.member("operator")) == "OR" ? Join::either : Join::both;
    condition.operands = read_operands(from.member("value"), condition, from);
    return condition;
}

// Less than 0, 0 or more, as `left` stands to `right`; both are of the field's type.
int compare_text(std::string_view left, std::string_view right, IdOrder order)
{
    if (order == IdOrder::as_number && left.size() != right.size())
        return left.size() < right.size() ? -1 : 1;
    return left.compare(right);
}

template<class T>
int compare_values(T left, T right)
{
    return left < right ? -1 : (right < left ? 1 : 0);
}

class Judgement
{
public:
    Judgement(const Condition& condition, IdOrder ids) : condition_{condition}, ids_{ids} {}

    bool operator()(std::monostate) const
    {
        return condition_.comparator == Comparator::null && std::get<bool>(condition_.operands.front());
    }

    bool operator()(std::span<const std::string> numbers) const
    {
        const auto any_equal = [&]
        {
            return std::any_of(
                numbers.begin(), numbers.end(),
                [&](const auto& number) { return is_one_of(std::string_view{number}); });
        };
        switch (condition_.comparator)
        {
        case Comparator::null:
            return numbers.empty() == std::get<bool>(condition_.operands.front());
        case Comparator::neq:
        case Comparator::nin:
            return !any_equal();
        default:
            return std::any_of(
                numbers.begin(), numbers.end(),
                [&](const auto& number) { return (*this)(std::string_view{number}); });
        }
    }

    template<class T>
    bool operator()(T value) const
    {
        switch (condition_.comparator)
        {
        case Comparator::null:
            return !std::get<bool>(condition_.operands.front());
        case Comparator::eq:
        case Comparator::in:
            return is_one_of(value);
        case Comparator::neq:
        case Comparator::nin:
            return !is_one_of(value);
        case Comparator::lt:
            return compare(value, condition_.operands.front()) < 0;
        case Comparator::lte:
            return compare(value, condition_.operands.front()) <= 0;
        case Comparator::gt:
            return compare(value, condition_.operands.front()) > 0;
        case Comparator::gte:
            return compare(value, condition_.operands.front()) >= 0;
        default:
            return contains(value);
        }
    }

private:
    int compare(std::string_view value, const Operand& operand) const
    {
        const auto order = condition_.field->kind == FieldKind::id ? ids_ : IdOrder::as_text;
        return compare_text(value, std::get<std::string>(operand), order);
    }
    int compare(bool value, const Operand& operand) const
    {
        return compare_values(value, std::get<bool>(operand));
    }
    int compare(Decimal value, const Operand& operand) const
    {
        return compare_values(value, std::get<Decimal>(operand));
    }
    int compare(Instant value, const Operand& operand) const
    {
        return compare_values(value, std::get<Instant>(operand));
    }

    template<class T>
    bool is_one_of(T value) const
    {
        return std::any_of(
            condition_.operands.begin(), condition_.operands.end(),
            [&](const Operand& operand) { return compare(value, operand) == 0; });
    }

    bool contains(std::string_view value) const
    {
        const auto& part = std::get<std::string>(condition_.operands.front());
        switch (condition_.comparator)
        {
        case Comparator::starts_with:
            return value.starts_with(part);
        case Comparator::ends_with:
            return value.ends_with(part);
        default:
            return value.find(part) != std::string_view::npos;
        }
    }

    template<class T>
    bool contains(T /*value*/) const
    {
        return false; // such comparators are refused when the filter is read
    }

    const Condition& condition_;
    IdOrder ids_;
};

bool holds(const Condition& condition, const Simcard& simcard, IdOrder ids)
{
    return std::visit(Judgement{condition, ids}, condition.field->read(simcard));
}

} // namespace

std::vector<Condition> read_filter(const Value* filter)
{
    if (filter == nullptr || std::holds_alternative<graphql::Null>(filter->is))
        return {};
    const auto* list = std::get_if<Value::List>(&filter->is);
    if (list == nullptr)
        return {read_condition(*filter)};
    std::vector<Condition> conditions;
    for (const auto& item : *list)
        if (!std::holds_alternative<graphql::Null>(item.is))
            conditions.push_back(read_condition(item));
    return conditions;
}

bool matches(const Simcard& simcard, const std::vector<Condition>& conditions, IdOrder ids)
{
    bool result = true;
    bool first = true;
    for (const auto& condition : conditions)
    {
        if (first)
            result = holds(condition, simcard, ids);
        else if (condition.join == Join::either)
            result = result || holds(condition, simcard, ids);
        else
            result = result && holds(condition, simcard, ids);
        first = false;
    }
    return result;
}

} // namespace simsync::simulator
