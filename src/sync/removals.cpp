// The sweeper's last part: which SIMs are gone, and what becomes of those that are held back for a person.
// Decides by model/removal, asks like the rest (sync/fetch), writes by sync/account_mirror.
#include "sync/queries.hpp"
#include "sync/sweep_run.hpp"

#include <algorithm>
#include <iterator>
#include <span>

namespace simsync
{

using boost::asio::awaitable;

awaitable<void> Sweeper::process_removals(SweepRun& run)
{
    Removal removal{
        mirror_.fleet(), mirror_.sweep_number(), options_.guard, run.sweep.largest_page(), run.nameless};
    const auto looks = mirror_.fleet().looks();
    co_await prove_removals(run, removal);

    std::vector<ObservedSim> missed;
    for (const auto& observed : removal.found())
        std::ranges::move(run.sweep.settle(observed, looks), std::back_inserter(missed));
    co_await commit_in_pieces(run, missed);

    const auto absent = removal.absent();
    const auto held = co_await mirror_.held_removals(!absent.empty());
    // A changed scope is a new baseline: what it does not cover any more is no wave of removals. An empty
    // list is none of a scope's making.
    const bool wave = mirror_.ledger().baselined ? removal.held() : removal.nobody_is_left();
    auto& report = run.report;
    report.lapsed = lapsed_decision(absent, held);
    switch (decide_removals(absent, wave, held))
    {
    case RemovalStep::hold:
        report.held = static_cast<std::int64_t>(absent.size());
        count(report, co_await mirror_.hold(absent, held, report.record.id));
        break;
    case RemovalStep::keep:
        report.doubtful = static_cast<std::int64_t>(absent.size());
        count(report, co_await mirror_.keep(absent, held, report.record.id));
        break;
    case RemovalStep::remove:
        co_await remove_gone(run, removal, held, looks);
        break;
    }
}

awaitable<void> Sweeper::prove_removals(SweepRun& run, Removal& removal)
{
    while (const auto inquiry = removal.next())
    {
        const bool by_list = inquiry->way == Inquiry::Way::list;
        const auto page = by_list ? co_await fetch(run, query_of(*inquiry, options_.scope), nullptr, false)
                                  : co_await fetch_one(run, inquiry->ids().front());
        if (page)
        {
            mirror_.note_readings(*page);
            removal.answered(*inquiry, *page);
        }
        else
            removal.failed(*inquiry);
    }
}

// What a person has decided waits for nothing. A stop does not end it among its pieces: an incomplete sweep
// never removes anybody, and one that is cut off here is gone on with by the next one.
awaitable<void>
Sweeper::remove_gone(SweepRun& run, const Removal& removal, const HeldRemovals& held, std::uint32_t looks)
{
    auto& report = run.report;
    const auto& gone = removal.gone();
    const auto& doubtful = removal.doubtful();
    const bool decided = !held.sims.empty() && held.decision == Decision::accepted && !report.lapsed;
    const auto due = decided ? gone : co_await mirror_.due_removals(gone, doubtful);
    report.awaited = static_cast<std::int64_t>(gone.size() - due.size());
    report.doubtful = static_cast<std::int64_t>(doubtful.size()) + report.awaited;
    for (std::span<const std::string> left = due; !left.empty();)
        co_await mirror_.remove_piece(left, looks, report);
    if (!held.sims.empty())
        count(
            report, report.lapsed ? co_await mirror_.release(*report.lapsed, report.record.id)
                                  : co_await mirror_.release(held.decision, report.record.id));
}

} // namespace simsync
