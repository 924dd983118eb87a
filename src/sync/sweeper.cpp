// The loop over one sweep, and what else is written of an account. Asks by sync/fetch, decides by
// model/sweep, writes by sync/change_writer and store/mirror; sync/removals says who has gone.
#include "model/escape.hpp"
#include "sync/change_writer.hpp"
#include "sync/sweep_run.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <iterator>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
namespace asio = boost::asio;

// That an action is unknown is told to who asked; there is nothing that alerting could do about it.
std::vector<Event>
action_events(const ActionRecord& action, const ActionEnd& end, const EventContext& context)
{
    if (end.state == ActionState::unknown)
        return {};
    Fields after{{"operation", action.operation}};
    for (const auto& [name, value] : action.arguments)
        after.push_back({name, value});
    if (end.error)
        after.push_back({"error", *end.error});
    auto event = account_event(
        end.state == ActionState::confirmed ? Kind::action_confirmed : Kind::action_failed, context,
        std::move(after));
    event.sim = action.sim;
    return {event};
}

// In one line: "SIM "1017": description "a\\x01b"; the item at offset 517 (iccidPlastic 8970): id null".
std::string named(const DecodeError& decode_error)
{
    const auto who = decode_error.sim.empty() ? "the item at offset " + std::to_string(decode_error.row)
                                              : "SIM \"" + escape(decode_error.sim) + '"';
    const auto card = decode_error.iccid_plastic.empty()
                          ? ""
                          : " (iccidPlastic " + escape(decode_error.iccid_plastic) + ')';
    return who + card + ": " + decode_error.field + ' ' +
           (decode_error.text.empty() ? "is missing" : decode_error.text);
}

void name_what_is_set_aside(SweepReport& report)
{
    auto& record = report.record;
    for (const auto& [field, times] : report.decode_errors)
        record.set_aside += times;
    std::string text;
    for (const auto& decode_error : report.set_aside)
        text.append(text.empty() ? "" : "; ").append(named(decode_error));
    if (const auto more = record.set_aside - static_cast<std::int64_t>(report.set_aside.size());
        more > 0 && !text.empty())
        text += "; and more";
    if (!text.empty())
        record.set_aside_what = std::move(text);
}

// One digest of what stood before simsync came, for sinks leave out what tells of each.
Event baselined(const EventContext& context, std::size_t sims, const EventCounts& standing)
{
    Fields after{{"sims", static_cast<std::int64_t>(sims)}};
    for (const auto& [kind, count] : standing)
        after.push_back({std::string(to_text(kind)), count});
    return account_event(Kind::account_baselined, context, std::move(after));
}

} // namespace

Sweeper::Sweeper(Source& source, DatabaseThread& database, SweeperOptions options, SweepObserver observer)
    : source_(source),
      database_(database),
      options_(std::move(options)),
      observer_(std::move(observer))
{
}

Sweeper::~Sweeper() = default;

awaitable<void> Sweeper::load()
{
    sweeps_ = 0;
    anything_held_ = true; // as far as we know
    ledger_ = co_await database_([](Mirror& mirror) { return mirror.account(); });
    fleet_ = co_await database_([](Mirror& mirror) { return mirror.load_fleet(); });
    if (ledger_.scope != options_.scope_text)
        ledger_.baselined = false;
    std::set<std::string> left_out;
    for (const auto& [field, drift] : ledger_.drifts)
        if (drift.left_out)
            left_out.insert(field);
    drift_ = Drift{std::move(left_out)};
    absences_ = Absences{ledger_.absences};
    select();
}

// Whatever stops us, what was committed stays true and the next sweep begins anew.
awaitable<SweepReport> Sweeper::run_once()
{
    fleet_.compact();
    SweepRun run{co_await asio::this_coro::executor, *this, ++sweeps_};
    if (stopping_)
        run.sweep.give_up("simsync was told to stop");
    co_await begin(run);
    co_await probe_all_fields(run);
    co_await fetch_and_commit(run);
    run.is_first_load = false; // whatever comes now came before
    notify_deadlines(run);
    co_await settle_contradictions(run);
    // Only a sweep that proved itself complete may say that a SIM has gone.
    if (run.sweep.complete())
        co_await process_removals(run);
    co_await finish(run);
    remember(run);
    co_return std::move(run.report);
}

