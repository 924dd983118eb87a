// Rows of simsync.sim.
#pragma once

#include "simsync/model/fleet.hpp"
#include "simsync/store/records.hpp"

#include <pqxx/pqxx>

#include <span>
#include <string>
#include <vector>

namespace simsync
{

std::vector<HeldSim> held_sims(pqxx::work& work, const std::string& account,
                               std::span<const std::string> ids);
void insert_sims(pqxx::work& work, const std::string& account, std::span<const SimToWrite> sims);
void update_sims(pqxx::work& work, const std::string& account, std::span<const SimToWrite> sims);
void remove_sims(pqxx::work& work, const std::string& account, std::span<const std::string> ids,
                 Timestamp at);

Fleet load_fleet(pqxx::work& work, const std::string& account);

} // namespace simsync
