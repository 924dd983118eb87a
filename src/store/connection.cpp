// Connecting. Calls store/url and store/failures.
#include "store/connection.hpp"

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
    attempt("set up the session", [&] { pqxx::nontransaction(connection_).exec(settings); });
}

} // namespace simsync
