// SIMs by their keys, with what stands for each.
#pragma once

#include "postgres/driver.hpp"
#include "store/fleet_records.hpp"

#include <vector>

namespace simsync
{

// In the order of the keys; those that are not there are left out.
std::vector<FleetSim> load_fleet_sims(Work& work, const std::vector<SimKey>& keys);

} // namespace simsync
