// From configuration to parts.
#pragma once

#include "config/config.hpp"
#include "simsync/api/client.hpp"
#include "sink/sink.hpp"
#include "sync/lead.hpp"

namespace simsync
{

ClientOptions client_options(const AccountConfig& account);
LeadOptions lead_options(const Config& config, const AccountConfig& account);
SinkOptions sink_options(const Config& config, const SinkConfig& sink);

} // namespace simsync
