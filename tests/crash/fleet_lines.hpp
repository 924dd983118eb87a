// The fleet of a simulated API, to be compared with what Books says of the mirror.
#pragma once

#include "simulator/server.hpp"

#include <string>

namespace simsync::test
{

// One SIM a line, as Books::mirror tells them.
std::string fleet_lines(simulator::Server& api);

} // namespace simsync::test
