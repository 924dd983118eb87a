// Is this operation one that the API understands?
#pragma once

#include "simulator/graphql/document.hpp"
#include "simulator/graphql/schema.hpp"

namespace simsync::simulator::graphql
{

// Throws Refusal with every error found: unknown fields, arguments, types and variables, missing arguments,
// values of the wrong type, a scalar with a selection, an object without one, a variable that nothing uses.
void validate(const Operation& operation, const Schema& schema);

} // namespace simsync::simulator::graphql
