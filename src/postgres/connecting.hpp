// Makes a connection to the first of several servers that is as the connection string wants it.
#pragma once

#include <memory>
#include <string>

struct pg_conn; // libpq's PGconn

namespace simsync
{

struct CloseConnection
{
    void operator()(pg_conn* connection) const;
};
using RawConnection = std::unique_ptr<pg_conn, CloseConnection>;

// As PQconnectdb does, but that a server which is silent does not hold up the others (postgres/servers), and
// that a refusal bears its SQLSTATE. Throws SqlFailure, in whose text is what each server said.
RawConnection connect_to_one(const std::string& conninfo);

} // namespace simsync
