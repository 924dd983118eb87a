// The account mirror's removals: who is due, what is held for a person to decide, and the write of both.
#include "sync/account_events.hpp"
#include "sync/account_mirror.hpp"

#include <utility>

namespace simsync
{

using boost::asio::awaitable;

namespace
{

// Returns of a SIM count against it for so long (model/removal, Presence).
constexpr std::chrono::hours returns_count_for{24 * 7};

} // namespace

// How a SIM came and went is kept of those alone that it has any bearing on: of a wave hardly any.
awaitable<std::map<std::string, Presence>> AccountMirror::presence(std::span<const std::string> gone)
{
    std::map<std::string, Presence> presence;
    const auto since = options_.now() - returns_count_for;
    while (!gone.empty())
    {
        auto of_piece = co_await database_.transact(
            [piece = take_piece(gone, options_.piece), since](Transaction& transaction)
            { return transaction.presence(piece, since); });
        std::erase_if(of_piece, [](const auto& each) { return misses_required(each.second) == 1; });
        presence.merge(of_piece);
    }
    co_return presence;
}

awaitable<std::vector<std::string>>
AccountMirror::due_removals(const std::vector<std::string>& gone, const std::vector<std::string>& doubtful)
{
    if (!ledger_.baselined)
        co_return gone;
    auto due = absences_.due(gone, doubtful, co_await presence(gone));
    if (ledger_.absences != absences_.all())
        co_await database_.transact([this](Transaction& transaction)
                                    { transaction.set_absences(absences_.all()); });
    ledger_.absences = absences_.all();
    co_return due;
}

// Most sweeps miss nobody while nobody is held: then there is nothing to read.
awaitable<HeldRemovals> AccountMirror::held_removals(bool anybody_is_absent)
{
    if (!anybody_is_absent && !anything_held_)
        co_return HeldRemovals{};
    auto held =
        co_await database_.transact([](Transaction& transaction) { return transaction.held_removals(); });
    anything_held_ = !held.sims.empty();
    co_return held;
}

// A wave is as large as the fleet may be. In pieces neither what is in memory of it nor what one transaction
// holds grows with it, and between them there is time for everything else. What a crash leaves is missed
// again by the next sweep: fewer of fewer SIMs, which no guard minds that did not mind the wave, and a part
// of what a person decided of, which the decision covers.
awaitable<void> AccountMirror::remove_piece(
    std::span<const std::string>& left, std::uint32_t looks_when_asked, SweepReport& report)
{
    const auto was_seen = [&](Fleet::Place place)
    { return fleet_.seen_in(place) == sweeps_ || fleet_.looked_at_since(place, looks_when_asked); };
    std::vector<std::string> gone;
    for (const auto& id : take_piece(left, options_.piece))
        if (const auto place = fleet_.find(id); place == Fleet::nowhere || !was_seen(place))
            gone.push_back(id);
    const auto when = event_context_of(report.record.id);
    const auto known = rule_context();
    for (const auto& id : gone)
        note_reading(id);
    auto record = report.record;
    record.removed += static_cast<std::int64_t>(gone.size());
    const auto emitted = co_await database_.transact(
        [&, before = record](Transaction& transaction)
        {
            const auto events = removal_events(transaction.load(gone), known, when);
            if (known.baselined)
                transaction.remove(gone, when.observed_at);
            else
                transaction.leave_scope(gone, when.observed_at);
            transaction.append(events);
            record = before;
            record.events += static_cast<std::int64_t>(events.size());
            transaction.record(record);
            return counts_of(events);
        });
    report.record.removed = record.removed;
    count(report, emitted);
    for (const auto& id : gone)
        fleet_.forget(id);
}

awaitable<EventCounts>
AccountMirror::hold(const std::vector<std::string>& absent, const HeldRemovals& held, std::int64_t sweep_id)
{
    if (absent == held.sims && held.decision == Decision::none)
        co_return EventCounts{};
    const auto held_now = static_cast<std::int64_t>(absent.size());
    const auto lapsed = lapsed_decision(absent, held);
    const auto events = held_events(ledger_, held_now, lapsed, event_context_of(sweep_id));
    co_await database_.transact(
        [&](Transaction& transaction)
        {
            transaction.hold_removals(absent, sweep_id);
            transaction.append(events);
        });
    ledger_.held_removals = held_now;
    anything_held_ = true;
    co_return counts_of(events);
}

awaitable<EventCounts>
AccountMirror::keep(const std::vector<std::string>& absent, const HeldRemovals& held, std::int64_t sweep_id)
{
    if (absent.empty())
        co_return co_await release(held.decision, sweep_id);
    if (absent == held.sims && ledger_.held_removals == 0)
        co_return EventCounts{};
    const auto events = released_events(ledger_, held.decision, event_context_of(sweep_id));
    co_await database_.transact(
        [&](Transaction& transaction)
        {
            transaction.keep_rejected(absent);
            transaction.append(events);
        });
    ledger_.held_removals = 0;
    co_return counts_of(events);
}

awaitable<EventCounts> AccountMirror::release(Decision decision, std::int64_t sweep_id)
{
    return release(released_events(ledger_, decision, event_context_of(sweep_id)));
}

awaitable<EventCounts> AccountMirror::release(const LapsedDecision& lapsed, std::int64_t sweep_id)
{
    return release(released_events(lapsed, event_context_of(sweep_id)));
}

awaitable<EventCounts> AccountMirror::release(std::vector<Event> events)
{
    co_await database_.transact(
        [&](Transaction& transaction)
        {
            transaction.release_removals();
            transaction.append(events);
        });
    ledger_.held_removals = 0;
    anything_held_ = false;
    co_return counts_of(events);
}

} // namespace simsync
