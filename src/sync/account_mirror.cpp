#include "sync/account_mirror.hpp"

#include "sync/account_events.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace simsync
{

using boost::asio::awaitable;

AccountMirror::AccountMirror(
    DatabaseThread& database, AccountMirrorOptions options, std::function<void()> new_deadlines)
    : database_(database),
      options_(std::move(options)),
      new_deadlines_(std::move(new_deadlines))
{
}

awaitable<void> AccountMirror::load()
{
    sweeps_ = 0;
    anything_held_ = true; // as far as we know
    is_first_load_ = false;
    end_look();
    ledger_ = co_await database_([](Mirror& mirror) { return mirror.account(); });
    fleet_ = co_await load_fleet();
    co_await database_.transact([this](Transaction& transaction)
                                { transaction.set_balance_low(options_.alert.balance_low); });
    if (ledger_.scope != options_.scope_text)
        ledger_.baselined = false;
    absences_ = Absences{ledger_.absences};
}

awaitable<Fleet> AccountMirror::load_fleet()
{
    Fleet fleet;
    while (!co_await database_([this, &fleet](Mirror& mirror)
                               { return mirror.load_fleet(fleet, options_.loaded_at_once, load_progress_); }))
    {
    }
    co_return fleet;
}

awaitable<SweepRecord> AccountMirror::begin_sweep()
{
    fleet_.compact();
    fleet_.forget_looks();
    ++sweeps_;
    is_first_load_ = !ledger_.holds_rows;
    deadlines_written_ = false;
    SweepRecord sweep;
    sweep.started_at = options_.now();
    sweep.baseline = !ledger_.baselined;
    co_await database_.transact(
        [&sweep](Transaction& transaction)
        {
            sweep.id = transaction.next_sweep_id();
            if (sweep.baseline)
                transaction.begin_baseline();
            transaction.record(sweep);
        });
    co_return sweep;
}

void AccountMirror::end_first_load()
{
    is_first_load_ = false;
    notify_of_deadlines();
}

void AccountMirror::notify_of_deadlines()
{
    if (!is_first_load_ && std::exchange(deadlines_written_, false) && new_deadlines_)
        new_deadlines_();
}

// Batch by batch: read the stored rows, judge, write rows and events; then the sweep's row.
awaitable<WriteCounts> AccountMirror::commit(std::vector<SimBatch> seen, const SweepRecord& sweep)
{
    drop_sims_in_action(seen);
    const auto when = event_context_of(sweep.id);
    const auto known = rule_context();
    const auto written = co_await database_.transact(
        [&, before = sweep, is_first_load = is_first_load_](Transaction& transaction)
        {
            ChangeWriter writer{transaction, known, when};
            for (const auto& batch : seen)
                writer.write(batch, is_first_load);
            auto now_written = writer.flush();
            auto after = before;
            add(after, now_written);
            transaction.record(after);
            return now_written;
        });
    ledger_.holds_rows = true;
    deadlines_written_ |= written.deadlines;
    notify_of_deadlines();
    co_return written;
}

// Leaves SIMs out that an action is under way for: what it did is to be told with the action as its cause,
// when it ends. They get a fingerprint that no SIM has, so that a later sweep writes them should the action's
// own write fail.
void AccountMirror::drop_sims_in_action(std::vector<SimBatch>& seen)
{
    for (auto& batch : seen)
        std::erase_if(
            batch,
            [this](const ObservedSim& observed)
            {
                if (!sims_in_action_.contains(observed.sim.id))
                    return false;
                fleet_.remember(observed.sim.id, Fingerprint{});
                return true;
            });
}

awaitable<void> AccountMirror::finish_sweep(SweepReport& report)
{
    auto& record = report.record;
    record.found_by_looks = std::exchange(found_by_looks_, 0);
    const auto when = event_context_of(record.id);
    const auto news = news_of_end(ledger_, record.outcome, when);
    // Noted before it is written: who degrades the account meanwhile does so after this sweep.
    if (news.recovers)
        ledger_.degraded = false;
    count(report, counts_of(news.events));
    if (news.is_baseline)
        count(report, {{Kind::account_baselined, 1}});
    const auto known = sims();
    co_await database_.transact(
        [&](Transaction& transaction)
        {
            if (news.is_baseline)
            {
                transaction.set_baselined(options_.scope_text, when.observed_at);
                transaction.append(std::vector{
                    baselined(when, known, transaction.standing(when.observed_at, options_.warnings))});
            }
            if (news.recovers)
                transaction.set_degraded(false);
            transaction.append(news.events);
            transaction.record(record);
        });
    if (record.outcome == Outcome::complete)
        note_complete(ledger_, record);
}

awaitable<std::vector<ActionRecord>> AccountMirror::actions_in_doubt()
{
    return database_.transact([](Transaction& transaction) { return transaction.actions_in_doubt(); });
}

awaitable<std::optional<ActionRecord>> AccountMirror::take_action(std::vector<std::string> but_of)
{
    return database_.transact([but_of = std::move(but_of)](Transaction& transaction)
                              { return transaction.take_action(but_of); });
}

awaitable<EventCounts> AccountMirror::finish_action(
    const ActionRecord& action, const ActionEnd& end, const std::optional<ObservedSim>& seen)
{
    auto when = event_context(Cause::action);
    when.action_id = action.id;
    when.requested_by = action.requested_by;
    const auto known = rule_context();
    const auto events = action_events(action, end, seen, when);
    sims_in_action_.erase(action.sim);
    note_reading(action.sim);
    const auto changed = apply_readback(seen);
    auto emitted = co_await database_.transact(
        [&](Transaction& transaction)
        {
            ChangeWriter writer{transaction, known, when};
            writer.write(changed, false);
            auto of_sim = writer.flush().events;
            transaction.append(events);
            transaction.finish_action(action.id, end);
            return of_sim;
        });
    add(emitted, counts_of(events));
    if (!changed.empty() && new_deadlines_)
        new_deadlines_();
    co_return emitted;
}

// What differs from what is known, of a SIM that is mirrored.
std::vector<ObservedSim> AccountMirror::apply_readback(const std::optional<ObservedSim>& seen)
{
    if (!seen || fleet_.find(seen->sim.id) == Fleet::nowhere)
        return {};
    if (settle_)
        return settle_(*seen);
    if (fleet_.fingerprint(fleet_.find(seen->sim.id)) == seen->fingerprint)
        return {};
    fleet_.remember(seen->sim.id, seen->fingerprint);
    return {*seen};
}

awaitable<EventCounts> AccountMirror::emit_account_events(const SweepReport& report)
{
    const auto news = news_of_api(ledger_, report, event_context(Cause::daemon));
    if (news.refused)
    {
        ledger_.auth_failed = true;
        ledger_.complete_since_auth_failed = 0;
    }
    const bool drifts_changed = std::exchange(ledger_.drifts, news.drifts) != news.drifts;
    if (drifts_changed || !news.events.empty())
        co_await database_.transact(
            [&](Transaction& transaction)
            {
                if (drifts_changed)
                    transaction.set_drifts(news.drifts);
                transaction.append(news.events);
            });
    co_return counts_of(news.events);
}

awaitable<bool> AccountMirror::emit_degraded(Fields after)
{
    ledger_.degraded = true; // before it is written: a sweep that ends meanwhile has to resolve it
    const std::vector<Event> events{
        account_event(Kind::account_degraded, event_context(Cause::daemon), std::move(after))};
    try
    {
        co_return co_await database_.transact(
            [&](Transaction& transaction)
            {
                const bool is_news = transaction.set_degraded(true);
                if (is_news)
                    transaction.append(events);
                return is_news;
            });
    }
    catch (const StoreError&)
    {
        ledger_.degraded = false; // still to be told
        throw;
    }
}

awaitable<AccountMirror::Due> AccountMirror::emit_due(const bool& stop)
{
    Due due;
    for (DueLook look{.now = options_.now()}; !look.through && !stop;)
    {
        std::tie(look, due.next) = co_await database_.transact(
            [this, from = look](Transaction& transaction)
            {
                auto piece = transaction.raise_due(from, options_.warnings, options_.piece);
                const auto next =
                    piece.through ? transaction.next_due(piece.now, options_.warnings) : std::nullopt;
                return std::pair(std::move(piece), next);
            });
        add(due.emitted, look.emitted);
    }
    co_return due;
}

EventContext AccountMirror::event_context(Cause cause) const
{
    EventContext context;
    context.account = options_.account;
    context.observed_at = options_.now();
    context.cause = cause;
    return context;
}

EventContext AccountMirror::event_context_of(std::int64_t sweep_id) const
{
    auto of_sweep = event_context(Cause::sweep);
    of_sweep.sweep_id = sweep_id;
    return of_sweep;
}

RuleContext AccountMirror::rule_context() const
{
    RuleContext rule_context{options_.alert, ledger_.baselined, std::nullopt, seen_in_part_};
    if (ledger_.last_complete_sweep)
        rule_context.last_complete_from = ledger_.last_complete_sweep->started_at;
    return rule_context;
}

} // namespace simsync
