// One account's sweeps: from the API's pages to committed rows and events. The path of a SIM goes through
// here: api/client → model/sweep → sync/change_set → store/mirror.
#pragma once

#include "io/clock.hpp"
#include "model/backoff.hpp"
#include "model/drift.hpp"
#include "model/sweep.hpp"
#include "simsync/api/client.hpp"
#include "simsync/model/fleet.hpp"
#include "simsync/model/removal.hpp"
#include "simsync/model/rules.hpp"
#include "simsync/store/records.hpp"
#include "sync/change_set.hpp"
#include "sync/commit_queue.hpp"
#include "sync/database_thread.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

struct SweeperOptions
{
    std::string account;
    SweepPlan plan;
    Guard guard;
    AlertPolicy alert;
    std::vector<std::chrono::seconds> warnings; // before a deadline; for the digest of a baseline
    std::vector<Filter> scope;                  // restricts what is mirrored; all joined by AND
    std::string scope_text = "[]";              // the same as canonical text: a changed one is a new baseline
    Backoff backoff;
    std::function<Timestamp()> now = system_now;
    std::function<double()> chance = random_chance; // in [0, 1): the jitter of delays
};

// What a sweep did. The sweeper does not log: whoever asked for the sweep tells of it.
struct SweepReport
{
    SweepRecord record;
    EventCounts events;
    std::map<std::string, std::int64_t>
        decode_errors; // values that could not be read or did not fit, by the API's field name
    std::vector<DecodeError> set_aside;                // the first of them, each SIM's field once
    std::map<std::string, std::string> unknown_fields; // that the API did not know, and what it said
    std::optional<Failure> last_failure;               // the API's, even if a later try went well
    std::string by_offset_because;                     // the API surprised us by key; empty: it did not
    bool interrupted = false;                          // told to stop before it was complete
    bool shows_nobody = false; // of those who are known: it proves nothing, and nothing is fresh by it
    std::int64_t retries = 0;
    std::int64_t doubtful = 0; // absent SIMs that could not be proven gone, or not often enough
    std::int64_t awaited = 0;  // of those: proven gone, and more sweeps are to say so
    std::int64_t held = 0;     // removals that the guard holds for approval
};

// The error of a sweep that proved a list without anybody in it, although SIMs are known.
inline constexpr std::string_view shows_nobody_error = "the list shows none of the SIMs that are known";

struct SweepProgress
{
    std::int64_t items = 0;
    std::int64_t expected = 0; // an estimate; 0: unknown
    std::int64_t requests = 0;
};

struct SweepObserver
{
    std::function<void(const SweepProgress&)> progress;
    std::function<void(std::string_view reason)> retry; // to_text(FailureKind)
    // Rows were written whose tariff has another end; of a first load once, at its end: looking for them in
    // between would only hold it up.
    std::function<void()> new_deadlines;
};

// Leads to nothing by itself: the database thread's mirror must hold the lease, and `load` must have been
// called after it was taken. After any exception the fleet's memory is stale: take the lease again and
// `load`.
class Sweeper
{
public:
    Sweeper(Source& source, DatabaseThread& database, SweeperOptions options, SweepObserver observer = {});
    ~Sweeper();

    // Reads the ledger and every row's fingerprint. Throws StoreError.
    boost::asio::awaitable<void> load();

    // Walks the fleet once. Pages are committed in groups while others are asked for: each group is one
    // transaction of rows, events and the sweep's row. What the API does to us is in the report; throws
    // StoreError only.
    boost::asio::awaitable<SweepReport> run_once();

    // Tells what the API no longer is to us: account.auth_failed, once until sweeps are complete again, and
    // account.schema_drift, once for each field until a complete sweep finds it right again. A refusal that
    // comes and goes is one: after a complete sweep or two it is no news. How many were told. Throws
    // StoreError.
    boost::asio::awaitable<EventCounts> emit_account_events(const SweepReport& report);
    // Tells account.degraded, which the next complete sweep resolves; false where it was told before. Needs
    // no `load`. Throws StoreError.
    boost::asio::awaitable<bool> degrade(Fields after);

    // Something is being done to this SIM: until `finish_action` tells how it ended, sweeps write nothing of
    // it.
    void begin_action(const std::string& sim) { sims_in_action_.insert(sim); }

