// What the API's mutations do to one SIM.
#pragma once

#include "simulator/fleet.hpp"
#include "simulator/graphql/document.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace simsync::simulator
{

// A member that is text, or a number as it was written; empty where it is neither or missing.
std::string scalar_member(const graphql::Value& object, std::string_view name);

// Why the mutation cannot be done with these arguments; empty where it was done to the SIM.
std::optional<std::string>
mutate(std::string_view mutation, const graphql::Value& arguments, Simcard& simcard, Instant now);

} // namespace simsync::simulator
