// Connecting.
#include "postgres/connection.hpp"

#include "postgres/session_settings.hpp"
#include "simsync/postgres/errors.hpp"

#include <libpq-fe.h>

namespace simsync
{
namespace
{

OpenConnection connected(const DatabaseUrl& url)
{
    try
    {
        return OpenConnection(url.conninfo);
    }
    catch (const pqxx::pqxx_exception&)
    {
        throw_translated_connect(url);
    }
}

// libpqxx 6 reconnects silently when a lost connection is used again; the lease would be gone and the writing
// would go on. The function that turns this off is marked deprecated, because libpqxx 7 has no such thing.
void never_reconnect(OpenConnection& connection)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
}

constexpr int oldest_server = 140'000;

// Refuses a server that is too old and a database that is not UTF-8. Before the first statement, for an older
// server does not know all settings; libpq was told version and encoding when it connected.
void refuse_unfit(const OpenConnection& connection, const std::string& place)
{
    if (PQserverVersion(connection.handle()) < oldest_server)
    {
        const auto* version = PQparameterStatus(connection.handle(), "server_version");
        throw DatabaseUnfit(
            place + " is PostgreSQL " + (version ? version : "of an old version") +
                ", and simsync needs 14 or later",
            "upgrade the server; PostgreSQL 14 to 18 are supported");
    }
    const auto* encoding = PQparameterStatus(connection.handle(), "server_encoding");
    if (encoding && std::string_view(encoding) != "UTF8")
        throw DatabaseUnfit(
            place + " keeps text as " + encoding + ", and simsync needs UTF8",
            "make another database: createdb --encoding=UTF8 --template=template0 NAME; then name it in "
            "[database] url, and run: simsync migrate");
}

} // namespace

RememberingPolicy::handle RememberingPolicy::do_startconnect(handle given)
{
    return current_ = connect_direct::do_startconnect(given);
}

RememberingPolicy::handle RememberingPolicy::do_disconnect(handle given) noexcept
{
    return current_ = connect_direct::do_disconnect(given);
}

// libpqxx's base keeps the reference and does not use it before `init`.
OpenConnection::OpenConnection(const std::string& conninfo) : connection_base(policy_), policy_(conninfo)
{
    init();
}

Connection::Connection(const std::string& url, const std::string& settings)
    : url_(read_url(url)),
      connection_(connected(url_))
{
    never_reconnect(connection_);
    refuse_unfit(connection_, url_.place);
    attempt(
        "set up the session",
        [&] { pqxx::nontransaction(connection_).exec(session_settings + ";\n" + settings); });
}

} // namespace simsync
