// The console's lists of SIMs, and one of them. Reads simsync.sim and simsync.condition.
#pragma once

#include "postgres/driver.hpp"
#include "store/bound_values.hpp"
#include "store/fleet_records.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

SimPage sim_page(Work& work, const SimQuestion& question, bool search_indexed);

std::optional<FleetSim> fleet_sim(Work& work, const std::string& account, const std::string& id);

// What a list of SIMs is put together of; for the CSV too.
struct SimList
{
    std::string with;      // a WITH clause that the condition needs, or nothing
    std::string condition; // of a row `s` of simsync.sim, but for its account
};
SimList sim_list(const SimQuestion& question, BoundValues& values, bool search_indexed);

// The value that rows are sorted by, of a row `s`; empty: they are sorted by id.
std::string sorted_column(SimSort sort);

// Accounts that are not retired; all of them, or this one.
std::vector<std::string> living_accounts(Work& work, const std::optional<std::string>& account);

} // namespace simsync
