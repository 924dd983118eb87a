// A GraphQL operation ready to be carried out any number of times: parsed, validated, its selections
// compiled.
#pragma once

#include "simulator/graphql/document.hpp"
#include "simulator/graphql/schema.hpp"
#include "simulator/rendering.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync::simulator
{

// `{items{…} count}`: one part for each, in the order asked for.
struct ListPart
{
    std::string key;
    std::optional<Rendering> items; // none: the count
};

// One call of the API: a root query, or a mutation below `simcard`.
struct Call
{
    std::string key;
    std::string name; // "simcards", "simcard", "block", …
    std::vector<graphql::Argument> arguments;
    std::vector<ListPart> parts; // of a query
};

// The mutations below one `simcard{…}`.
struct MutationGroup
{
    std::string key;
    std::vector<Call> calls;
};

struct Plan
{
    std::vector<graphql::VariableDefinition> variables;
    std::vector<Call> queries;            // of a query
    std::vector<MutationGroup> mutations; // of a mutation

    std::string operation() const; // the name of its first call
};

// The operation called `name`, or the only one where `name` is empty. Throws graphql::Refusal.
Plan make_plan(std::string_view document, std::string_view name, const graphql::Schema& schema);

} // namespace simsync::simulator
