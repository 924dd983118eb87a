// The process's limit of open files.
#pragma once

#include "config/config.hpp"

namespace simsync
{

// Raises the soft limit to the hard one where it takes that: select(2), for which it is low by custom, is
// used nowhere here. Throws ConfigError where what is configured takes more: as a whole it would work until
// the last of its accounts sweeps, and then fail anywhere.
void have_descriptors_for(const Config& config);

} // namespace simsync
