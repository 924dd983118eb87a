// Rows of simsync.held_removal as HeldRemoval.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/store/records.hpp"

#include <string>
#include <vector>

namespace simsync
{

// A select from simsync.held_removal h, with its SIM, simsync.sim s; to be followed by a condition.
extern const std::string select_held_removals;

std::vector<HeldRemoval> held_removals_of(const Rows& rows);

} // namespace simsync
