// The mirror's writing side: the connection that holds the lease of an account does every write of it.
// Blocking; the daemon calls it on the account's database thread (sync/database_thread.hpp), tests call it
// directly.
#pragma once

#include "model/fleet.hpp"
#include "model/load_progress.hpp"
#include "model/removal.hpp"
#include "simsync/postgres/errors.hpp"
#include "simsync/store/records.hpp"
#include "store/counted_conditions.hpp"
#include "store/ringing.hpp"
#include "store/sim_to_write.hpp"
#include "store/watched_rows.hpp"

#include <chrono>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

class WriterSession; // store/writer_session.hpp

// What the leader goes on from: the account's record, and what no other program needs of it.
struct LedgerRecord : AccountRecord
{
    std::map<std::string, Absence> absences; // SIMs that wait to be removed, or waited in vain
};

// A look at deadlines, which is as long as the fleet is large: how far it has come, from piece to piece.
struct DueLook
{
    // The last that was read, in the order of their deadlines.
    struct Place
    {
        Timestamp deadline;
        std::string sim;
    };
    Timestamp now;                    // what has come by then is told
    std::optional<Timestamp> start{}; // and had not come by then; empty: all. Known from the first piece on
    std::optional<Place> read_upto{}; // empty: nothing yet
    bool through = false;
    EventCounts emitted{}; // by the last piece
};

// One transaction on the writing connection. Domain verbs only; there is no general-purpose query.
class Transaction
{
public:
    // The rows of these SIMs, removed ones included, with their conditions. In no order; unknown ids are
    // missing.
    virtual std::vector<StoredSim> load(std::span<const std::string> ids) = 0;

    virtual void insert(std::span<const SimToWrite> sims) = 0; // rows that are known not to exist
    // Replaces rows that exist: clears removed_at, raises the revision, sets changed_at.
    virtual void update(std::span<const SimToWrite> sims) = 0;
    virtual void remove(
        std::span<const std::string> ids,
        Timestamp at) = 0; // sets removed_at, ends conditions
    // The same of SIMs that another filter does not cover: nobody is told, so that it is noted for
    // simsync.sim_as_of.
    virtual void leave_scope(std::span<const std::string> ids, Timestamp at) = 0;
    // How these SIMs came and went, by their ids; returns since `from` count.
    virtual void set_absences(const std::map<std::string, Absence>& absences) = 0; // replaces all of them
    virtual std::map<std::string, Presence> presence(std::span<const std::string> ids, Timestamp from) = 0;

    // Numbers the events (gapless, in commit order) and writes them; once that is committed, `simsync_events`
    // is notified. The last seq given.
    virtual std::int64_t append(std::span<const Event> events) = 0;

    virtual std::int64_t next_sweep_id() = 0;
    // Writes the sweep's row: inserts it when it is new, else updates it.
    virtual void record(const SweepRecord& sweep) = 0;

    // The ledger: the first complete sweep of a scope was told; degraded was told or resolved; removals are
    // held.
    virtual void set_baselined(const std::string& scope, Timestamp at) = 0;
    // A baseline is under way: what SIMs bring with them until set_baselined stood before.
    virtual void begin_baseline() = 0;
    // How many SIMs stand so now: sim.blocked, balance.low, balance.depleted, and by their deadlines
    // tariff.expiring and tariff.expired, whether or not anybody was told. Kinds of none are left out.
    virtual EventCounts standing(Timestamp now, std::span<const std::chrono::seconds> warnings) = 0;
    virtual void set_drifts(const Drifts& drifts) = 0; // replaces all of them
    // `[alert] balance_low`, for simsync.balance_forecast. Writes nothing where it was so already.
    virtual void set_balance_low(const std::optional<Money>& balance_low) = 0;
    // False where it was so already: then there is nothing to tell.
    virtual bool set_degraded(bool degraded) = 0;
    // What is held, and what a person decided of it.
    virtual HeldRemovals held_removals() = 0;
    // Replaces what is held, as something to be decided. What was decided before is kept as lapsed.
    virtual void hold_removals(std::span<const std::string> ids, std::int64_t sweep_id) = 0;
    // A rejection that stands on: of its SIMs only these are still absent. Nothing is left to be decided.
    virtual void keep_rejected(std::span<const std::string> absent) = 0;
    virtual void release_removals() = 0;

    // The oldest action that is requested of any SIM but these; it is `sent` from this transaction's commit
    // on. Empty where none is.
    virtual std::optional<ActionRecord> take_action(std::span<const std::string> but_of) = 0;
    // Those that an earlier leader took and did not finish.
    virtual std::vector<ActionRecord> actions_in_doubt() = 0;
    virtual void finish_action(std::int64_t id, const ActionEnd& end) = 0;

    // Conditions that time alone fulfils: raises tariff.expiring and tariff.expired for every SIM whose
    // deadline has come within a warning or has passed by `now`, exactly once for each SIM, deadline and
    // warning (several missed at once become the nearest). Set-based; numbers and writes its events itself.
    // The earliest deadline is told first. A deadline that was told of and is missing for longer than
    // deadline_may_be_missing is tariff.renewed. One piece of the look, so many deadlines: goes on from where
    // it was, and returns how far it is then. One that is broken off between two pieces is begun anew by the
    // next look, which finds told what was.
    virtual DueLook
    raise_due(DueLook look, std::span<const std::chrono::seconds> warnings, std::size_t most) = 0;
    // All pieces at once. How many were told of each kind.
    EventCounts raise_due(Timestamp now, std::span<const std::chrono::seconds> warnings)
    {
        const auto look = raise_due(DueLook{.now = now}, warnings, std::numeric_limits<std::int32_t>::max());
        return look.emitted;
    }
    // The earliest instant after `now` at which raise_due has something to do; empty if none.
    virtual std::optional<Timestamp>
    next_due(Timestamp now, std::span<const std::chrono::seconds> warnings) = 0;

protected:
    ~Transaction() = default;
};

