// How all accounts stand, in one line for `systemctl status`. Pure.
#pragma once

#include "daemon/readiness.hpp"

#include <span>
#include <string>

namespace simsync
{

// "main: sweep 12 complete: …; second: the database is away for 3 min: …". Those in trouble come first, and
// where there are several accounts it begins with how many they are.
std::string status_line(std::span<const AccountStanding> accounts, AccountStanding::Time now);

} // namespace simsync
