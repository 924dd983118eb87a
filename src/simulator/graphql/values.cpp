// Type checks value by value, and the filling in of variables.
#include "simulator/graphql/values.hpp"

#include "simulator/json_text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace simsync::simulator::graphql
{
namespace
{

bool is_int(const Value& value)
{
    const auto* number = std::get_if<Number>(&value.is);
    if (number == nullptr)
        return false;
    std::int32_t parsed = 0;
    const auto* end = number->text.data() + number->text.size();
    const auto read = std::from_chars(number->text.data(), end, parsed);
    return read.ec == std::errc{} && read.ptr == end;
}

bool fits_scalar(const Value& value, std::string_view scalar)
{
    if (scalar == "Int")
        return is_int(value);
    if (scalar == "Float")
        return std::holds_alternative<Number>(value.is);
    if (scalar == "Boolean")
        return std::holds_alternative<bool>(value.is);
    if (scalar == "ID")
        return std::holds_alternative<std::string>(value.is) || is_int(value);
    if (scalar == "String" || scalar == "Date")
        return std::holds_alternative<std::string>(value.is);
    return true; // FilterValue: "the value can be of different types"
}

bool fits_enumeration(const Value& value, const TypeDefinition& type)
{
    const auto* name = std::get_if<EnumName>(&value.is);
    const auto* string = std::get_if<std::string>(&value.is);
    if (name == nullptr && string == nullptr)
        return false;
    return std::find(type.values.begin(), type.values.end(), name != nullptr ? name->text : *string) !=
           type.values.end();
}

std::string describe(const Value& value)
{
    struct Describe
    {
        std::string operator()(const Null&) const { return "null"; }
        std::string operator()(bool truth) const { return truth ? "true" : "false"; }
        std::string operator()(const Number& number) const { return number.text; }
        std::string operator()(const EnumName& name) const { return name.text; }
        std::string operator()(const VariableName& name) const { return "$" + name.text; }
        std::string operator()(const Value::List&) const { return "a list"; }
        std::string operator()(const Value::Object&) const { return "an object"; }
        std::string operator()(const std::string& text) const
        {
            std::string quoted;
            append_quoted(quoted, text);
            return quoted;
        }
    };
    return std::visit(Describe{}, value.is);
}

class Fitting
{
public:
    explicit Fitting(const Schema& schema) : schema_{schema} {}

    void check(const Value& value, const Type& type)
    {
        if (std::holds_alternative<VariableName>(value.is))
            return;
        if (std::holds_alternative<Null>(value.is))
        {
            if (type.required)
                complain(value, type.text());
            return;
        }
        const auto* list = std::get_if<Value::List>(&value.is);
        if (!type.list || list == nullptr) // one value stands for a list of it
            return check_named(value, type.name);
        for (const auto& item : *list)
            check(item, {type.name, type.items_required});
    }

    std::vector<Error> take_errors() { return std::move(errors_); }

private:
    void check_named(const Value& value, const std::string& name)
    {
        const auto* type = schema_.find(name);
        if (type->kind == TypeKind::input)
            return check_input(value, *type);
        const bool fits = type->kind == TypeKind::enumeration ? fits_enumeration(value, *type)
                                                              : fits_scalar(value, type->name);
        if (!fits)
            complain(value, name);
    }

    void check_input(const Value& value, const TypeDefinition& type)
    {
        const auto* object = std::get_if<Value::Object>(&value.is);
        if (object == nullptr)
            return complain(value, type.name);
        for (const auto& member : *object)
        {
            if (const auto* field = type.field(member.name))
                check(member.value, field->type);
            else
                errors_.push_back(
                    {"Field \"" + member.name + "\" is not defined by type \"" + type.name + "\".",
                     member.value.where});
        }
        for (const auto& field : type.fields)
            if (field.type.required && value.member(field.name) == nullptr)
                errors_.push_back(
                    {"Field \"" + type.name + "." + field.name + "\" of required type \"" +
                         field.type.text() + "\" was not provided.",
                     value.where});
    }

    void complain(const Value& value, const std::string& expected)
    {
        errors_.push_back(
            {"Expected value of type \"" + expected + "\", found " + describe(value) + ".", value.where});
    }

    const Schema& schema_;
    std::vector<Error> errors_;
};

// Empty: the value is a variable that was not given.
std::optional<Value> fill_in(const Value& value, const Variables& variables)
{
    if (const auto* name = std::get_if<VariableName>(&value.is))
    {
        const auto found = variables.find(name->text);
        return found == variables.end() ? std::nullopt : std::optional{found->second};
    }
    if (const auto* list = std::get_if<Value::List>(&value.is))
    {
        Value::List filled;
        for (const auto& item : *list)
            filled.push_back(fill_in(item, variables).value_or(Value{Null{}, item.where}));
        return Value{std::move(filled), value.where};
    }
    if (const auto* object = std::get_if<Value::Object>(&value.is))
    {
        Value::Object filled;
        for (const auto& member : *object)
            if (auto given = fill_in(member.value, variables))
                filled.push_back({member.name, *std::move(given)});
        return Value{std::move(filled), value.where};
    }
    return value;
}

} // namespace

std::vector<Error> misfits(const Value& value, const Type& type, const Schema& schema)
{
    Fitting fitting{schema};
    fitting.check(value, type);
    return fitting.take_errors();
}

Variables coerce(const std::vector<VariableDefinition>& definitions, const Value& sent, const Schema& schema)
{
    Variables variables;
    std::vector<Error> errors;
    for (const auto& definition : definitions)
    {
        const auto* value = sent.member(definition.name);
        if (value == nullptr && !definition.fallback.empty())
            value = &definition.fallback.front();
        if (value == nullptr)
        {
            if (definition.type.required)
                errors.push_back(
                    {"Variable \"$" + definition.name + "\" of required type \"" + definition.type.text() +
                         "\" was not provided.",
                     definition.where});
            continue;
        }
        for (const auto& misfit : misfits(*value, definition.type, schema))
            errors.push_back(
                {"Variable \"$" + definition.name + "\" got invalid value: " + misfit.message,
                 definition.where});
        variables.emplace(definition.name, *value);
    }
    if (!errors.empty())
        throw Refusal{std::move(errors)};
    return variables;
}

Value resolve(const std::vector<Argument>& arguments, const Variables& variables)
{
    Value::Object filled;
    for (const auto& argument : arguments)
        if (auto given = fill_in(argument.value, variables))
            filled.push_back({argument.name, *std::move(given)});
    return {std::move(filled), {}};
}

} // namespace simsync::simulator::graphql
