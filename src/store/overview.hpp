// What is counted of the whole fleet, and how the accounts stand. Reads simsync.sim, .condition,
// .change_event and the ledger's tables.
#pragma once

#include "postgres/driver.hpp"
#include "store/fleet_records.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

// All but who runs out: one pass over the SIMs, one over the conditions, the last day of events.
FleetOverview fleet_overview(Work& work);

// By account; those of which none does are left out. A look at a fortnight of balances.
std::map<std::string, std::int64_t> count_running_out(Work& work);

std::vector<AccountNow> accounts_now(Work& work, const std::optional<std::string>& account);

std::map<std::string, StreamPosition> stream_positions(Work& work);

} // namespace simsync
