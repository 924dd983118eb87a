// JSON texts that no parser takes although one item alone is at fault.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace simsync
{

// Half a surrogate pair (\ud800 alone) and a raw NUL inside a string stop the parser, and with it a whole
// page of sound SIMs. Here each becomes bytes that the parser lets through and that are not storable, so that
// their item alone is set aside. Empty where there is nothing of the kind: the fault lies elsewhere.
std::optional<std::string> repair(std::string_view json);

} // namespace simsync