    // How an action ended, with the SIM as it was read afterwards, in one transaction: the row of a SIM that
    // is mirrored, its events with cause `action`, and action.confirmed or action.failed. A sweep under way
    // believes this reading rather than a page that was asked for before. How many were told. Throws
    // StoreError.
    boost::asio::awaitable<EventCounts>
    finish_action(const ActionRecord& action, const ActionEnd& end, const std::optional<ObservedSim>& seen);

    // Asks for nothing more: a sweep under way commits what it has and ends as incomplete.
    void stop();

    std::size_t sims() const noexcept { return fleet_.size(); }
    const AccountRecord& ledger() const noexcept { return ledger_; }

private:
    struct SweepRun;

    void drop_sims_in_action(std::vector<SimBatch>& group);
    std::vector<ObservedSim> apply_readback(const std::optional<ObservedSim>& seen);
    boost::asio::awaitable<void> begin(SweepRun& run);
    boost::asio::awaitable<void> fetch_and_commit(SweepRun& run);
    boost::asio::awaitable<void> fetch_loop(SweepRun& run);
    boost::asio::awaitable<void> commit_loop(SweepRun& run);
    boost::asio::awaitable<void> commit(SweepRun& run, std::vector<SimBatch> group);
    void notify_deadlines(SweepRun& run);
    boost::asio::awaitable<void> settle_contradictions(SweepRun& run);
    boost::asio::awaitable<std::vector<std::string>> due(SweepRun& run, const Removal& removal);
    boost::asio::awaitable<void> prove_removals(SweepRun& run, Removal& removal);
    boost::asio::awaitable<void> process_removals(SweepRun& run);
    boost::asio::awaitable<void> remove(SweepRun& run, const std::vector<std::string>& gone);
    boost::asio::awaitable<HeldRemovals> held_removals(const std::vector<std::string>& absent);
    boost::asio::awaitable<void>
    hold(SweepRun& run, const std::vector<std::string>& absent, const HeldRemovals& held);
    boost::asio::awaitable<void>
    keep(SweepRun& run, const std::vector<std::string>& absent, const HeldRemovals& held);
    boost::asio::awaitable<void> release(SweepRun& run, Decision decision);
    std::vector<Event> released(const SweepRun& run, Decision decision) const;
    boost::asio::awaitable<void> finish(SweepRun& run);

    boost::asio::awaitable<void> probe_all_fields(SweepRun& run);
    bool leave_out(SweepRun& run, const Failure& failure);
    void select();
    std::vector<Event> follow_drifts(const SweepReport& report, Drifts& drifts) const;
    boost::asio::awaitable<std::optional<Page>>
    fetch(SweepRun& run, ListQuery query, const Fleet* known, bool by_key);
    boost::asio::awaitable<std::optional<Page>> fetch_one(SweepRun& run, std::string id);
    template<class Request>
    boost::asio::awaitable<std::optional<Page>>
    fetch_patiently(SweepRun& run, Request request, bool by_key = false, std::uint64_t offset = 0);

    boost::asio::awaitable<void> pause(SweepRun& run, std::chrono::milliseconds delay);
    ListQuery query(const PageRequest& page_request) const;
    ListQuery query(const Inquiry& inquiry) const;
    EventContext event_context(Cause cause) const;
    EventContext event_context(const SweepRun& run) const;
    RuleContext rule_context() const;
    bool is_news_of_refusal(FailureKind failure_kind) const;
    static void note(SweepRun& run, const Page& page, std::uint64_t offset);
    void show(const SweepRun& run) const;
    void remember(SweepRun& run);

    Source& source_;
    DatabaseThread& database_;
    SweeperOptions options_;
    SweepObserver observer_;
    Fleet fleet_;
    AccountRecord ledger_;
    std::set<std::string> sims_in_action_; // SIMs that an action is under way for
    SweepMemory memory_;
    std::uint32_t sweeps_ = 0;  // over this fleet's memory
    bool anything_held_ = true; // rows of held removals may be there
    Absences absences_;
    Drift drift_;
    std::uint64_t selections_ = 0; // counts changes of what is asked for
    bool seen_in_part_ = false;    // since the fleet was loaded
    SweepRun* under_way_ = nullptr;
    bool stopping_ = false;
};

} // namespace simsync
