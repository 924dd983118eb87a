// The fleet as the console shows it: lists by cursor, one SIM, counts. Never writes.
#pragma once

#include "simsync/postgres/errors.hpp"
#include "store/dictionary.hpp"
#include "store/fleet_records.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

// One connection, one question at a time, blocking: it belongs on a thread of its own. A login that has
// `simsync_reader` alone will do, and a standby. Accounts that were retired are not there for it.
//
// Every function throws any StoreError. The two that a page tells apart:
//   StatementTimeout     the answer took longer than `patience`; the connection is good, ask for less
//   DatabaseUnavailable  the database is away; throw the reader away and make another
// Others: TransactionConflict (a lock was held for more than a second: ask again), DatabaseRefused,
// SchemaMismatch.
class FleetReader
{
public:
    static constexpr std::chrono::seconds default_patience{5};

    // Connects and checks the schema.
    explicit FleetReader(const std::string& url, std::chrono::milliseconds patience = default_patience);
    ~FleetReader();
    FleetReader(const FleetReader&) = delete;
    FleetReader& operator=(const FleetReader&) = delete;

    // As it was when we connected.
    const SchemaFacts& schema() const noexcept;

    // By name; all, or this one (empty where it is not there).
    std::vector<AccountNow> accounts(const std::optional<std::string>& account = std::nullopt);

    // One pass over the SIMs and more: half a second to two for a million.
    FleetOverview overview();

    SimPage sims(const SimQuestion& question);
    // Empty where the mirror has never had it.
    std::optional<FleetSim> sim(const std::string& account, const std::string& id);
    // Empty where the mirror has never had the SIM.
    std::optional<BalanceHistory> balances(const BalanceQuestion& question);

    // Newest first.
    EventPage
    events(const EventQuestion& question, std::size_t limit, const std::optional<EventKey>& after = {});

    // Events of all accounts after these positions, oldest first, as Reader::events; an account that has no
    // position is read from its first event.
    std::vector<EventRecord>
    events_after(const std::map<std::string, std::int64_t>& positions, std::size_t limit);

    // Of each account.
    std::map<std::string, StreamPosition> streams();

    // Newest first.
    SweepPage sweeps(const SweepQuestion& question);
    ActionPage actions(const ActionQuestion& question);
    RemovalPage removals(const RemovalQuestion& question); // by SIM

    // What the database says of its tables, views and columns.
    Dictionary dictionary();

    // LISTENs from the first call on; returns when a commit with events was notified or the time is over. On
    // a standby, where nobody can LISTEN, only the latter. A wake-up only: read after each.
    void wait(std::chrono::milliseconds at_most);

    // Does the database answer? One round trip.
    void ping();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
