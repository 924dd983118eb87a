// Rows into a table and out of a query by COPY in its binary format. libpqxx knows the text format alone,
// over which the server is a fifth longer; thus libpq is asked.
#pragma once

#include "postgres/binary_format.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn; // libpq's PGconn

namespace simsync
{

class Work;

// Into a table. While it is open nothing else may be asked of the transaction; one that is destroyed before
// `complete` has written nothing, and the transaction can only be rolled back. Throws SqlFailure.
class CopyStream
{
public:
    CopyStream(Work& work, const std::string& table, const std::vector<std::string>& columns);
    ~CopyStream();

    CopyStream(const CopyStream&) = delete;
    CopyStream& operator=(const CopyStream&) = delete;

    // The next column of the row; the column must be of the very type that append_field names.
    template<class T>
    void put(const T& value)
    {
        if (row_begins_)
            begin_row();
        append_field(bytes_, value);
    }

    void end_row();
    void complete(); // here, and not before, the server's complaints come

private:
    void begin_row();
    void send();

    pg_conn* connection_; // null: complete
    std::int16_t columns_;
    std::string bytes_;
    bool row_begins_ = true;
};

// Calls `take` with the fields of each row, in the query's order, in the binary format of their types. They
// last until it returns; a NULL is empty. Throws SqlFailure.
void copy_out(
    Work& work, const std::string& query, const std::function<void(std::span<const std::string_view>)>& take);

} // namespace simsync
