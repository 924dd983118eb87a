// The loop over one sweep. Asks by sync/fetch, decides by model/sweep and sync/sweep_end, writes by
// sync/account_mirror; sync/removals says who has gone.
#include "sync/sweeper.hpp"

#include "sync/queries.hpp"
#include "sync/sweep_run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <iterator>
#include <set>

namespace simsync
{

using boost::asio::awaitable;
namespace asio = boost::asio;

Sweeper::Sweeper(Source& source, AccountMirror& mirror, SweeperOptions options, SweepObserver observer)
    : source_(source),
      mirror_(mirror),
      options_(std::move(options)),
      observer_(std::move(observer))
{
}

Sweeper::~Sweeper() = default;

awaitable<void> Sweeper::load()
{
    co_await mirror_.load();
    std::set<std::string> left_out;
    for (const auto& [field, drift] : mirror_.ledger().drifts)
        if (drift.left_out)
            left_out.insert(field);
    drift_ = Drift{std::move(left_out)};
    select_fields();
}

// Whatever stops us, what was committed stays true and the next sweep begins anew.
awaitable<SweepReport> Sweeper::run_once()
{
    auto record = co_await mirror_.begin_sweep();
    SweepRun run{co_await asio::this_coro::executor, *this, std::move(record)};
    if (stopping_)
        run.sweep.give_up("simsync was told to stop");
    co_await probe_all_fields(run);
    co_await fetch_and_commit(run);
    mirror_.end_first_load();
    co_await settle_contradictions(run);
    // Only a sweep that proved itself complete may say that a SIM has gone.
    if (run.sweep.complete())
        co_await process_removals(run);
    co_await finish(run);
    co_return std::move(run.report);
}

void Sweeper::stop()
{
    stopping_ = true;
    if (under_way_ != nullptr)
        under_way_->give_up("simsync was told to stop");
}

// As many coroutines ask as requests may be in flight, and one commits; returns when all have ended.
awaitable<void> Sweeper::fetch_and_commit(SweepRun& run)
{
    const auto executor = co_await asio::this_coro::executor;
    using Job = decltype(asio::co_spawn(executor, fetch_loop(run), asio::deferred));
    std::vector<Job> jobs;
    run.fetching = options_.plan.in_flight;
    jobs.push_back(asio::co_spawn(executor, commit_loop(run), asio::deferred));
    for (std::size_t i = 0; i < options_.plan.in_flight; ++i)
        jobs.push_back(asio::co_spawn(executor, fetch_loop(run), asio::deferred));
    const auto [order, errors] = co_await asio::experimental::make_parallel_group(std::move(jobs))
                                     .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const auto& error : errors)
        if (error)
            std::rethrow_exception(error);
    if (run.error)
        std::rethrow_exception(run.error);
}

awaitable<void> Sweeper::fetch_loop(SweepRun& run)
{
    while (!run.sweep.finished())
    {
        const auto request = run.queue.has_room() ? run.sweep.next() : std::nullopt;
        if (run.sweep.finished())
            break; // what would have been one question too many ends the walk, and nobody would wake us
        if (!request)
        {
            co_await run.news.wait();
            continue;
        }
        auto query = query_of(*request, options_.scope, mirror_.sims());
        const auto looks = mirror_.fleet().looks();
        if (auto page = co_await fetch(run, std::move(query), run.known(), request->by_key()))
        {
            page->looks_when_asked = looks;
            mirror_.note_readings(*page);
            run.queue.add(run.sweep.accept(*request, std::move(*page)));
        }
        if (observer_.progress)
            observer_.progress(
                {run.sweep.counts().items, static_cast<std::int64_t>(run.sweep.expected()),
                 run.report.record.requests});
        run.news.wake();
    }
    --run.fetching;
    run.news.wake();
}

awaitable<void> Sweeper::commit_loop(SweepRun& run)
{
    try
    {
        while (run.fetching > 0 || !run.queue.empty())
        {
            if (run.queue.empty())
            {
                co_await run.news.wait();
                continue;
            }
            co_await commit(run, run.queue.take());
            run.queue.committed();
            run.news.wake();
        }
    }
    catch (...)
    {
        run.error = std::current_exception();
        run.give_up("the database failed");
    }
}

awaitable<void> Sweeper::commit(SweepRun& run, std::vector<SimBatch> group)
{
    auto& report = run.report;
    note_counts(report.record, run.sweep.counts());
    if (const auto expected = run.sweep.expected(); expected > 0)
        report.record.expected = static_cast<std::int64_t>(expected);
    const auto written = co_await mirror_.commit(std::move(group), report.record);
    add(report.record, written);
    add(report.events, written.events);
}

// Which of two readings is the newer cannot be told from the list; a third, by id, decides.
awaitable<void> Sweeper::settle_contradictions(SweepRun& run)
{
    std::vector<ObservedSim> settled;
    for (const auto& id : run.sweep.contradicted())
    {
        const auto looks = mirror_.fleet().looks();
        const auto page = co_await fetch_one(run, id);
        // An answer that shows it twice decides nothing.
        if (!page || page->items.size() != 1 || page->items.front().sim.id != id)
            continue;
        mirror_.note_readings(*page);
        std::ranges::move(run.sweep.settle(page->items.front(), looks), std::back_inserter(settled));
    }
    co_await commit_in_pieces(run, settled);
}

awaitable<void> Sweeper::commit_in_pieces(SweepRun& run, std::span<const ObservedSim> seen)
{
    while (!seen.empty())
    {
        const auto piece = take_piece(seen, mirror_.piece());
        co_await commit(run, {SimBatch(piece.begin(), piece.end())});
    }
}

awaitable<void> Sweeper::finish(SweepRun& run)
{
    auto& report = run.report;
    report.left_out = drift_.left_out();
    report.by_offset_because = run.sweep.why_by_offset();
    report = finished(std::move(report), run.findings(stopping_), mirror_.now());
    co_await mirror_.finish_sweep(report);

    // A sweep that did not get through the list knows too few places to enter it.
    auto memory = run.sweep.memory();
    if (run.sweep.complete())
        memory_.pivots = std::move(memory.pivots);
    memory_.keyset_failed = memory.keyset_failed;
}

} // namespace simsync
