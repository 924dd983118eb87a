// The sweeper's last part: which SIMs are gone, and what becomes of those that are held back for a person.
// Decides by model/removal, asks and writes like the rest (sync/sweeper).
#include "sync/sweep_run.hpp"

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <iterator>

namespace simsync
{

using boost::asio::awaitable;

awaitable<void> Sweeper::process_removals(SweepRun& run)
{
    Removal removal{fleet_, run.number, options_.guard, run.sweep.largest_page(), run.nameless};
    co_await prove_removals(run, removal);

    std::vector<ObservedSim> missed;
    for (const auto& observed : removal.found())
        std::ranges::move(run.sweep.settle(observed), std::back_inserter(missed));
    if (!missed.empty())
        co_await commit(run, {missed});

    const auto absent = removal.absent();
    const auto held = co_await held_removals(absent);
    // A changed scope is a new baseline: what it does not cover any more is no wave of removals. An empty
    // list is none of a scope's making.
    const bool wave = ledger_.baselined ? removal.held() : removal.nobody_is_left();
    switch (decide_removals(absent, wave, held))
    {
    case RemovalStep::hold:
        co_return co_await hold(run, absent, held);
    case RemovalStep::keep:
        co_return co_await keep(run, absent, held);
    case RemovalStep::remove:
        break;
    }
    // What a person has decided waits for nothing.
    const bool decided = !held.sims.empty() && held.decision == Decision::accepted;
    const auto gone = decided ? removal.gone() : co_await due(run, removal);
    run.report.doubtful = static_cast<std::int64_t>(removal.doubtful().size()) + run.report.awaited;
    if (!gone.empty())
        co_await remove(run, gone);
    if (!held.sims.empty())
        co_await release(run, held.decision);
}

// Of those that are proven gone, the ones that need not wait for more sweeps to say so. Before a baseline
// nobody waits: they are no part of what is mirrored now.
awaitable<std::vector<std::string>> Sweeper::due(SweepRun& run, const Removal& removal)
{
    constexpr std::chrono::hours a_week{24 * 7};
    if (!ledger_.baselined)
        co_return removal.gone();
    std::map<std::string, Presence> presence;
    if (!removal.gone().empty())
        co_await database_(
            [&](Mirror& mirror)
            {
                mirror.transact(
                    [&](Transaction& transaction)
                    { presence = transaction.presence(removal.gone(), options_.now() - a_week); });
            });
    auto due = absences_.due(removal.gone(), removal.doubtful(), presence);
    if (ledger_.absences != absences_.all())
        co_await database_(
            [&](Mirror& mirror) {
                mirror.transact([&](Transaction& transaction) { transaction.set_absences(absences_.all()); });
            });
    ledger_.absences = absences_.all();
    run.report.awaited = static_cast<std::int64_t>(removal.gone().size() - due.size());
    co_return due;
}

// Most sweeps miss nobody while nobody is held: then there is nothing to read.
awaitable<HeldRemovals> Sweeper::held_removals(const std::vector<std::string>& absent)
{
    HeldRemovals held;
    if (absent.empty() && !anything_held_)
        co_return held;
    co_await database_(
        [&held](Mirror& mirror)
        { mirror.transact([&held](Transaction& transaction) { held = transaction.held_removals(); }); });
    anything_held_ = !held.sims.empty();
    co_return held;
}

awaitable<void> Sweeper::prove_removals(SweepRun& run, Removal& removal)
{
    while (const auto inquiry = removal.next())
    {
        const bool by_list = inquiry->way == Inquiry::Way::list;
        const auto page = by_list ? co_await fetch(run, query(*inquiry), nullptr, false)
                                  : co_await fetch_one(run, inquiry->ids().front());
        if (page)
            removal.answered(*inquiry, *page);
        else
            removal.failed(*inquiry);
    }
}

awaitable<void> Sweeper::remove(SweepRun& run, const std::vector<std::string>& gone)
{
    const auto when = event_context(run);
    const auto known = rule_context();
    std::vector<Event> events;
    co_await database_(
        [&](Mirror& mirror)
        {
            mirror.transact(
                [&](Transaction& transaction)
                {
                    events = removal_events(transaction.load(gone), known, when);
                    if (known.baselined)
                        transaction.remove(gone, when.observed_at);
                    else
                        transaction.leave_scope(gone, when.observed_at);
                    transaction.append(events);
                });
        });
    for (const auto& id : gone)
        fleet_.forget(id);
    run.report.record.removed += static_cast<std::int64_t>(gone.size());
    count(run.report, events);
}

// Told once, when removals begin to be held; the set itself follows every sweep.
awaitable<void> Sweeper::hold(SweepRun& run, const std::vector<std::string>& absent, const HeldRemovals& held)
{
    run.report.held = static_cast<std::int64_t>(absent.size());
    if (absent == held.sims && held.decision == Decision::none)
        co_return;

    std::vector<Event> events;
    if (ledger_.held_removals == 0)
        events.push_back(account_event(
            Kind::account_removals_held, event_context(run), {{"held_removals", run.report.held}}));
    const auto sweep_id = run.report.record.id;
    co_await database_(
        [&](Mirror& mirror)
        {
            mirror.transact(
                [&](Transaction& transaction)
                {
                    transaction.hold_removals(absent, sweep_id);
                    transaction.append(events);
                });
        });
    ledger_.held_removals = run.report.held;
    anything_held_ = true;
    count(run.report, events);
}

// A person said that these are not gone: their rows stay until the API shows them again.
awaitable<void> Sweeper::keep(SweepRun& run, const std::vector<std::string>& absent, const HeldRemovals& held)
{
    if (absent.empty())
        co_return co_await release(run, held.decision);
    run.report.doubtful = static_cast<std::int64_t>(absent.size());
    if (absent == held.sims && ledger_.held_removals == 0)
        co_return;
    const auto events = released(run, held.decision);
    co_await database_(
        [&](Mirror& mirror)
        {
            mirror.transact(
                [&](Transaction& transaction)
                {
                    transaction.keep_rejected(absent);
                    transaction.append(events);
                });
        });
    ledger_.held_removals = 0;
    count(run.report, events);
}

// The SIMs came back, or a person decided: nothing is held any more.
awaitable<void> Sweeper::release(SweepRun& run, Decision decision)
{
    const auto events = released(run, decision);
    co_await database_(
        [&](Mirror& mirror)
        {
            mirror.transact(
                [&](Transaction& transaction)
                {
                    transaction.release_removals();
                    transaction.append(events);
                });
        });
    ledger_.held_removals = 0;
    anything_held_ = false;
    count(run.report, events);
}

// A rejection was told of when it was taken up; that its SIMs came back at last is no news.
std::vector<Event> Sweeper::released(const SweepRun& run, Decision decision) const
{
    if (ledger_.held_removals == 0)
        return {};
    auto when = event_context(run);
    Fields after{{"held_removals", std::int64_t{0}}};
    if (decision != Decision::none)
    {
        when.cause = Cause::operator_;
        after.push_back({"decision", std::string(to_text(decision))});
    }
    return {account_event(Kind::account_removals_released, when, std::move(after))};
}

} // namespace simsync
