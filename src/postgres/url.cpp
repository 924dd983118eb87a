// Connection strings, by libpq's own parser.
#include "postgres/url.hpp"

#include "postgres/advice.hpp"
#include "postgres/conninfo.hpp"
#include "simsync/postgres/errors.hpp"

namespace simsync
{
namespace
{

std::string url_hint()
{
    return "write it as postgresql://user@host:5432/simsync; a password is no part of it: " +
           advice_on_password();
}

ConninfoOptions parsed(const std::string& url)
{
    auto options = parse_conninfo(url);
    if (!options)
        throw BadDatabaseUrl("the database URL is neither a libpq URI nor a conninfo string", url_hint());
    return *options;
}

// "postgresql://user:p@ss@host" is read as the host "ss@host", which would then stand in every message.
void refuse_torn_password(const ConninfoOptions& options)
{
    const auto host = options.find("host");
    if (host != options.end() && host->second.find('@') != std::string::npos)
        throw BadDatabaseUrl(
            "the database URL has an @ in its host: the password before it is not escaped", url_hint());
}

std::string described(const ConninfoOptions& options, const ConninfoOptions& defaults)
{
    auto host = first_of(options, defaults, "host");
    if (host.empty())
        host = first_of(options, defaults, "hostaddr");
    auto database = first_of(options, defaults, "dbname");
    if (database.empty())
        database = first_of(options, defaults, "user"); // libpq's own rule
    return "database \"" + database + "\" on " + (host.empty() ? std::string("the local socket") : host);
}

} // namespace

DatabaseUrl read_url(const std::string& url)
{
    auto options = parsed(url);
    refuse_torn_password(options);
    const auto defaults = conninfo_defaults();

    const ConninfoOptions ours{
        {"client_encoding", "UTF8"},   {"connect_timeout", "3"},     {"fallback_application_name", "simsync"},
        {"keepalives_idle", "4"},      {"keepalives_interval", "2"}, {"keepalives_count", "3"},
        {"tcp_user_timeout", "10000"}, // ms: what keepalives do not cover is data that is sent and not
                                       // answered
    };
    for (const auto& [keyword, value] : ours)
        if (first_of(options, defaults, keyword).empty())
            options[keyword] = value;

    return {conninfo_of(options), described(options, defaults)};
}

std::string with_password(const std::string& url, const std::string& password)
{
    auto options = parsed(url);
    options["password"] = password;
    return conninfo_of(options);
}

std::optional<std::string> password_of_url(const std::string& url)
{
    const auto options = parsed(url);
    const auto found = options.find("password");
    return found == options.end() ? std::nullopt : std::optional{found->second};
}

bool names_a_user(const std::string& url)
{
    return parsed(url).contains("user");
}

} // namespace simsync