void Sweeper::stop()
{
    stopping_ = true;
    if (under_way_ == nullptr)
        return;
    under_way_->give_up("simsync was told to stop");
}

awaitable<EventCounts> Sweeper::emit_account_events(const SweepReport& report)
{
    auto drifts = ledger_.drifts;
    auto events = follow_drifts(report, drifts);
    if (report.record.outcome != Outcome::complete && report.last_failure)
    {
        const auto& failure = *report.last_failure;
        const bool refused =
            failure.kind == FailureKind::unauthorized || failure.kind == FailureKind::forbidden;
        if (refused && !std::exchange(ledger_.auth_failed, true))
        {
            if (is_news_of_refusal(failure.kind))
                events.push_back(account_event(
                    Kind::account_auth_failed, event_context(Cause::daemon), {{"error", failure.what}}));
            ledger_.complete_since_auth_failed = 0;
        }
    }
    const bool changed = ledger_.drifts != drifts;
    ledger_.drifts = drifts;
    EventCounts emitted;
    count(emitted, events);
    if (changed || !events.empty())
        co_await database_(
            [&](Mirror& mirror)
            {
                mirror.transact(
                    [&](Transaction& transaction)
                    {
                        if (changed)
                            transaction.set_drifts(drifts);
                        transaction.append(events);
                    });
            });
    co_return emitted;
}

// Refused credentials are soon mended by a person, and may be wrong again; a right that is refused now and
// then is nobody's new password.
bool Sweeper::is_news_of_refusal(FailureKind failure_kind) const
{
    const std::int64_t enough =
        failure_kind == FailureKind::unauthorized ? 2 : AccountRecord::most_complete_that_matter;
    return ledger_.complete_since_auth_failed.value_or(enough) >= enough;
}

// What has begun to drift is told. What is right again is forgotten, so that it is told when it returns:
// fields that are asked for, of which a complete sweep had nothing to complain.
std::vector<Event> Sweeper::follow_drifts(const SweepReport& report, Drifts& drifts) const
{
    std::vector<Event> events;
    const auto when = event_context(Cause::daemon);
    const auto begin = [&](const std::string& field, bool left_out, std::string error)
    {
        if (drifts.emplace(field, FieldDrift{when.observed_at, left_out, error}).second)
            events.push_back(account_event(
                Kind::account_schema_drift, when, {{"field", field}, {"error", std::move(error)}}));
    };
    const auto lasts = [&](const auto& each)
    {
        const auto& field = each.first;
        return drift_.left_out().contains(field) || report.unknown_fields.contains(field) ||
               report.decode_errors.contains(field);
    };
    for (const auto& [field, error] : report.unknown_fields)
        begin(field, true, error);
    for (const auto& [field, times] : report.decode_errors)
        if (field != "id") // an item that was set aside is no drift of a field
            begin(field, false, "values do not fit the column: " + std::to_string(times));
    if (report.record.outcome == Outcome::complete)
        std::erase_if(drifts, [&](const auto& each) { return !lasts(each); });
    return events;
}

awaitable<EventCounts> Sweeper::finish_action(
    const ActionRecord& action, const ActionEnd& end, const std::optional<ObservedSim>& seen)
{
    auto when = event_context(Cause::action);
    when.action_id = action.id;
    const auto known = rule_context();
    sims_in_action_.erase(action.sim);
    const auto changed = apply_readback(seen);
    EventCounts emitted;
    co_await database_(
        [&](Mirror& mirror)
        {
            mirror.transact(
                [&](Transaction& transaction)
                {
                    ChangeWriter writer{transaction, known, when};
                    writer.write(changed, false);
                    emitted = writer.flush().events;
                    const auto events = action_events(action, end, when);
                    transaction.append(events);
                    count(emitted, events);
                    transaction.finish_action(action.id, end);
                });
        });
    if (!changed.empty() && observer_.new_deadlines)
        observer_.new_deadlines();
    co_return emitted;
}

