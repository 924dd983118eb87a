// One table from SQLSTATE to StoreError, and the words around it. Calls libpq where libpqxx hides the
// SQLSTATE.
#include "store/failures.hpp"

#include "simsync/store/errors.hpp"
#include "store/advice.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pqxx/pqxx>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <regex>
#include <typeinfo>

namespace simsync
{
namespace
{

enum class Meaning
{
    unavailable,
    conflict,
    refused,
    mismatch,
    lost,
};

struct Rule
{
    std::string_view sqlstate; // or the beginning of one
    Meaning meaning;
    std::string_view hint; // empty: it depends on who reads it (store/advice)
};

constexpr std::string_view hint_unavailable =
    "check that PostgreSQL runs, that it accepts connections from here, and [database] url";
constexpr std::string_view hint_conflict = "nothing was written; simsync tries again by itself";
constexpr std::string_view hint_defect =
    "this is a defect of simsync or a tampered schema: please report it with this message";

// The first that matches.
constexpr std::array rules{
    Rule{"40001", Meaning::conflict, hint_conflict}, // serialization failure
    Rule{"40P01", Meaning::conflict, hint_conflict}, // deadlock
    Rule{"55P03", Meaning::conflict,
         "another session holds a lock for long: see pg_stat_activity and pg_locks"},
    Rule{"3D000", Meaning::unavailable, "create it: createdb NAME; then: simsync migrate"},
    Rule{"53100", Meaning::unavailable, "the server's disk is full: free space there"},
    Rule{"53300", Meaning::unavailable,
         "the server is out of connections: raise max_connections or end idle ones"},
    Rule{"53", Meaning::unavailable, "the server is short of a resource: see its log"},
    Rule{"25006", Meaning::unavailable,
         "it is read-only: connect to the primary (target_session_attrs=read-write)"},
    Rule{"57014", Meaning::unavailable, "the statement was cancelled, by a shutdown or by an administrator"},
    Rule{"57", Meaning::unavailable,
         "the server is shutting down, starting or recovering: simsync tries again"},
    Rule{"25P03", Meaning::unavailable, "this process stood still for too long inside a transaction"},
    Rule{"58", Meaning::unavailable, "the server has trouble with its files: see its log"},
    Rule{"08", Meaning::unavailable, hint_unavailable}, Rule{"28", Meaning::refused, {}},
    Rule{"42501", Meaning::refused,
         "let the owner run: GRANT simsync_writer TO the daemon's role (analysts: "
         "simsync_reader, alerting: simsync_consumer)"},
    // Raised by our own functions, each with a hint of its own.
    Rule{"55000", Meaning::lost, "select simsync.restart_consumer(its name), then read on"},
    Rule{"42P01", Meaning::mismatch, {}}, // undefined table
    Rule{"42703", Meaning::mismatch, {}}, // undefined column
    Rule{"42883", Meaning::mismatch, {}}, // undefined function
    Rule{"3F000", Meaning::mismatch, {}}, // undefined schema
};

[[noreturn]] void throw_as(Meaning meaning, const std::string& what, std::string hint)
{
    switch (meaning)
    {
    case Meaning::unavailable:
        throw DatabaseUnavailable(what, std::move(hint));
    case Meaning::conflict:
        throw TransactionConflict(what, std::move(hint));
    case Meaning::refused:
        throw DatabaseRefused(what, std::move(hint));
    case Meaning::lost:
        throw ConsumerLost(what, std::move(hint));
    case Meaning::mismatch:
        break;
    }
    throw SchemaMismatch(what, std::move(hint));
}

std::string hint_of(const Rule& rule)
{
    if (!rule.hint.empty())
        return std::string(rule.hint);
    return rule.meaning == Meaning::mismatch ? advice_on_schema() : advice_on_refused_login();
}

const Rule* rule_for(std::string_view sqlstate)
{
    for (const auto& rule : rules)
        if (sqlstate.starts_with(rule.sqlstate))
            return &rule;
    return nullptr;
}

// The server's message is "ERROR:  what\nDETAIL:  …\nHINT:  …\nCONTEXT:  …"; libpq's is one line or several.
std::string first_line(std::string_view message)
{
    auto line = message.substr(0, message.find('\n'));
    for (const std::string_view severity : {"ERROR:  ", "FATAL:  ", "PANIC:  "})
        if (line.starts_with(severity))
            line.remove_prefix(severity.size());
    return std::string(line);
}

// A hint that our own functions gave is better than one of the table.
std::string hint_in(std::string_view message, std::string_view otherwise)
{
    constexpr std::string_view mark = "\nHINT:  ";
    const auto begin = message.find(mark);
    if (begin == std::string_view::npos)
        return std::string(otherwise);
    const auto text = message.substr(begin + mark.size());
    return std::string(text.substr(0, text.find('\n')));
}

std::string sentence(std::string_view doing, const std::string& place, std::string_view message)
{
    return "cannot " + std::string(doing) + " in " + place + ": " + first_line(message);
}

// libpqxx 6 forgets the SQLSTATE of those that it has a class for.
std::string sqlstate_of(const pqxx::sql_error& error)
{
    if (!error.sqlstate().empty())
        return error.sqlstate();
    if (dynamic_cast<const pqxx::insufficient_privilege*>(&error))
        return "42501";
    if (dynamic_cast<const pqxx::undefined_table*>(&error))
        return "42P01";
    if (dynamic_cast<const pqxx::undefined_column*>(&error))
        return "42703";
    if (dynamic_cast<const pqxx::undefined_function*>(&error))
        return "42883";
    if (dynamic_cast<const pqxx::disk_full*>(&error))
        return "53100";
    if (dynamic_cast<const pqxx::insufficient_resources*>(&error))
        return "53000";
    return {};
}

// What the server says bears a SQLSTATE, or a class of libpqxx that stands for one. Anything else is libpq's
// own: a connection that the server has closed after a last warning counts as open until it is used again.
bool is_from_the_server(const pqxx::sql_error& error)
{
    return !error.sqlstate().empty() || typeid(error) != typeid(pqxx::sql_error);
}

[[noreturn]] void throw_sql_error(const pqxx::sql_error& error, std::string_view doing,
                                  const std::string& place, bool alive)
{
    const std::string_view message = error.what();
    const auto what = sentence(doing, place, message);
    if (const auto* rule = rule_for(sqlstate_of(error)))
        throw_as(rule->meaning, what, hint_in(message, hint_of(*rule)));
    if (!alive || !is_from_the_server(error))
        throw DatabaseUnavailable(what, std::string(hint_unavailable));
    throw StoreDefect(what, hint_in(message, hint_defect));
}

struct CloseConnection
{
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using RawConnection = std::unique_ptr<PGconn, CloseConnection>;

// Connects once more, this time asking libpq to name the SQLSTATE; the message alone is in the server's
// language. Bounded, for the server may be hung by now.
RawConnection connect_verbosely(const std::string& conninfo)
{
    RawConnection connection(PQconnectStart(conninfo.c_str()));
    PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    // Where nobody listens it has failed already, and there is no socket to wait for.
    auto next = PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    for (; next != PGRES_POLLING_FAILED && next != PGRES_POLLING_OK; next = PQconnectPoll(connection.get()))
    {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        const auto events = static_cast<short>(next == PGRES_POLLING_READING ? POLLIN : POLLOUT);
        pollfd socket{PQsocket(connection.get()), events, 0};
        if (left.count() <= 0 || poll(&socket, 1, static_cast<int>(left.count())) <= 0)
            break;
    }
    return connection;
}

// Of several hosts the last one's: libpq tries them in order.
std::string last_sqlstate(const std::string& message)
{
    static const std::regex pattern(R"(:  ([0-9A-Z]{5}): )");
    std::string sqlstate;
    for (std::sregex_iterator found(message.begin(), message.end(), pattern), end; found != end; ++found)
        sqlstate = (*found)[1];
    return sqlstate;
}

bool descriptors_are_exhausted()
{
    const int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const bool exhausted = descriptor < 0 && (errno == EMFILE || errno == ENFILE);
    if (descriptor >= 0)
        close(descriptor);
    return exhausted;
}

std::string one_line(std::string text)
{
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    for (auto& c : text)
        if (c == '\n' || c == '\t')
            c = ' ';
    return text;
}

} // namespace

void throw_translated(std::string_view doing, const std::string& place, bool alive)
{
    try
    {
        throw;
    }
    catch (const pqxx::sql_error& error)
    {
        throw_sql_error(error, doing, place, alive);
    }
    catch (const pqxx::in_doubt_error&)
    {
        throw DatabaseUnavailable("the connection to " + place + " was lost during a commit",
                                  "whether it was written is found out by reading it again");
    }
    catch (const pqxx::transaction_rollback& error)
    {
        throw TransactionConflict(sentence(doing, place, error.what()), std::string(hint_conflict));
    }
    catch (const pqxx::failure& error) // broken_connection, and what a loss in COPY looks like
    {
        // Of a connection that it knows to be lost libpqxx says that it "could not obtain client encoding".
        const auto lost = std::string_view(error.what()).find("not connected") != std::string_view::npos;
        throw DatabaseUnavailable(sentence(doing, place, lost ? "the connection is lost" : error.what()),
                                  std::string(hint_unavailable));
    }
    catch (const std::exception& error)
    {
        throw StoreDefect(sentence(doing, place, error.what()), std::string(hint_defect));
    }
}

void throw_translated_connect(const DatabaseUrl& url)
{
    std::string reason;
    try
    {
        throw;
    }
    catch (const std::exception& error)
    {
        reason = one_line(error.what());
    }
    const auto what = "cannot connect to " + url.place + ": " + reason;

    if (descriptors_are_exhausted())
        throw DatabaseUnavailable(what,
                                  "simsync has no file descriptor left: raise LimitNOFILE= of its unit");
    const auto again = connect_verbosely(url.conninfo);
    if (PQconnectionNeedsPassword(again.get()))
        throw DatabaseRefused(what, "the server wants a password: " + advice_on_password());
    if (const auto* rule = rule_for(last_sqlstate(PQerrorMessage(again.get()))))
        throw_as(rule->meaning, what, hint_of(*rule));
    throw DatabaseUnavailable(what, std::string(hint_unavailable));
}

} // namespace simsync
