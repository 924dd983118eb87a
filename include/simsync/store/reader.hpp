// The mirror's reading side, for commands and readiness: events as they come, accounts as they stand.
#pragma once

#include "simsync/postgres/errors.hpp"
#include "simsync/store/records.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

struct EventFilter
{
    std::optional<std::string> account;
    std::vector<std::string> kinds; // empty: all
    std::optional<std::string> sim;
    std::optional<Timestamp> since = {}; // observed then or later
    std::optional<Timestamp> until = {}; // observed before
    std::string match = {};              // as model/event_match has it; empty: all
};

struct AccountStatus
{
    AccountRecord account;
    std::vector<SweepRecord> last_sweeps; // the newest first, at most 5
    std::int64_t sims = 0;                // not removed
    std::int64_t blocked = 0;
    std::int64_t events_last_hour = 0;
    std::int64_t low = 0; // conditions that stand
    std::int64_t expiring = 0;
    std::int64_t expired = 0;
    std::int64_t open_actions = 0;
    std::int64_t unknown_actions = 0;              // of the last 24 hours
    std::vector<ConsumerPosition> consumers;       // of this account
    std::vector<HousekeepingTrouble> housekeeping; // what it could not do when it was last tried
    std::optional<Timestamp> housekeeping_since;   // that there was any
};

// A row of `simsync.sim`, whole.
struct SimLife
{
    std::string account;
    StoredSim stored;
    Timestamp first_seen_at;
};

class Reader
{
public:
    // Connects, read-only, and checks the schema. Throws any StoreError.
    explicit Reader(const std::string& url);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // Events after `after` (0: from the first), of one account in seq order; of several accounts ordered by
    // (recorded_at, account, seq), `after` then holding one position for each account that has one.
    std::vector<EventRecord>
    events(const EventFilter& filter, const std::map<std::string, std::int64_t>& after, std::size_t limit);

    // The last of them, in the same order: the newest comes at the end.
    std::vector<EventRecord> last_events(const EventFilter& filter, std::size_t limit);

    // The last seq of each account: where `events --follow` without `--after` begins.
    std::map<std::string, std::int64_t> positions();

    std::vector<AccountStatus> status(); // of all accounts but those that were retired

    // Empty where the mirror has never had it.
    std::optional<SimLife> life(const std::string& account, const std::string& id);

    // SIMs, those removed included, that the term fits: their id; the end of their ICCID; their IMEI; the end
    // of one of their numbers, with or without + and blanks; a part of their description, in any case. Its id
    // comes first, then whole values, then those that are not removed; `limit` at most. Of all accounts where
    // none are named. One look at every row, a second or so for a million.
    std::vector<FoundSim>
    find(const std::string& term, const std::optional<std::vector<std::string>>& accounts, std::size_t limit);

    // Only those of this very id, at once.
    std::vector<FoundSim>
    with_id(const std::string& id, const std::optional<std::vector<std::string>>& accounts);

    // For each of many terms those SIMs, not removed, whose id, whole ICCID or whole number it is, by (term,
    // account, id). Of a term that is an id, only that id's. One look at every row for all of them.
    std::vector<NamedSim> named(std::span<const std::string> terms, std::span<const std::string> accounts);

    std::vector<HeldRemoval> held_removals(const std::string& account); // by SIM

    // LISTENs on `simsync_events` from the first call on; returns when a commit was notified or the time is
    // over. Notifications are a wake-up only: read after each. Throws DatabaseUnavailable when the connection
    // is lost.
    void wait(std::chrono::milliseconds at_most);

    // Tells whoever leads the account that this SIM is being looked at, so that it is asked for again soon.
    // Throws any StoreError; a standby of PostgreSQL can tell nobody.
    void notify_watched(const std::string& account, const std::string& id);

    // Does the database answer? One round trip.
    void ping();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