// What an action did must be told as the action's. Another fingerprint than any SIM has sees to it that a
// later reading is written, if the action's own should fail.
void Sweeper::drop_sims_in_action(std::vector<SimBatch>& group)
{
    for (auto& batch : group)
        std::erase_if(
            batch,
            [this](const ObservedSim& seen)
            {
                if (!sims_in_action_.contains(seen.sim.id))
                    return false;
                fleet_.remember(seen.sim.id, Fingerprint{});
                return true;
            });
}

// What differs from what is known, of a SIM that is mirrored.
std::vector<ObservedSim> Sweeper::apply_readback(const std::optional<ObservedSim>& seen)
{
    if (!seen || fleet_.find(seen->sim.id) == Fleet::nowhere)
        return {};
    if (under_way_ != nullptr)
    {
        under_way_->queue.forget(seen->sim.id);
        return under_way_->sweep.settle(*seen);
    }
    if (fleet_.fingerprint(fleet_.find(seen->sim.id)) == seen->fingerprint)
        return {};
    fleet_.remember(seen->sim.id, seen->fingerprint);
    return {*seen};
}

// Noted before it is written: a sweep that ends meanwhile has to resolve it.
awaitable<bool> Sweeper::degrade(Fields after)
{
    ledger_.degraded = true;
    const std::vector<Event> events{
        account_event(Kind::account_degraded, event_context(Cause::daemon), std::move(after))};
    bool emitted = false;
    try
    {
        co_await database_(
            [&](Mirror& mirror)
            {
                mirror.transact(
                    [&](Transaction& transaction)
                    {
                        emitted = transaction.set_degraded(true);
                        if (emitted)
                            transaction.append(events);
                    });
            });
    }
    catch (const StoreError&)
    {
        ledger_.degraded = false; // still to be told
        throw;
    }
    co_return emitted;
}

awaitable<void> Sweeper::begin(SweepRun& run)
{
    auto& record = run.report.record;
    record.started_at = options_.now();
    record.baseline = !ledger_.baselined;
    co_await database_(
        [&record](Mirror& mirror)
        {
            record.id = mirror.next_sweep_id();
            mirror.transact(
                [&record](Transaction& transaction)
                {
                    if (record.baseline)
                        transaction.begin_baseline();
                    transaction.record(record);
                });
        });
}

// Several ask, one commits; all end together.
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
        const auto page_request = run.queue.has_room() ? run.sweep.next() : std::nullopt;
        if (run.sweep.finished())
            break; // what would have been one question too many ends the walk, and nobody would wake us
        if (!page_request)
        {
            co_await run.news.wait();
            continue;
        }
        if (auto page = co_await fetch(run, query(*page_request), run.known(), page_request->by_key()))
            run.queue.add(run.sweep.accept(*page_request, std::move(*page)));
        show(run);
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

// One transaction: batch by batch read the stored rows, judge, write rows and events; then the ledger.
awaitable<void> Sweeper::commit(SweepRun& run, std::vector<SimBatch> group)
{
    drop_sims_in_action(group);
    const auto when = event_context(run);
    const auto known = rule_context();
    const auto counts = run.sweep.counts();
    auto& record = run.report.record;
    record.pages = counts.pages;
    record.items = counts.items;
    record.unchanged = counts.unchanged;

    WriteCounts written;
    SweepRecord after; // this transaction
    co_await database_(
        [&, before = record](Mirror& mirror)
        {
            mirror.transact(
                [&](Transaction& transaction)
                {
                    ChangeWriter writer{transaction, known, when};
                    for (const auto& batch : group)
                        writer.write(batch, run.is_first_load);
                    written = writer.flush();
                    after = before;
                    after.added += written.added;
                    after.changed += written.changed;
                    after.events += total(written.events);
                    transaction.record(after);
                });
        });
    record.added = after.added;
    record.changed = after.changed;
    record.events = after.events;
    add(run.report.events, written.events);
    ledger_.holds_rows = true;
    run.new_deadlines |= written.deadlines;
    notify_deadlines(run);
}

void Sweeper::notify_deadlines(SweepRun& run)
{
    if (!run.is_first_load && std::exchange(run.new_deadlines, false) && observer_.new_deadlines)
        observer_.new_deadlines();
}

