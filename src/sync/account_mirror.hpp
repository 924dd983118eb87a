// The state of one account that is led, and every write of it. Whoever has something to write of an account
// (sweeps, actions, time itself) asks it to; what is to be written is decided by sync/change_set and
// sync/account_events, and by model/removal before it comes here. Its removals are in mirror_removals.cpp,
// its looks between sweeps in mirror_looks.cpp.
#pragma once

#include "io/clock.hpp"
#include "model/fleet.hpp"
#include "model/removal.hpp"
#include "simsync/model/rules.hpp"
#include "simsync/store/records.hpp"
#include "sync/change_set.hpp"
#include "sync/change_writer.hpp"
#include "sync/commit_queue.hpp"
#include "sync/database_thread.hpp"
#include "sync/pieces.hpp"
#include "sync/sweep_report.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

struct AccountMirrorOptions
{
    std::string account;
    AlertPolicy alert;
    std::vector<std::chrono::seconds> warnings; // before a deadline
    // What is mirrored, as canonical text of the filters: a changed one is a new baseline.
    std::string scope_text = "[]";
    std::size_t piece = sims_in_piece;                // of a wave
    std::size_t loaded_at_once = sims_loaded_at_once; // of a fleet that is read
    std::function<Timestamp()> now = system_now;
};

// What came of the rows that a recent look read.
struct LookResult
{
    WriteCounts written;
    std::size_t news_until = 0; // behind the last row that told something new
};

// The database thread's mirror must hold the lease, and `load` must have been called after it was taken; but
// for emit_degraded, which needs no `load`. After any exception what is known here may be wrong: take the
// lease again and `load`. All that is awaited throws StoreError, and nothing else but defects.
class AccountMirror
{
public:
    // `new_deadlines`: rows were written whose tariff has another end; of a first load once, when it is
    // through, for looking for them in between would only hold it up.
    AccountMirror(
        DatabaseThread& database, AccountMirrorOptions options, std::function<void()> new_deadlines = {});
    AccountMirror(const AccountMirror&) = delete; // sweeps refer to its fleet
    AccountMirror& operator=(const AccountMirror&) = delete;

    // Reads the ledger and every row's fingerprint; of a large fleet that takes a while, in which others of
    // the lane take their turns.
    boost::asio::awaitable<void> load();
    const LoadProgress& load_progress() const noexcept { return load_progress_; }

    const AccountRecord& ledger() const noexcept { return ledger_; }
    // What is known of each SIM. Sweeps bring it up to date as pages come (model/sweep): what they found to
    // be news must then be committed.
    Fleet& fleet() noexcept { return fleet_; }
    std::size_t sims() const noexcept { return fleet_.size(); }
    // SIMs that one transaction writes of a wave.
    std::size_t piece() const noexcept { return options_.piece; }
    Timestamp now() const { return options_.now(); }

    // --- A sweep ---

    // Writes the row of a sweep that begins. The fleet is compacted by it: places in it (Fleet::Place) that
    // somebody kept mean others from here on.
    boost::asio::awaitable<SweepRecord> begin_sweep();
    // Counts the sweeps over the fleet as it was loaded, this one included.
    std::uint32_t sweep_number() const noexcept { return sweeps_; }
    // No row is stored of what comes, so that none need be looked for.
    bool is_first_load() const noexcept { return is_first_load_; }
    // The list is through: whatever comes now came before.
    void end_first_load();
    // Observed SIMs lack columns from now on, or follow on some that did.
    void expect_partial_sims() noexcept { seen_in_part_ = true; }

    // Writes what was seen, and the sweep's row as it is with that: one transaction. Of a SIM in an action
    // nothing is written.
    boost::asio::awaitable<WriteCounts> commit(std::vector<SimBatch> seen, const SweepRecord& sweep);

    // Writes the sweep's last row and what its outcome means for the account: account.baselined,
    // account.recovered. They are counted in the report.
    boost::asio::awaitable<void> finish_sweep(SweepReport& report);

    // --- Removals ---

    // Of SIMs that a complete sweep proved gone, those that need not wait for more sweeps to say so:
    // `doubtful` are neither seen nor gone. Before a baseline nobody waits, for they are no part of what is
    // mirrored now.
    boost::asio::awaitable<std::vector<std::string>>
    due_removals(const std::vector<std::string>& gone, const std::vector<std::string>& doubtful);
    // What is held for a person to decide. Nothing is asked where nobody is absent and nothing was held.
    boost::asio::awaitable<HeldRemovals> held_removals(bool anybody_is_absent);
    // Removes the next piece of those that are gone, and takes it from `left`: rows get removed_at and
    // sim.removed is emitted, but before the baseline, when they leave the scope without an event; and the
    // sweep's row is as it is with that. One transaction. Who was seen since, by this sweep or by a look
    // that was not asked before these (Fleet::looks), stays. The report counts it.
    boost::asio::awaitable<void>
    remove_piece(std::span<const std::string>& left, std::uint32_t looks_when_asked, SweepReport& report);
    // The four below return what they emitted. This one replaces what is held. Emitted when removals begin
    // to be held, and when a decision of them lapses.
    boost::asio::awaitable<EventCounts>
    hold(const std::vector<std::string>& absent, const HeldRemovals& held, std::int64_t sweep_id);
    // A person said that they are not gone: their rows stay until the API shows them again.
    boost::asio::awaitable<EventCounts>
    keep(const std::vector<std::string>& absent, const HeldRemovals& held, std::int64_t sweep_id);
    // They came back, or a person decided: nothing is held any more.
    boost::asio::awaitable<EventCounts> release(Decision decision, std::int64_t sweep_id);
    // Nothing is held any more, and not by the decision that there was.
    boost::asio::awaitable<EventCounts> release(const LapsedDecision& lapsed, std::int64_t sweep_id);

