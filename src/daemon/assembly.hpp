// From configuration to parts.
#pragma once

#include "config/config.hpp"
#include "simsync/api/client.hpp"
#include "sink/sink.hpp"
#include "sync/sweeper.hpp"

#include <chrono>
#include <vector>

namespace simsync
{

ClientOptions client_options(const AccountConfig& account);
SweeperOptions sweeper_options(const Config& config, const AccountConfig& account);
SinkOptions sink_options(const Config& config, const SinkConfig& sink);

} // namespace simsync
