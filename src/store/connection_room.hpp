// How many connections the server has for simsync.
#pragma once

#include "postgres/connection.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace simsync
{

struct ConnectionRoom
{
    std::int64_t most = 0;      // that a role like ours may have, all of its processes together
    std::string bound;          // what says so: "max_connections = 100, of which 3 are reserved"
    std::int64_t instances = 0; // that share these accounts now (store/membership)
};

// Among the instances that are configured with these accounts. Throws StoreError.
ConnectionRoom connection_room(Connection& session, const std::vector<std::string>& accounts);

} // namespace simsync
