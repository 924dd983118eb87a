// Document text → plan.
#include "simulator/plan.hpp"

#include "simulator/graphql/parser.hpp"
#include "simulator/graphql/validation.hpp"

#include <algorithm>

namespace simsync::simulator
{
namespace
{

using graphql::Field;
using graphql::Operation;
using graphql::Refusal;

const Operation& choose(const std::vector<Operation>& operations, std::string_view name)
{
    if (name.empty() && operations.size() != 1)
        throw Refusal{{{"Must provide operation name if query contains multiple operations.", {}}}};
    const auto found = std::find_if(
        operations.begin(), operations.end(),
        [&](const auto& operation) { return name.empty() || operation.name == name; });
    if (found == operations.end())
        throw Refusal{{{"Unknown operation named \"" + std::string{name} + "\".", {}}}};
    return *found;
}

Call make_call(const Field& field)
{
    Call call{field.key, field.name, field.arguments, {}};
    for (const auto& part : field.selections)
        call.parts.push_back(
            {part.key, part.name == "items" ? std::optional{Rendering{part.selections}} : std::nullopt});
    return call;
}

std::vector<Call> make_calls(const std::vector<Field>& fields)
{
    std::vector<Call> calls;
    calls.reserve(fields.size());
    for (const auto& field : fields)
        calls.push_back(make_call(field));
    return calls;
}

} // namespace

std::string Plan::operation() const
{
    return queries.empty() ? mutations.front().calls.front().name : queries.front().name;
}

Plan make_plan(std::string_view document, std::string_view name, const graphql::Schema& schema)
{
    const auto operations = graphql::parse(document);
    const auto& operation = choose(operations, name);
    graphql::validate(operation, schema);

    Plan plan;
    plan.variables = operation.variables;
    if (operation.kind == "mutation")
        for (const auto& field : operation.selections)
            plan.mutations.push_back({field.key, make_calls(field.selections)});
    else
        plan.queries = make_calls(operation.selections);
    return plan;
}

} // namespace simsync::simulator
