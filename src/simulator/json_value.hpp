// The JSON of a request's body as GraphQL values.
#pragma once

#include "simulator/graphql/document.hpp"

#include <optional>
#include <string_view>

namespace simsync::simulator
{

// Empty where the text is not JSON. Numbers keep their shortest decimal text; an object's members keep their
// order.
std::optional<graphql::Value> parse_json(std::string_view text);

} // namespace simsync::simulator
