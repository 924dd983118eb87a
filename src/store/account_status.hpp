// How each account stands, for `simsync status`.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/store/reader.hpp"

#include <vector>

namespace simsync
{

// Of all accounts but those that were retired, by name. Each table is asked once for all of them, so that a
// thousand accounts take no more statements than one.
std::vector<AccountStatus> account_statuses(Work& work);

} // namespace simsync