    // --- Actions ---

    // Those that an earlier leader took and did not finish.
    boost::asio::awaitable<std::vector<ActionRecord>> actions_in_doubt();
    // The oldest that is requested of any SIM but these; it counts as sent from here on.
    boost::asio::awaitable<std::optional<ActionRecord>> take_action(std::vector<std::string> but_of);
    // Something is being done to this SIM: until `finish_action` says how it ended, sweeps write nothing of
    // it.
    void begin_action(const std::string& sim) { sims_in_action_.insert(sim); }
    // How an action ended, with the SIM as it was read afterwards, in one transaction: the row of a SIM that
    // is mirrored, its events with cause `action`, and action.confirmed or action.failed. What was emitted.
    boost::asio::awaitable<EventCounts>
    finish_action(const ActionRecord& action, const ActionEnd& end, const std::optional<ObservedSim>& seen);

    // A sweep under way has readings that are not written yet. While there is one, it says what a later
    // reading of a SIM changes, and believes that one rather than a page that was asked for before. Empty:
    // none is under way.
    using Settle = std::function<std::vector<ObservedSim>(const ObservedSim&)>;
    void let_sweep_settle(Settle settle) { settle_ = std::move(settle); }

    // --- A recent look ---

    // Before the baseline nobody is told of changes, and looks have nothing to compare with.
    bool may_look() const noexcept { return ledger_.baselined && !is_first_load_ && !fleet_.empty(); }
    // From before a look's question is asked until what came is committed, or it came to nothing.
    void begin_look() { touched_.emplace(); }
    void end_look() { touched_.reset(); }
    // So many SIMs were found changed by recent looks: the next sweep's row tells it.
    void count_found_by_looks(std::int64_t sims) { found_by_looks_ += sims; }
    // What else was read of SIMs: which is the newer of it and of what an open look brings nobody can tell.
    void note_readings(const Page& page);
    // Is what a look saw newer than what is stored? Not asked where they are the same.
    using IsNewer = std::function<bool(const ObservedSim& observed, const StoredSim& stored)>;
    // A replica that lags shows no later activity than was stored from another one.
    static bool shows_later_activity(const ObservedSim& observed, const StoredSim& stored);
    // Writes what a look saw, of SIMs that are mirrored, where it is newer than all that is known: `is_newer`
    // says so, nobody else has read the SIM meanwhile, and nothing of it waits to be written. Everything else
    // is the sweeps' business. Rows and events in one transaction; ends the look.
    boost::asio::awaitable<LookResult>
    commit_look(std::vector<ObservedSim> rows, IsNewer is_newer = shows_later_activity);

    // Whom to watch (Mirror).
    boost::asio::awaitable<std::vector<SoonToChange>>
    soon_to_change(Timestamp since, Timestamp until, std::size_t most);

    // --- The account itself ---

    // What the API no longer is to us: account.auth_failed, once until sweeps are complete again, and
    // account.schema_drift, once for each field until a complete sweep finds it right again. A refusal that
    // comes and goes is one: after a complete sweep or two it is no news. What was emitted.
    boost::asio::awaitable<EventCounts> emit_account_events(const SweepReport& report);
    // account.degraded, which the next complete sweep resolves; false where it was emitted before.
    boost::asio::awaitable<bool> emit_degraded(Fields after);
    // Deadlines that have come (Transaction::raise_due), and when the next one will; empty: none. Many come
    // in pieces, each a transaction; told to stop, it leaves the rest to the next look.
    struct Due
    {
        EventCounts emitted;
        std::optional<Timestamp> next;
    };
    boost::asio::awaitable<Due> emit_due(const bool& stop);

private:
    boost::asio::awaitable<Fleet> load_fleet();
    boost::asio::awaitable<std::map<std::string, Presence>> presence(std::span<const std::string> gone);
    void drop_sims_in_action(std::vector<SimBatch>& seen);
    std::vector<ObservedSim> apply_readback(const std::optional<ObservedSim>& seen);
    void notify_of_deadlines();
    void note_reading(const std::string& id);
    bool may_be_news(const ObservedSim& observed) const;
    bool is_known_as_stored(const StoredSim& stored) const;
    boost::asio::awaitable<EventCounts> release(std::vector<Event> events);
    EventContext event_context(Cause cause) const;
    EventContext event_context_of(std::int64_t sweep_id) const;
    RuleContext rule_context() const;

    DatabaseThread& database_;
    AccountMirrorOptions options_;
    std::function<void()> new_deadlines_;
    LedgerRecord ledger_;
    Fleet fleet_;
    LoadProgress load_progress_;
    std::uint32_t sweeps_ = 0; // over this fleet's memory
    Settle settle_;
    std::set<std::string> sims_in_action_;
    std::optional<std::set<std::string, std::less<>>> touched_; // SIMs read by others while a look is open
    Absences absences_;
    bool anything_held_ = true; // rows of held removals may be there
    bool is_first_load_ = false;
    std::int64_t found_by_looks_ = 0; // SIMs, since the last sweep that ended
    bool deadlines_written_ = false;  // and nobody was notified
    bool seen_in_part_ = false;
};

} // namespace simsync
