// How many connections the server has for simsync.
#pragma once

#include "postgres/connection.hpp"

#include <cstdint>
#include <string>

namespace simsync
{

struct ConnectionRoom
{
    std::int64_t most = 0;      // that a role like ours may have, all of its processes together
    std::string bound;          // what says so: "max_connections = 100, of which 3 are reserved"
    std::int64_t instances = 0; // simsync daemons that are connected now: who holds presence_lock
};

// Who watches holds this session lock, shared by all: so they can be counted. It is never waited for.
inline const std::string take_presence_lock =
    "select pg_advisory_lock_shared(hashtext('simsync instance'), 0)";

// Throws StoreError.
ConnectionRoom connection_room(Connection& session);

} // namespace simsync
