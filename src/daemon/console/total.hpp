// How many SIMs a list has, where that costs nothing: it was counted for the overview. Pure.
#pragma once

#include "store/fleet_records.hpp"

#include <cstdint>
#include <optional>

namespace simsync
{

// Out of what was counted, of the accounts that the question is about. Empty where the counts do not say: for
// a search, a tariff or a profile, and where an account's count took too long.
std::optional<std::int64_t> counted(const SimQuestion& question, const FleetOverview& counts);

} // namespace simsync
