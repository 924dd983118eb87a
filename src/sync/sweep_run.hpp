// What one sweep holds while it is under way, for the files of the sweeper alone.
#pragma once

#include "io/async_event.hpp"
#include "sync/sweeper.hpp"

#include <exception>
#include <list>
#include <string>
#include <utility>

namespace simsync
{

struct Sweeper::SweepRun
{
    SweepRun(const boost::asio::any_io_executor& executor, Sweeper& sweeper, std::uint32_t number)
        : under_way(sweeper.under_way_),
          fleet(sweeper.fleet_),
          sweep(sweeper.fleet_, number, sweeper.options_.plan, sweeper.memory_),
          number(number),
          news(executor),
          queue(sweeper.options_.plan.page_size),
          is_first_load(!sweeper.ledger_.holds_rows)
    {
        under_way = this;
    }
    ~SweepRun() { under_way = nullptr; } // also where the database failed: `stop` may still come
    SweepRun(const SweepRun&) = delete;
    SweepRun& operator=(const SweepRun&) = delete;

    SweepRun*& under_way;

    const Fleet& fleet;
    Sweep sweep;
    std::uint32_t number;
    AsyncEvent news; // a page came, room was made, somebody gave up
    SweepReport report;
    CommitQueue queue;            // seen, to be committed
    bool is_first_load;           // no row is stored of what comes: it need not be looked for
    bool new_deadlines = false;   // were written and nobody was told
    std::size_t fetching = 0;     // coroutines that still ask
    std::list<AsyncEvent> pauses; // of those that wait before they ask again
    std::exception_ptr error;     // of the database: ends the sweep
    std::size_t nameless = 0;     // items of answers without a readable id

    void give_up(std::string why)
    {
        sweep.give_up(std::move(why));
        news.wake();
        for (auto& pause : pauses)
            pause.wake();
    }

    void fall_back(std::string why)
    {
        sweep.fall_back(std::move(why));
        news.wake();
    }

    // The SIMs that may come as they were. A first load's own, in the overlap of pages, are not worth the
    // look.
    const Fleet* known() const { return is_first_load ? nullptr : &fleet; }

    // It cannot become complete any more; one that is complete may still prove removals.
    bool abandoned() const { return sweep.finished() && !sweep.complete(); }
};

// What a sweep told, beside its rows.
inline void count(SweepReport& report, std::span<const Event> events)
{
    report.record.events += static_cast<std::int64_t>(events.size());
    count(report.events, events);
}

} // namespace simsync
