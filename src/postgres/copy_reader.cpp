#include "postgres/copy_reader.hpp"

#include "postgres/copy_result.hpp"
#include "postgres/driver.hpp"

#include <libpq-fe.h>

#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace simsync
{
namespace
{

struct FreeCancel
{
    void operator()(PGcancel* cancel) const { PQfreeCancel(cancel); }
};

void cancel(PGconn* connection)
{
    const std::unique_ptr<PGcancel, FreeCancel> request{PQgetCancel(connection)};
    std::array<char, 256> error{};
    if (request)
        PQcancel(request.get(), error.data(), error.size());
}

// Whatever is still on its way, and the results behind it.
void drain(PGconn* connection)
{
    for (char* line = nullptr; PQgetCopyData(connection, &line, 0) > 0;)
        PQfreemem(line);
    for (CopyResult result{PQgetResult(connection)};
         result && PQresultStatus(result.get()) != PGRES_COPY_OUT;)
        result.reset(PQgetResult(connection));
}

// Throws unless the COPY ended well.
void end(PGconn* connection)
{
    const CopyResult result{PQgetResult(connection)};
    drain(connection);
    require_good_end(result, connection);
}

} // namespace

CopyReader::CopyReader(Work& work, const std::string& statement) : connection_(work.handle())
{
    work.exec(statement);
}

CopyReader::~CopyReader()
{
    PQfreemem(line_);
    if (!connection_)
        return;
    cancel(connection_);
    drain(connection_);
}

std::optional<std::string_view> CopyReader::next()
{
    PQfreemem(std::exchange(line_, nullptr));
    if (!connection_)
        return std::nullopt;
    const auto bytes = PQgetCopyData(connection_, &line_, 0);
    if (bytes > 0)
        return std::string_view(line_, static_cast<std::size_t>(bytes));
    end(std::exchange(connection_, nullptr));
    return std::nullopt;
}

} // namespace simsync
