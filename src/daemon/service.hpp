// The daemon: accounts side by side on one event loop, signals, systemd, HTTP.
#pragma once

#include "config/config.hpp"

#include <functional>

namespace simsync
{

// Mirrors every configured account until SIGTERM or SIGINT; returns after the pages under way were committed,
// within 10 s. A second signal ends the process at once. SIGHUP asks `reload` for a new configuration, which
// is taken whole or not at all. Throws ConfigError, StoreError or std::system_error only while starting: a
// schema that does not fit, a refused database login, an address in use; a database that is merely away is
// waited for.
void serve(Config config, std::function<Config()> reload);

} // namespace simsync