// The writing side of one account's mirror. A seam: PostgresMirror is the real one, the simulation has its
// own.
class Mirror
{
public:
    virtual ~Mirror() = default;

    // Tries to take the account's lease on this very connection (session-level advisory lock); false while
    // another instance leads. On success the ledger names this host and process as leader, a sweep that a
    // dead leader left running is closed as failed, events go on being numbered or are numbered anew (see
    // AccountRecord::numbering), and partitions are there for this month and the next two unless something
    // holds that up. `endpoint` is noted. The lease is given back when this object ends.
    virtual bool try_lead(const std::string& endpoint) = 0;

    // Who leads now, as the ledger tells: "host (pid 4711)"; for messages.
    virtual std::string leader() = 0;

    virtual LedgerRecord account() = 0;

    // Reads id and fingerprint of rows that are not removed, in id order, behind those that `fleet` holds: at
    // most so many, so that a connection that others write on is not held for longer. True once they were the
    // last. Nobody else writes rows of an account that is led, so that the pieces make one fleet. How far it
    // has come is in `progress`.
    virtual bool load_fleet(Fleet& fleet, std::size_t most, LoadProgress& progress) = 0;
    // Of the whole fleet, at once.
    Fleet load_fleet()
    {
        Fleet fleet;
        LoadProgress unheard;
        load_fleet(fleet, std::numeric_limits<std::int32_t>::max(), unheard);
        return fleet;
    }

    // Housekeeping: partitions for this month and the next two; drops those that ended longer than
    // `retention` ago (0 keeps all), and old sweeps. What it could not do, and why, which `simsync status`
    // shows too. Throws only where the connection is lost.
    virtual std::vector<HousekeepingTrouble> keep_partitions(std::chrono::seconds retention) = 0;

    // How many SIMs stand so now, as simsync.standing_condition tells: sim.blocked, balance.low,
    // tariff.expiring and tariff.expired, each kind even where there are none; and balance.depleted, as far
    // as balance.low tells of those SIMs. Of the SIMs behind `after` ("": from the first), so far that some
    // `about` conditions are looked at: a connection that others write on is not held for longer.
    virtual CountedConditions count_conditions(const std::string& after, std::size_t about) = 0;

    // SIMs of the account that are about to change, at most so many by each reason (store/watched_rows).
    virtual std::vector<SoonToChange> soon_to_change(Timestamp since, Timestamp until, std::size_t most) = 0;

    // Runs `work` in one transaction and commits it; only once the lease is taken. A TransactionConflict is
    // run again, at most 5 times, with the work called anew. After DatabaseUnavailable this Mirror is of no
    // use: make a new one, take the lease, read.
    virtual void transact(const std::function<void(Transaction&)>& work) = 0;
};

// What is known of the events of accounts beyond one connection: by this, and by nothing in the database, is
// it noticed that a standby lacks some when it is promoted. Used by any thread.
class SeenEvents
{
public:
    struct Account
    {
        std::string stream_id;
        std::int64_t committed = 0; // this event was there
        std::int64_t attempted = 0; // and this one may have been: its commit was begun
    };

    // What another stream had is of no use.
    void committed(const std::string& account, const std::string& stream_id, std::int64_t seq);
    void attempted(const std::string& account, const std::string& stream_id, std::int64_t seq);
    void forget(const std::string& account);
    Account of(const std::string& account) const;

private:
    Account& in_stream(const std::string& account, const std::string& stream_id);

    mutable std::mutex mutex_;
    std::map<std::string, Account> accounts_;
};

class PostgresMirror final : public Mirror
{
public:
    // On a session that it shares with the mirrors of other accounts: all of them are used by one thread at a
    // time, and none ever writes on a session that came after its own. Refuses a schema that is not ours.
    // `seen` is shared by the mirrors of the account that follow each other. `ring` is told of each commit
    // with events, and of the newest there are when the lease is taken: who led before may have died before
    // it rang. Throws any StoreError.
    PostgresMirror(
        std::shared_ptr<WriterSession> session, std::string account, std::shared_ptr<SeenEvents> seen,
        Ring ring);
    // On a session of its own, on which it also rings, right behind each commit.
    PostgresMirror(
        const std::string& url, std::string account,
        std::shared_ptr<SeenEvents> seen = std::make_shared<SeenEvents>());
    ~PostgresMirror() override;
    PostgresMirror(const PostgresMirror&) = delete;
    PostgresMirror& operator=(const PostgresMirror&) = delete;

    bool try_lead(const std::string& endpoint) override;
    std::string leader() override;
    LedgerRecord account() override;
    using Mirror::load_fleet;
    bool load_fleet(Fleet& fleet, std::size_t most, LoadProgress& progress) override;
    std::vector<HousekeepingTrouble> keep_partitions(std::chrono::seconds retention) override;
    CountedConditions count_conditions(const std::string& after, std::size_t about) override;
    std::vector<SoonToChange> soon_to_change(Timestamp since, Timestamp until, std::size_t most) override;
    void transact(const std::function<void(Transaction&)>& work) override;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
