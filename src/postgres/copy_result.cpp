#include "postgres/copy_result.hpp"

#include "postgres/sql_failure.hpp"

namespace simsync
{

void require_good_end(const CopyResult& result, const PGconn* connection)
{
    if (PQresultStatus(result.get()) == PGRES_COMMAND_OK)
        return;
    const char* sqlstate = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    if (!sqlstate)
        throw SqlFailure(SqlFailure::Kind::lost, PQerrorMessage(connection));
    throw SqlFailure(SqlFailure::Kind::refused, PQresultErrorMessage(result.get()), sqlstate);
}

} // namespace simsync
