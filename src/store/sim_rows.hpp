// Rows of simsync.sim.
#pragma once

#include "simsync/model/fleet.hpp"
#include "simsync/store/records.hpp"
#include "store/copy_stream.hpp"

#include <pqxx/pqxx>

#include <span>
#include <string>
#include <vector>

namespace simsync
{

std::vector<HeldSim> held_sims(pqxx::work& work, const std::string& account,
                               std::span<const std::string> ids);
void update_sims(pqxx::work& work, const std::string& account, std::span<const SimToWrite> sims);
void remove_sims(pqxx::work& work, const std::string& account, std::span<const std::string> ids,
                 Timestamp at);

// Rows known not to exist, by one COPY however many times some are added. While it is open nothing else may
// be asked of the transaction.
class SimLoad
{
public:
    SimLoad(pqxx::work& work, const std::string& account);

    void add(std::span<const SimToWrite> sims);
    void complete(); // here, and not before, the server's complaints come

private:
    const std::string& account_;
    CopyStream rows_;
};

Fleet load_fleet(pqxx::work& work, const std::string& account);

} // namespace simsync
