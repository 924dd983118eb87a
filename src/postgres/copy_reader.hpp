// Rows out of a query by COPY in a text format, one after the other, as fast as whoever reads them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

struct pg_conn; // libpq's PGconn

namespace simsync
{

class Work;

// While it is there nothing else may be asked of the transaction. One that is destroyed before its end asks
// the server to stop; the transaction can only be rolled back then. Throws SqlFailure.
class CopyReader
{
public:
    // `statement`: copy … to stdout.
    CopyReader(Work& work, const std::string& statement);
    ~CopyReader();

    CopyReader(const CopyReader&) = delete;
    CopyReader& operator=(const CopyReader&) = delete;

    // The next line, with its end; it lasts until the next call. Empty: that was all.
    std::optional<std::string_view> next();

private:
    pg_conn* connection_; // null: at its end
    char* line_ = nullptr;
};

} // namespace simsync
