// Walks an operation beside the schema. The messages are those that GraphQL servers commonly give.
#include "simulator/graphql/validation.hpp"

#include "simulator/graphql/values.hpp"

#include <algorithm>
#include <set>

namespace simsync::simulator::graphql
{
namespace
{

std::string quoted(const std::string& text)
{
    return "\"" + text + "\"";
}

// May the variable stand where `wanted` is expected? (GraphQL §5.8.5)
bool may_stand_for(const VariableDefinition& variable, const Type& wanted)
{
    const auto& given = variable.type;
    const bool has_default = !variable.fallback.empty();
    if (given.name != wanted.name || given.list != wanted.list)
        return false;
    if (wanted.required && !given.required && !has_default)
        return false;
    return !wanted.items_required || given.items_required;
}

class Validation
{
public:
    Validation(const Operation& operation, const Schema& schema) : operation_{operation}, schema_{schema} {}

    std::vector<Error> run()
    {
        for (const auto& variable : operation_.variables)
            check_declaration(variable);
        if (errors_.empty())
            check_selections(operation_.selections, schema_.root(operation_));
        for (const auto& variable : operation_.variables)
            if (errors_.empty() && !used_.contains(variable.name))
                complain("Variable " + quoted("$" + variable.name) + " is never used.", variable.where);
        return std::move(errors_);
    }

private:
    void check_declaration(const VariableDefinition& variable)
    {
        if (!declared_.insert(variable.name).second)
            complain(
                "There can be only one variable named " + quoted("$" + variable.name) + ".", variable.where);
        const auto* type = schema_.find(variable.type.name);
        if (type == nullptr)
            return complain("Unknown type " + quoted(variable.type.name) + ".", variable.where);
        if (type->kind == TypeKind::object)
            return complain(
                "Variable " + quoted("$" + variable.name) + " cannot be non-input type " +
                    quoted(variable.type.text()) + ".",
                variable.where);
        for (const auto& fallback : variable.fallback)
            append(misfits(fallback, variable.type, schema_));
    }

    void check_selections(const std::vector<Field>& fields, const TypeDefinition& type)
    {
        for (const auto& field : fields)
        {
            if (const auto* definition = type.field(field.name))
                check_field(field, *definition, type);
            else
                complain(
                    "Cannot query field " + quoted(field.name) + " on type " + quoted(type.name) + ".",
                    field.where);
        }
    }

    void check_field(const Field& field, const FieldDefinition& definition, const TypeDefinition& owner)
    {
        check_arguments(field, definition, owner);
        const auto& type = *schema_.find(definition.type.name);
        const bool is_object = type.kind == TypeKind::object;
        if (is_object && field.selections.empty())
            complain(
                "Field " + quoted(field.name) + " of type " + quoted(definition.type.text()) +
                    " must have a selection of subfields. Did you mean \"" + field.name + " { ... }\"?",
                field.where);
        else if (!is_object && !field.selections.empty())
            complain(
                "Field " + quoted(field.name) + " must not have a selection since type " +
                    quoted(definition.type.text()) + " has no subfields.",
                field.where);
        else
            check_selections(field.selections, type);
    }

    void check_arguments(const Field& field, const FieldDefinition& definition, const TypeDefinition& owner)
    {
        for (const auto& argument : field.arguments)
        {
            const auto wanted = std::find_if(
                definition.arguments.begin(), definition.arguments.end(),
                [&](const auto& known) { return known.name == argument.name; });
            if (wanted == definition.arguments.end())
                complain(
                    "Unknown argument " + quoted(argument.name) + " on field " +
                        quoted(owner.name + "." + field.name) + ".",
                    argument.where);
            else
                check_value(argument.value, wanted->type);
        }
        for (const auto& wanted : definition.arguments)
            if (wanted.type.required && std::none_of(
                                            field.arguments.begin(), field.arguments.end(),
                                            [&](const auto& given) { return given.name == wanted.name; }))
                complain(
                    "Field " + quoted(field.name) + " argument " + quoted(wanted.name) + " of type " +
                        quoted(wanted.type.text()) + " is required, but it was not provided.",
                    field.where);
    }

    void check_value(const Value& value, const Type& type)
    {
        append(misfits(value, type, schema_));
        check_variables(value, type);
    }

    // Follows the value down to each variable, with the type that is expected there.
    void check_variables(const Value& value, const Type& type)
    {
        if (const auto* name = std::get_if<VariableName>(&value.is))
            return check_variable(name->text, type, value.where);
        if (const auto* list = std::get_if<Value::List>(&value.is))
            for (const auto& item : *list)
                check_variables(item, {type.name, type.items_required});
        if (const auto* object = std::get_if<Value::Object>(&value.is))
            for (const auto& member : *object)
                if (const auto* field = schema_.find(type.name)->field(member.name))
                    check_variables(member.value, field->type);
    }

    void check_variable(const std::string& name, const Type& wanted, Location where)
    {
        used_.insert(name);
        const auto declared = std::find_if(
            operation_.variables.begin(), operation_.variables.end(),
            [&](const auto& variable) { return variable.name == name; });
        if (declared == operation_.variables.end())
            return complain("Variable " + quoted("$" + name) + " is not defined.", where);
        // FilterValue takes whatever type the client calls its value.
        if (wanted.name != "FilterValue" && !may_stand_for(*declared, wanted))
            complain(
                "Variable " + quoted("$" + name) + " of type " + quoted(declared->type.text()) +
                    " used in position expecting type " + quoted(wanted.text()) + ".",
                where);
    }

    void complain(std::string message, Location where) { errors_.push_back({std::move(message), where}); }
    void append(const std::vector<Error>& more) { errors_.insert(errors_.end(), more.begin(), more.end()); }

    const Operation& operation_;
    const Schema& schema_;
    std::set<std::string> declared_;
    std::set<std::string> used_;
    std::vector<Error> errors_;
};

} // namespace

void validate(const Operation& operation, const Schema& schema)
{
    if (auto errors = Validation{operation, schema}.run(); !errors.empty())
        throw Refusal{std::move(errors)};
}

} // namespace simsync::simulator::graphql
