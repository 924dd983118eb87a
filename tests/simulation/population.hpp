// SIMs out of nothing, and what may change about one.
#pragma once

#include "simsync/model/sim.hpp"
#include "simulation/chance.hpp"

#include <string>

namespace simsync::simulation
{

Sim make_sim(std::string id, Chance& chance, Timestamp now);

// Changes one field; now and then to what it was before.
void alter(Sim& sim, Chance& chance, Timestamp now);

} // namespace simsync::simulation
