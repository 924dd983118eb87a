// Rows of simsync.sim.
#pragma once

#include "model/fleet.hpp"
#include "model/load_progress.hpp"
#include "model/removal.hpp"
#include "postgres/copy_stream.hpp"
#include "postgres/driver.hpp"
#include "simsync/store/records.hpp"
#include "store/sim_to_write.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

// The columns of a Sim, of `simsync.sim s`, to select first of all: `read_sim` reads them from there.
std::string selected_sim_columns();
void read_sim(const Row& row, Sim& sim);

std::vector<StoredSim> load_sims(Work& work, const std::string& account, std::span<const std::string> ids);
void update_sims(Work& work, const std::string& account, std::span<const SimToWrite> sims);
void remove_sims(Work& work, const std::string& account, std::span<const std::string> ids, Timestamp at);
void leave_scope(Work& work, const std::string& account, std::span<const std::string> ids, Timestamp at);
// Before these rows are updated: that they had left with a filter is told by no event.
void note_readmission(Work& work, const std::string& account, std::span<const std::string> ids);
std::map<std::string, Presence>
presence(Work& work, const std::string& account, std::span<const std::string> ids, Timestamp from);

// Rows known not to exist, by one COPY however many times some are added. While it is open nothing else may
// be asked of the transaction.
class SimLoad
{
public:
    SimLoad(Work& work, const std::string& account);

    void add(std::span<const SimToWrite> sims);
    void complete(); // here, and not before, the server's complaints come

private:
    const std::string& account_;
    CopyStream rows_;
};

// What Mirror::load_fleet promises. `progress` is told of every few thousand.
bool load_fleet(
    Work& work, const std::string& account, Fleet& fleet, std::size_t most, LoadProgress& progress);

} // namespace simsync
