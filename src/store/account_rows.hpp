// Rows of simsync.ledger, simsync.sweep and simsync.held_removal.
#pragma once

#include "model/removal.hpp"
#include "postgres/driver.hpp"
#include "simsync/store/records.hpp"
#include "store/mirror.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace simsync
{

// As the ledger names the host of a leader.
std::string this_host();
// Those of these accounts whose lease any session holds.
std::set<std::string> those_led(Work& work, std::span<const std::string> accounts);

// By account; those that were never led are left out. As many statements for a thousand as for one. A leader
// is named while it holds the lease; the ledger itself goes on naming the last one.
std::map<std::string, AccountRecord> account_records(Work& work, std::span<const std::string> accounts);
// Of an account that was never led: only its name.
AccountRecord account_record(Work& work, const std::string& account);
// The same, with what the leader goes on from.
LedgerRecord ledger_record(Work& work, const std::string& account);

// By account, the newest first.
using SweepsOfEach = std::map<std::string, std::vector<SweepRecord>>;

// At most `count` of each; in one statement.
SweepsOfEach newest_sweeps(Work& work, std::span<const std::string> accounts, int count);
// The newest first; those older than that one only, where it is named.
std::vector<SweepRecord>
sweeps_before(Work& work, const std::string& account, std::optional<std::int64_t> before, std::size_t count);
std::int64_t next_sweep_id(Work& work, const std::string& account);
void record_sweep(Work& work, const std::string& account, const SweepRecord& sweep);

// Makes the account's row where it is missing and names this process as its leader, which begins to load what
// the mirror holds. Its events go on being numbered, or are numbered anew (store/numbering_rows). The stream
// and the last event, as they are then.
std::pair<std::string, std::int64_t> enter_leader(
    Work& work, const std::string& account, const std::string& endpoint, const SeenEvents::Account& seen,
    Timestamp now);

// The last sweep, where its process died before it could say how it ended.
void close_orphaned_sweep(Work& work, const std::string& account);

// Drops this account's sweeps that began before then, but for its last complete one.
void drop_sweeps(Work& work, const std::string& account, Timestamp before);

void set_absences(Work& work, const std::string& account, const std::map<std::string, Absence>& absences);
void set_drifts(Work& work, const std::string& account, const Drifts& drifts);

HeldRemovals held_removals(Work& work, const std::string& account);
void keep_rejected(Work& work, const std::string& account, std::span<const std::string> absent);
void hold_removals(
    Work& work, const std::string& account, std::span<const std::string> ids, std::int64_t sweep_id);

} // namespace simsync
