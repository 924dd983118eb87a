// The types of the API as the reference describes them, in GraphQL's own schema language.
#pragma once

#include "simulator/graphql/document.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace simsync::simulator::graphql
{

struct FieldDefinition
{
    std::string name;
    Type type;
    std::vector<FieldDefinition> arguments; // of output fields; an input field has none
};

enum class TypeKind
{
    scalar,
    enumeration,
    object,
    input,
};

struct TypeDefinition
{
    TypeKind kind = TypeKind::scalar;
    std::string name;
    std::vector<FieldDefinition> fields; // of objects and inputs
    std::vector<std::string> values;     // of enumerations

    const FieldDefinition* field(std::string_view wanted) const;
};

class Schema
{
public:
    // The reference's schema, without the fields of a SIM that are named here ("description",
    // "imeiIsCorrect"): an API that no longer knows them.
    explicit Schema(const std::set<std::string>& withheld = {});

    const TypeDefinition* find(std::string_view name) const; // null where there is none
    const TypeDefinition& root(const Operation& operation) const;

private:
    std::map<std::string, TypeDefinition, std::less<>> types_;
};

} // namespace simsync::simulator::graphql
