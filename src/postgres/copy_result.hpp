// How a COPY ends, whichever way its rows go.
#pragma once

#include <libpq-fe.h>

#include <memory>

namespace simsync
{

struct ClearResult
{
    void operator()(PGresult* result) const { PQclear(result); }
};
using CopyResult = std::unique_ptr<PGresult, ClearResult>;

// Throws SqlFailure, by the state of its connection, unless the COPY ended well.
void require_good_end(const CopyResult& result, const PGconn* connection);

} // namespace simsync
