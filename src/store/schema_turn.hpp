// Who may change the schema, and one after the other.
#pragma once

#include "postgres/connection.hpp"
#include "postgres/session_lock.hpp"

namespace simsync
{

// The lock that whoever changes the schema holds. Waits for it by asking again and again, five minutes long:
// a statement that waits can deadlock with one that builds an index concurrently. Throws TransactionConflict
// when they are over.
class SchemaTurn
{
public:
    explicit SchemaTurn(Connection& session);

private:
    SessionLock lock_;
};

// Refuses a role that may not change the schema, and says who may: PostgreSQL's own "permission denied" does
// not. Throws DatabaseRefused.
void require_owner(Connection& session);

} // namespace simsync
