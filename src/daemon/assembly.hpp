// From configuration to parts: what the daemon and `simsync sync` build alike.
#pragma once

#include "daemon/config.hpp"
#include "simsync/api/client.hpp"
#include "sync/sweeper.hpp"

#include <chrono>
#include <vector>

namespace simsync
{

ClientOptions client_options(const AccountConfig& account);
SweeperOptions sweeper_options(const Config& config, const AccountConfig& account);

} // namespace simsync
