// Is the schema the one that this program was built for?
#pragma once

#include "postgres/connection.hpp"

namespace simsync
{

// Throws SchemaMismatch with what to do where the schema is missing, older, newer or altered.
void require_our_schema(Connection& session);

} // namespace simsync
