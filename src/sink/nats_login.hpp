// How libnats is told with what to log in, and whom to trust. Known to nats_connection alone.
#pragma once

#include "io/endpoint.hpp"
#include "sink/nats_credentials.hpp"

#include <nats/nats.h>

#include <string>

namespace simsync
{

// The credentials outlive the options and every connection that is made with them.
natsStatus configure_login(natsOptions* to, const NatsCredentials& credentials);

// Encrypted, and only with who shows a certificate for this host. `ca_file`: empty, the system's alone.
natsStatus configure_tls(natsOptions* to, const Endpoint& server, const std::string& ca_file);

} // namespace simsync
