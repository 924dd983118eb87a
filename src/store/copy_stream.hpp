// Rows into a table by COPY, their text written straight into what goes over the wire: libpqxx's own way
// makes a string of each field and one more of each row, which takes longer than PostgreSQL itself takes over
// them.
#pragma once

#include "simsync/model/money.hpp"
#include "simsync/model/time.hpp"

#include <pqxx/pqxx>
#include <pqxx/tablewriter>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// While it is open nothing else may be asked of the transaction.
class CopyStream
{
public:
    CopyStream(pqxx::work& work, const std::string& table, const std::vector<std::string>& columns);

    // The next column of the row.
    void put(std::string_view value);
    void put(const char* value) { put(std::string_view(value)); }
    void put(const std::string& value) { put(std::string_view(value)); }
    void put(bool value);
    void put(std::int64_t value);
    void put(const Money& value);
    void put(Timestamp value);
    void put(const std::vector<std::string>& value);           // text[]
    void put(const std::map<std::string, std::string>& value); // jsonb, NULL where it is empty

    template<class T>
    void put(const std::optional<T>& value)
    {
        if (value)
            put(*value);
        else
            put_null();
    }

    void put_null();
    void end_row();
    void complete(); // here, and not before, the server's complaints come

private:
    void put_plain(std::string_view text); // holds nothing that COPY would take for something else
    void separate();
    void send();

    pqxx::tablewriter stream_; // stream_to does not take lines as they are
    std::string rows_;
    bool row_begins_ = true;
};

} // namespace simsync
