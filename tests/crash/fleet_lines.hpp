// The fleet of a simulated API, to be compared with what EventLogChecker says of the mirror.
#pragma once

#include "simulator/server.hpp"

#include <string>

namespace simsync::test
{

// One SIM a line, as EventLogChecker::mirror tells them.
std::string fleet_lines(simulator::Server& api);

} // namespace simsync::test
