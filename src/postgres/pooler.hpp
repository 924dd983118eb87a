// Is there a proxy in between that shares one server connection among several clients?
#pragma once

#include "postgres/connection.hpp"

namespace simsync
{

// Throws PoolerInBetween where the server process behind `session` is not its own for good: a lease taken
// there would be kept by whoever comes next. Connection pooling is fine.
void refuse_pooler(Connection& session, const std::string& url);

} // namespace simsync
