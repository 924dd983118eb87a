// Hints that depend on who reads them: a person at a terminal, or whoever looks into a service's log, for
// whom nothing helps without a restart.
#pragma once

#include <string>

namespace simsync
{

// Whether a service manager (systemd) has started this process.
bool started_by_a_service_manager();

// Where the database's password belongs. ~/.pgpass is named only to those who have a home of their own.
std::string advice_on_password();
// The database refused the one that it was given.
std::string advice_on_refused_login();
// The schema is not the one of this program yet.
std::string advice_on_schema();

} // namespace simsync
