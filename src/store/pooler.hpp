// Is there a proxy in between that shares one server connection among several clients?
#pragma once

#include "store/session.hpp"

namespace simsync
{

// Throws PoolerInBetween where the server process behind `session` is not its own for good: a lease taken
// there would be held by whoever comes next. Session pooling is fine.
void refuse_pooler(Session& session, const std::string& url);

} // namespace simsync
