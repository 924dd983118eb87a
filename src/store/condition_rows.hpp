// Rows of simsync.condition, as far as sightings change them; the clock's part is in store/clock.
#pragma once

#include "simsync/store/records.hpp"

#include <pqxx/pqxx>

#include <span>
#include <string>

namespace simsync
{

// Raises balance.low for those of these SIMs that it stands for. Where it stood already its time is kept.
void raise_low_balances(pqxx::work& work, const std::string& account, std::span<const SimToWrite> sims);

// Ends the conditions that no longer stand for these SIMs.
void end_resolved(pqxx::work& work, const std::string& account, std::span<const SimToWrite> sims);

// Ends every condition of these SIMs.
void end_of_removed(pqxx::work& work, const std::string& account, std::span<const std::string> ids);

} // namespace simsync
