// A GraphQL request as its text says it: operations, fields, arguments, values. Data only. Made by the
// parser; read by validation, values and the simulator's plan.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace simsync::simulator::graphql
{

struct Location
{
    std::uint32_t line = 0; // 1-based; 0: not from the document's text
    std::uint32_t column = 0;
};

// One error of an answer, in the shape that GraphQL servers share.
struct Error
{
    std::string message;
    Location where;
};

// Thrown by lexing, parsing, validation and the coercion of variables; the service answers 400 with it.
struct Refusal
{
    std::vector<Error> errors;
};

// Equal to GraphQL's `null`.
struct Null
{
};

// A number keeps the text it was written with, so that decimals stay exact.
struct Number
{
    std::string text;
};

struct EnumName
{
    std::string text;
};

struct VariableName
{
    std::string text;
};

struct Value
{
    struct Member;
    using List = std::vector<Value>;
    using Object = std::vector<Member>;

    std::variant<Null, bool, Number, std::string, EnumName, VariableName, List, Object> is;
    Location where;

    const Value* member(std::string_view name) const; // of an object; null where it has none
};

struct Value::Member
{
    std::string name;
    Value value;
};

inline const Value* Value::member(std::string_view name) const
{
    if (const auto* object = std::get_if<Object>(&is))
        for (const auto& entry : *object)
            if (entry.name == name)
                return &entry.value;
    return nullptr;
}

// [Name!]! and its simpler forms; the reference nests no lists.
struct Type
{
    std::string name;
    bool required = false;
    bool list = false;
    bool items_required = false;

    std::string text() const
    {
        const auto item = list ? "[" + name + (items_required ? "!]" : "]") : name;
        return required ? item + "!" : item;
    }
};

struct Argument
{
    std::string name;
    Value value;
    Location where;
};

struct Field
{
    std::string key; // the alias, or else the name
    std::string name;
    std::vector<Argument> arguments;
    std::vector<Field> selections;
    Location where;
};

struct VariableDefinition
{
    std::string name;
    Type type;
    std::vector<Value> fallback; // the default: none or one
    Location where;
};

struct Operation
{
    std::string kind; // "query" or "mutation"
    std::string name; // may be empty
    std::vector<VariableDefinition> variables;
    std::vector<Field> selections;
    Location where;
};

} // namespace simsync::simulator::graphql
