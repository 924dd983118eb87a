// One account's sweeps: from the API's pages to committed rows and events. The path of a SIM goes through
// here: api/client → model/sweep → sync/account_mirror → sync/change_set → store/mirror.
#pragma once

#include "io/clock.hpp"
#include "model/backoff.hpp"
#include "model/drift.hpp"
#include "model/removal.hpp"
#include "model/sweep.hpp"
#include "simsync/api/client.hpp"
#include "sync/account_mirror.hpp"
#include "sync/sweep_report.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

struct SweeperOptions
{
    SweepPlan plan;
    Guard guard;
    std::vector<Filter> scope; // restricts what is mirrored; all joined by AND
    Backoff backoff;
    std::function<double()> chance = random_chance; // in [0, 1): the jitter of delays
};

struct SweepProgress
{
    std::int64_t items = 0;
    std::int64_t expected = 0; // an estimate; 0: unknown
    std::int64_t requests = 0;
};

struct SweepObserver
{
    std::function<void(const SweepProgress&)> progress{};
    std::function<void(std::string_view reason)> retry{}; // to_text(FailureKind)
};

// Walks: asks, takes what comes, has the mirror commit it, decides who has gone. After any exception take the
// lease again and `load`.
class Sweeper
{
public:
    Sweeper(Source& source, AccountMirror& mirror, SweeperOptions options, SweepObserver observer = {});
    ~Sweeper();

    // Once the lease is taken: has the mirror load, and asks for all fields but those that its ledger says
    // the API does not know. Throws StoreError.
    boost::asio::awaitable<void> load();

    // Walks the fleet once. Pages are committed in groups while others are asked for: each group is one
    // transaction of rows, events and the sweep's row. What the API does to us is in the report; throws
    // StoreError only.
    boost::asio::awaitable<SweepReport> run_once();

    // Asks for nothing more: a sweep under way commits what it has and ends as incomplete.
    void stop();

private:
    struct SweepRun;

    boost::asio::awaitable<void> fetch_and_commit(SweepRun& run);
    boost::asio::awaitable<void> fetch_loop(SweepRun& run);
    boost::asio::awaitable<void> commit_loop(SweepRun& run);
    boost::asio::awaitable<void> commit(SweepRun& run, std::vector<SimBatch> group);
    boost::asio::awaitable<void> commit_in_pieces(SweepRun& run, std::span<const ObservedSim> seen);
    boost::asio::awaitable<void> settle_contradictions(SweepRun& run);
    boost::asio::awaitable<void> process_removals(SweepRun& run);
    boost::asio::awaitable<void> prove_removals(SweepRun& run, Removal& removal);
    boost::asio::awaitable<void>
    remove_gone(SweepRun& run, const Removal& removal, const HeldRemovals& held, std::uint32_t looks);
    boost::asio::awaitable<void> finish(SweepRun& run);

    // How it asks (sync/fetch).
    boost::asio::awaitable<std::optional<Page>>
    fetch(SweepRun& run, ListQuery query, const Fleet* known, bool by_key);
    boost::asio::awaitable<std::optional<Page>> fetch_one(SweepRun& run, std::string id);
    template<class Request>
    boost::asio::awaitable<std::optional<Page>>
    fetch_patiently(SweepRun& run, Request request, bool by_key = false, std::uint64_t offset = 0);
    boost::asio::awaitable<void> probe_all_fields(SweepRun& run);
    bool leave_out(SweepRun& run, const Failure& failure);
    void select_fields();

    Source& source_;
    AccountMirror& mirror_;
    SweeperOptions options_;
    SweepObserver observer_;
    SweepMemory memory_;
    Drift drift_;
    std::uint64_t selections_ = 0; // counts changes of what is asked for
    SweepRun* under_way_ = nullptr;
    bool stopping_ = false;
};

} // namespace simsync
