// The configured database URL, made ready for libpq: bounded in time, and described without its password.
#pragma once

#include <optional>
#include <string>

namespace simsync
{

struct DatabaseUrl
{
    std::string conninfo; // holds the password: for libpq only
    std::string place;    // "database \"simsync\" on db1,db2": for people
};

// Reads a libpq URI or conninfo string and adds what it leaves open: a bound on connecting, keepalives that
// notice a dead server within ten seconds, our name. Throws BadDatabaseUrl.
DatabaseUrl read_url(const std::string& url);

// The same address with this password, as a conninfo string: for libpq only. The address must be one that
// libpq reads.
std::string with_password(const std::string& url, const std::string& password);

// What the address itself says, of one that libpq reads; environment and files may say more.
std::optional<std::string> password_of_url(const std::string& url);
bool names_a_user(const std::string& url);

} // namespace simsync
