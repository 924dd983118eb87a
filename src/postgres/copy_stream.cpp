// COPY's binary format (https://www.postgresql.org/docs/15/sql-copy.html, "Binary Format") around the fields
// of postgres/binary_format.
#include "postgres/copy_stream.hpp"

#include "postgres/copy_result.hpp"
#include "postgres/driver.hpp"

#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <utility>

namespace simsync
{
namespace
{

// Fewer and larger messages, small beside everything else.
constexpr std::size_t bytes_a_message = 32 * 1024;

// The signature, no flags, no extension.
constexpr std::string_view header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr std::int16_t end_of_rows = -1;

std::string joined(const std::vector<std::string>& names)
{
    std::string list;
    for (const auto& name : names)
        list.append(list.empty() ? "" : ", ").append(name);
    return list;
}

[[noreturn]] void throw_lost(PGconn* connection)
{
    throw SqlFailure(SqlFailure::Kind::lost, PQerrorMessage(connection));
}

// A COPY that could not be ended, for the connection is lost, has results for ever.
void drain(PGconn* connection)
{
    for (CopyResult result{PQgetResult(connection)}; result && PQresultStatus(result.get()) != PGRES_COPY_IN;)
        result.reset(PQgetResult(connection));
}

// Throws unless the COPY ended well.
void end_copy(PGconn* connection)
{
    const CopyResult result{PQgetResult(connection)};
    drain(connection);
    require_good_end(result, connection);
}

// What the server sends, message by message: each is a row, the last one the end of rows.
class Incoming
{
public:
    explicit Incoming(PGconn* connection) : connection_(connection) {}
    ~Incoming()
    {
        while (next())
            ;
    }

    Incoming(const Incoming&) = delete;
    Incoming& operator=(const Incoming&) = delete;

    // Lasts until the next call. Empty: the rest is the result.
    std::optional<std::string_view> next()
    {
        char* bytes = nullptr;
        const auto count = ended_ ? -1 : PQgetCopyData(connection_, &bytes, 0);
        message_.reset(bytes);
        ended_ = count < 0;
        if (ended_)
            return std::nullopt;
        return std::string_view(bytes, static_cast<std::size_t>(count));
    }

private:
    struct Free
    {
        void operator()(char* message) const { PQfreemem(message); }
    };

    PGconn* connection_;
    std::unique_ptr<char, Free> message_;
    bool ended_ = false;
};

// The row's fields; none where it is the end of rows.
void split(std::string_view row, std::vector<std::string_view>& fields)
{
    fields.clear();
    for (auto count = take_number<std::int16_t>(row); count > 0; --count)
        fields.push_back(take_field(row));
}

} // namespace

CopyStream::CopyStream(Work& work, const std::string& table, const std::vector<std::string>& columns)
    : connection_(work.handle()),
      columns_(static_cast<std::int16_t>(columns.size())),
      bytes_(header)
{
    work.exec("copy " + table + " (" + joined(columns) + ") from stdin (format binary)");
    bytes_.reserve(bytes_a_message + bytes_a_message / 4);
}

CopyStream::~CopyStream()
{
    if (!connection_)
        return;
    PQputCopyEnd(connection_, "simsync gave up");
    drain(connection_);
}

void CopyStream::begin_row()
{
    append_number(bytes_, columns_);
    row_begins_ = false;
}

void CopyStream::end_row()
{
    row_begins_ = true;
    if (bytes_.size() >= bytes_a_message)
        send();
}

void CopyStream::send()
{
    if (PQputCopyData(connection_, bytes_.data(), static_cast<int>(bytes_.size())) != 1)
        throw_lost(connection_);
    bytes_.clear();
}

void CopyStream::complete()
{
    append_number(bytes_, end_of_rows);
    send();
    if (PQputCopyEnd(connection_, nullptr) != 1)
        throw_lost(connection_);

    end_copy(std::exchange(connection_, nullptr));
}

void copy_out(
    Work& work, const std::string& query, const std::function<void(std::span<const std::string_view>)>& take)
{
    work.exec("copy (" + query + ") to stdout (format binary)");
    {
        Incoming incoming{work.handle()};
        std::vector<std::string_view> fields;
        auto head = header.size(); // stands before the first row, in its message
        while (auto message = incoming.next())
        {
            message->remove_prefix(std::exchange(head, 0));
            split(*message, fields);
            if (!fields.empty())
                take(fields);
        }
    }
    end_copy(work.handle());
}

} // namespace simsync
