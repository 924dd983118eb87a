// What one sweep holds while it is under way, for the files of the sweeper alone.
#pragma once

#include "io/async_event.hpp"
#include "sync/commit_queue.hpp"
#include "sync/sweep_end.hpp"
#include "sync/sweeper.hpp"

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace simsync
{

struct Sweeper::SweepRun
{
    SweepRun(const boost::asio::any_io_executor& executor, Sweeper& sweeper, SweepRecord record)
        : under_way(sweeper.under_way_),
          mirror(sweeper.mirror_),
          sweep(mirror.fleet(), mirror.sweep_number(), sweeper.options_.plan, sweeper.memory_),
          news(executor),
          given_up(executor),
          queue(sweeper.options_.plan.page_size)
    {
        report.record = std::move(record);
        under_way = this;
        mirror.let_sweep_settle([this](const ObservedSim& seen) { return settle(seen); });
    }
    ~SweepRun() // also where the database failed: `stop` may still come
    {
        mirror.let_sweep_settle({});
        under_way = nullptr;
    }
    SweepRun(const SweepRun&) = delete;
    SweepRun& operator=(const SweepRun&) = delete;

    SweepRun*& under_way;
    AccountMirror& mirror;
    Sweep sweep;
    SweepReport report;
    AsyncEvent news;          // a page came, room was made, somebody gave up
    AsyncEvent given_up;      // wakes those that wait before they ask again
    CommitQueue queue;        // seen, to be committed
    std::size_t fetching = 0; // coroutines that still ask
    std::exception_ptr error; // of the database: ends the sweep
    std::size_t nameless = 0; // items of answers without a readable id

    void give_up(std::string why)
    {
        sweep.give_up(std::move(why));
        news.wake();
        given_up.wake();
    }

    void fall_back(std::string why)
    {
        sweep.fall_back(std::move(why));
        news.wake();
    }

    // The SIMs that may come as they were. A first load's own, in the overlap of pages, are not worth the
    // look.
    const Fleet* known() const { return mirror.is_first_load() ? nullptr : &mirror.fleet(); }

    // It cannot become complete any more; one that is complete may still prove removals.
    bool abandoned() const { return sweep.finished() && !sweep.complete(); }

    // What a reading of one SIM by its id changes, which nobody has looked at since it was asked for. It is
    // newer than pages that were asked for before: what those showed of the SIM is not written any more.
    std::vector<ObservedSim> settle(const ObservedSim& seen)
    {
        queue.forget(seen.sim.id);
        return sweep.settle(seen);
    }

    SweepFindings findings(bool stop_requested) const
    {
        return {
            .counts = sweep.counts(),
            .proven = sweep.complete(),
            .why_unproven = sweep.why_incomplete(),
            .stop_requested = stop_requested,
            .known = mirror.sims()};
    }

    // What of a page could not be read; its row is counted from `offset`.
    void note_decode_errors(const Page& page, std::uint64_t offset);
};

} // namespace simsync