// Which of two readings is the newer cannot be told from the list; a third, by id, decides.
awaitable<void> Sweeper::settle_contradictions(SweepRun& run)
{
    std::vector<ObservedSim> settled;
    for (const auto& id : run.sweep.contradicted())
        if (const auto page = co_await fetch_one(run, id))
            // An answer that shows it twice decides nothing.
            if (page->items.size() == 1 && page->items.front().sim.id == id)
                std::ranges::move(run.sweep.settle(page->items.front()), std::back_inserter(settled));
    if (!settled.empty())
        co_await commit(run, {settled});
}

awaitable<void> Sweeper::finish(SweepRun& run)
{
    auto& record = run.report.record;
    const auto counts = run.sweep.counts();
    record.pages = counts.pages;
    record.items = counts.items;
    record.unchanged = counts.unchanged;
    record.finished_at = options_.now();
    name_what_is_set_aside(run.report);
    // The proof is sound and the list empty: where the API has forgotten who asks it looks like that.
    // What a person accepted is another matter.
    run.report.shows_nobody =
        run.sweep.complete() && counts.items == 0 && fleet_.size() > 0 && record.removed == 0;
    const bool complete = run.sweep.complete() && !run.report.shows_nobody;
    // Noted before it is written: who degrades the account meanwhile does so after this sweep.
    const bool recovers = complete && ledger_.degraded;
    if (recovers)
        ledger_.degraded = false;
    const bool in_vain =
        counts.pages == 0 && run.report.last_failure && is_permanent(run.report.last_failure->kind);
    record.outcome = complete ? Outcome::complete : in_vain ? Outcome::failed : Outcome::incomplete;
    run.report.interrupted = stopping_ && !complete;
    if (run.report.shows_nobody)
        record.error = shows_nobody_error;
    else if (!complete)
        record.error = run.sweep.why_incomplete();

    const bool is_baseline = complete && !ledger_.baselined;
    std::vector<Event> events;
    const auto when = event_context(run);
    if (recovers)
        events.push_back(account_event(Kind::account_recovered, when, {{"sweep", std::string("complete")}}));
    count(run.report, events);
    if (is_baseline)
    {
        ++record.events; // told within the transaction, which knows what stands
        ++run.report.events[Kind::account_baselined];
    }

    co_await database_(
        [&](Mirror& mirror)
        {
            mirror.transact(
                [&](Transaction& transaction)
                {
                    if (is_baseline)
                    {
                        transaction.set_baselined(options_.scope_text, when.observed_at);
                        transaction.append(std::vector{baselined(
                            when, fleet_.size(), transaction.standing(when.observed_at, options_.warnings))});
                    }
                    if (recovers)
                        transaction.set_degraded(false);
                    transaction.append(events);
                    transaction.record(record);
                });
        });
    if (!complete)
        co_return;
    ledger_.baselined = true;
    ledger_.auth_failed = false;
    if (ledger_.complete_since_auth_failed)
        ++*ledger_.complete_since_auth_failed;
    ledger_.last_complete_sweep = record;
}

EventContext Sweeper::event_context(Cause cause) const
{
    EventContext context;
    context.account = options_.account;
    context.observed_at = options_.now();
    context.cause = cause;
    return context;
}

EventContext Sweeper::event_context(const SweepRun& run) const
{
    auto of_sweep = event_context(Cause::sweep);
    of_sweep.sweep_id = run.report.record.id;
    return of_sweep;
}

RuleContext Sweeper::rule_context() const
{
    RuleContext rule_context{options_.alert, ledger_.baselined, std::nullopt, seen_in_part_};
    if (ledger_.last_complete_sweep)
        rule_context.last_complete_from = ledger_.last_complete_sweep->started_at;
    return rule_context;
}

// A sweep that did not get through the list knows too few places to enter it.
void Sweeper::remember(SweepRun& run)
{
    auto memory = run.sweep.memory();
    if (run.sweep.complete())
        memory_.pivots = std::move(memory.pivots);
    memory_.keyset_failed = memory.keyset_failed;
    run.report.by_offset_because = run.sweep.why_by_offset();
}

void Sweeper::show(const SweepRun& run) const
{
    if (observer_.progress)
        observer_.progress(
            {run.sweep.counts().items, static_cast<std::int64_t>(run.sweep.expected()),
             run.report.record.requests});
}

} // namespace simsync
