// Connecting.
#include "postgres/connection.hpp"

#include "postgres/failures.hpp"
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
    catch (...)
    {
        if (const auto failure = failure_in_flight())
            throw_translated_connect(*failure, url);
        throw;
    }
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

Connection::Connection(const std::string& url, const std::string& settings)
    : url_(read_url(url)),
      connection_(connected(url_))
{
    refuse_unfit(connection_, url_.place);
    autocommit(
        "set up the session", [&](Work& session) { session.exec(session_settings + ";\n" + settings); });
}

void Connection::rethrow(std::string_view doing) const
{
    if (const auto failure = failure_in_flight())
        throw_translated(*failure, doing, place(), is_open());
    throw;
}

} // namespace simsync
