// libpqxx behind plain C++: driver.cpp alone includes it, no type of it is seen outside, and what depends on
// its version 6 is written once.
//
// A day of libpqxx 7, as far as its headers (7.10, Debian 13's) tell. All of it is in driver.cpp, and what is
// not named here compiles as it stands.
//
// - RememberingPolicy and RememberingConnection go: there are no connection policies any more, and a lost
//   connection is never made anew. PQconnectdb makes the connection; where PQstatus says that it is one,
//   pqxx::connection::seize_raw_connection takes it over (else: SqlFailure `lost` with PQerrorMessage). So
//   the handle is ours from the beginning.
// - failure_in_flight: pqxx_exception is gone. In its place catch usage_error, internal_error,
//   argument_error, conversion_error and range_error. sqlstate_of becomes error.sqlstate(), never empty
//   there; transaction_rollback has become a sql_error and needs no case of its own.
// - Deprecated, which -Werror minds: exec_params with make_dynamic_params (exec with a pqxx::params),
//   quiet_errorhandler (set_notice_handler), notification_receiver (connection.listen).
// - The rest of the day: what is thrown when the connection is lost in a statement, in COPY, in a commit or
//   while nothing happens is in no header. tests/store (failures, lease) and tests/crash ask just that.
#pragma once

#include "postgres/row_values.hpp"
#include "postgres/rows.hpp"
#include "postgres/sql_failure.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

struct pg_conn; // libpq's PGconn

namespace simsync
{

// Runs statements, in a transaction or each for itself. Throws what failure_in_flight recognises.
class Work
{
public:
    Work(Work&&) noexcept;
    ~Work(); // of a transaction that was not committed: rolls it back

    // One statement or several with semicolons between them; the rows of the last one.
    Rows exec(const std::string& sql);

    // One statement with $1, $2, …: these values, each in the text format that postgres/row_values gives it.
    template<class... Values>
    Rows exec_params(const std::string& sql, const Values&... values)
    {
        const std::array<SqlText, sizeof...(Values)> texts{sql_text(values)...};
        return exec_texts(sql, texts);
    }
    // The same where the number of values is known at run time only.
    Rows exec_texts(const std::string& sql, std::span<const SqlText> values);

    // For a statement that cannot but bring one row; throws SqlFailure where it brings another number of
    // them.
    template<class... Values>
    Row exec_one(const std::string& sql, const Values&... values)
    {
        return exec_params(sql, values...).one();
    }

    // As a literal, quotes included, for a statement that takes no parameters.
    std::string quoted(const std::string& text) const;

    // The connection that it runs on, for COPY. Never null, but of no use once the connection is lost.
    pg_conn* handle() const noexcept;

private:
    friend class OpenConnection;
    friend class Connection;
    struct Impl;

    explicit Work(std::unique_ptr<Impl> impl) noexcept;
    void commit();

    std::unique_ptr<Impl> impl_;
};

struct Notification
{
    std::string channel;
    std::string payload;
};

// A connection that is never made anew behind our back: once lost, it is lost.
class OpenConnection
{
public:
    // `conninfo`: libpq's. Throws what failure_in_flight recognises, as all of this class does.
    explicit OpenConnection(const std::string& conninfo);
    ~OpenConnection();
    OpenConnection(const OpenConnection&) = delete;
    OpenConnection& operator=(const OpenConnection&) = delete;

    // One at a time. It ends with the object.
    Work begin();
    // The same without a transaction: what each statement does stays done.
    Work autocommit();

    void listen(const std::string& channel);
    // Waits until something was notified on a channel (true) or the time is over.
    bool await_notification(std::chrono::milliseconds at_most);

    // For one who watches the socket instead of waiting: takes in what has come, without waiting for more;
    // what was notified since it was asked last, also while statements ran.
    std::vector<Notification> take_notifications();
    int socket() const noexcept; // negative: not connected any more

    int process_id() const noexcept; // of the server's process, as it was named when we connected
    // False from the first use on that finds the connection lost.
    bool is_open() const noexcept;
    // No transaction and no statement is under way, so that another may begin.
    bool is_idle() const noexcept;
    pg_conn* handle() const noexcept; // null: not connected any more

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Call it where an exception is being handled: what the driver has thrown, or a SqlFailure itself. Empty: it
// is an exception of another kind, which is none of ours.
std::optional<SqlFailure> failure_in_flight();

} // namespace simsync
