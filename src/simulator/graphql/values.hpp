// Values that fit their types: what a request's variables and literals must be, and what they come to.
#pragma once

#include "simulator/graphql/document.hpp"
#include "simulator/graphql/schema.hpp"

#include <map>
#include <string>
#include <vector>

namespace simsync::simulator::graphql
{

// What is wrong with `value` as a `type`; empty where it fits. Variables inside fit everywhere: validation
// judges them by their declarations. Enumerations may be written as names or as strings, for the reference
// shows strings.
std::vector<Error> misfits(const Value& value, const Type& type, const Schema& schema);

using Variables = std::map<std::string, Value, std::less<>>;

// The variables that an operation declares, from those that the request sent, with defaults filled in. What
// was not sent and has no default stays absent. Throws Refusal for a missing or ill-typed one.
Variables coerce(const std::vector<VariableDefinition>& definitions, const Value& sent, const Schema& schema);

// The arguments with their variables filled in, as one object; an argument or member whose variable is absent
// is left out.
Value resolve(const std::vector<Argument>& arguments, const Variables& variables);

} // namespace simsync::simulator::graphql
