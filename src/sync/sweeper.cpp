// The loop over one sweep. Asks by api/client, decides by model/sweep and model/removal, writes by
// store/mirror.
#include "sync/sweeper.hpp"

#include "sync/signal.hpp"
#include "sync/writing.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <iterator>
#include <list>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
namespace asio = boost::asio;

// Asking again does not mend these; the next sweep will see.
bool hopeless(Trouble trouble)
{
    switch (trouble)
    {
    case Trouble::unauthorized:
    case Trouble::forbidden:
    case Trouble::tls:
    case Trouble::refused:
    case Trouble::schema:
    case Trouble::redirected:
        return true;
    default:
        return false;
    }
}

// It answered, but not what was asked: another way of asking may do. The others would fail in any way.
bool judges_the_question(Trouble trouble)
{
    switch (trouble)
    {
    case Trouble::server_error:
    case Trouble::refused:
    case Trouble::schema:
    case Trouble::graphql_errors:
    case Trouble::malformed:
        return true;
    default:
        return false;
    }
}

void note(SweepReport& report, std::span<const Event> events)
{
    report.record.events += static_cast<std::int64_t>(events.size());
    count(report.events, events);
}

// That an action is unknown is told to who asked; there is nothing that alerting could do about it.
std::vector<Event> action_events(const ActionRecord& action, const ActionEnd& end, const Occasion& occasion)
{
    if (end.state == ActionState::unknown)
        return {};
    Fields after{{"operation", action.operation}};
    for (const auto& [name, value] : action.arguments)
        after.push_back({name, value});
    if (end.error)
        after.push_back({"error", *end.error});
    auto event =
        account_event(end.state == ActionState::confirmed ? Kind::action_confirmed : Kind::action_failed,
                      occasion, std::move(after));
    event.sim = action.sim;
    return {event};
}

} // namespace

// What one sweep holds while it is under way.
struct Sweeper::Walk
{
    Walk(const asio::any_io_executor& executor, Sweeper& sweeper, std::uint32_t number)
        : under_way(sweeper.under_way_),
          sweep(sweeper.fleet_, number, sweeper.options_.plan, sweeper.memory_),
          number(number),
          news(executor),
          waiting(sweeper.options_.plan.page_size),
          is_first_load(!sweeper.ledger_.holds_rows)
    {
        under_way = this;
    }
    ~Walk() { under_way = nullptr; } // also where the database failed: `stop` may still come
    Walk(const Walk&) = delete;
    Walk& operator=(const Walk&) = delete;

    Walk*& under_way;

    Sweep sweep;
    std::uint32_t number;
    Signal news; // a page came, room was made, somebody gave up
    SweepReport report;
    Waiting waiting;          // seen, to be committed
    bool is_first_load;       // no row is stored of what comes: it need not be looked for
    std::size_t asking = 0;   // coroutines that still ask
    std::list<Signal> pauses; // of those that wait before they ask again
    std::exception_ptr error; // of the database: ends the sweep
    bool set_aside = false;   // an answer held an item without a usable id

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

    // It cannot become complete any more; one that is complete may still prove removals.
    bool abandoned() const { return sweep.finished() && !sweep.complete(); }
};

Sweeper::Sweeper(Source& source, Lane& lane, SweeperOptions options, SweepObserver observer)
    : source_(source),
      lane_(lane),
      options_(std::move(options)),
      observer_(std::move(observer))
{
}

Sweeper::~Sweeper() = default;

awaitable<void> Sweeper::load()
{
    sweeps_ = 0;
    anything_held_ = true; // as far as we know
    ledger_ = co_await lane_([](Mirror& mirror) { return mirror.account(); });
    fleet_ = co_await lane_([](Mirror& mirror) { return mirror.load_fleet(); });
    if (ledger_.scope != options_.scope_text)
        ledger_.baselined = false;
}

// Whatever stops us, what was committed stays true and the next sweep begins anew.
awaitable<SweepReport> Sweeper::run_once()
{
    fleet_.compact();
    Walk walk{co_await asio::this_coro::executor, *this, ++sweeps_};
    if (stopping_)
        walk.sweep.give_up("simsync was told to stop");
    co_await begin(walk);
    co_await walk_list(walk);
    walk.is_first_load = false; // whatever comes now came before
    co_await settle_contradictions(walk);
    // Only a sweep that proved itself complete may conclude that a SIM has gone.
    if (walk.sweep.complete())
        co_await conclude_removals(walk);
    co_await finish(walk);
    remember(walk);
    co_return std::move(walk.report);
}

void Sweeper::stop()
{
    stopping_ = true;
    if (under_way_ == nullptr)
        return;
    under_way_->give_up("simsync was told to stop");
}

awaitable<EventCounts> Sweeper::tell_of(const SweepReport& report)
{
    std::vector<Event> events;
    const auto when = occasion(Cause::daemon);
    const auto drift = [&](const std::string& field, std::string error)
    {
        if (ledger_.drifted.insert(field).second)
            events.push_back(account_event(Kind::account_schema_drift, when,
                                           {{"field", field}, {"error", std::move(error)}}));
    };
    if (report.record.outcome != Outcome::complete && report.last_failure)
    {
        const auto& failure = *report.last_failure;
        const bool refused =
            failure.trouble == Trouble::unauthorized || failure.trouble == Trouble::forbidden;
        if (refused && !std::exchange(ledger_.auth_failed, true))
            events.push_back(account_event(Kind::account_auth_failed, when, {{"error", failure.what}}));
        for (const auto& field : failure.unknown_fields)
            drift(field, failure.what);
    }
    for (const auto& [field, times] : report.oddities)
        if (field != "id") // an item that was set aside is no drift of a field
            drift(field, "values do not fit the column: " + std::to_string(times));
    EventCounts told;
    count(told, events);
    if (!events.empty())
        co_await lane_(
            [&events](Mirror& mirror)
            { mirror.transact([&events](Transaction& transaction) { transaction.append(events); }); });
    co_return told;
}

awaitable<EventCounts> Sweeper::conclude(const ActionRecord& action, const ActionEnd& end,
                                         const std::optional<Sighting>& seen)
{
    auto when = occasion(Cause::action);
    when.action_id = action.id;
    const auto known = circumstances();
    held_back_.erase(action.sim);
    const auto changed = believe(seen);
    EventCounts told;
    co_await lane_(
        [&](Mirror& mirror)
        {
            mirror.transact(
                [&](Transaction& transaction)
                {
                    Writing writing{transaction, known, when};
                    writing.write(changed, false);
                    told = writing.conclude().events;
                    const auto events = action_events(action, end, when);
                    transaction.append(events);
                    count(told, events);
                    transaction.conclude_action(action.id, end);
                });
        });
    if (!changed.empty() && observer_.new_deadlines)
        observer_.new_deadlines();
    co_return told;
}

// What an action did must be told as the action's. Another fingerprint than any SIM has sees to it that a
// later reading is written, if the action's own should fail.
void Sweeper::spare_those_held_back(std::vector<Piece>& group)
{
    for (auto& piece : group)
        std::erase_if(piece,
                      [this](const Sighting& seen)
                      {
                          if (!held_back_.contains(seen.sim.id))
                              return false;
                          fleet_.remember(seen.sim.id, Fingerprint{});
                          return true;
                      });
}

// What differs from what is held, of a SIM that is mirrored.
std::vector<Sighting> Sweeper::believe(const std::optional<Sighting>& seen)
{
    if (!seen || fleet_.find(seen->sim.id) == Fleet::nowhere)
        return {};
    if (under_way_ != nullptr)
    {
        under_way_->waiting.forget(seen->sim.id);
        return under_way_->sweep.settle(*seen);
    }
    if (fleet_.fingerprint(fleet_.find(seen->sim.id)) == seen->fingerprint)
        return {};
    fleet_.remember(seen->sim.id, seen->fingerprint);
    return {*seen};
}

// Noted before it is written: a sweep that ends meanwhile has to resolve it.
awaitable<void> Sweeper::degrade(Fields after)
{
    ledger_.degraded = true;
    const std::vector<Event> events{
        account_event(Kind::account_degraded, occasion(Cause::daemon), std::move(after))};
    co_await lane_(
        [&events](Mirror& mirror)
        {
            mirror.transact(
                [&events](Transaction& transaction)
                {
                    transaction.set_degraded(true);
                    transaction.append(events);
                });
        });
}

awaitable<void> Sweeper::begin(Walk& walk)
{
    auto& record = walk.report.record;
    record.started_at = options_.now();
    record.baseline = !ledger_.baselined;
    co_await lane_(
        [&record](Mirror& mirror)
        {
            record.id = mirror.next_sweep_id();
            mirror.transact([&record](Transaction& transaction) { transaction.record(record); });
        });
}

// Several ask, one commits; all end together.
awaitable<void> Sweeper::walk_list(Walk& walk)
{
    const auto executor = co_await asio::this_coro::executor;
    using Job = decltype(asio::co_spawn(executor, ask_on(walk), asio::deferred));
    std::vector<Job> jobs;
    walk.asking = options_.plan.in_flight;
    jobs.push_back(asio::co_spawn(executor, commit_on(walk), asio::deferred));
    for (std::size_t i = 0; i < options_.plan.in_flight; ++i)
        jobs.push_back(asio::co_spawn(executor, ask_on(walk), asio::deferred));
    const auto [order, errors] = co_await asio::experimental::make_parallel_group(std::move(jobs))
                                     .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const auto& error : errors)
        if (error)
            std::rethrow_exception(error);
    if (walk.error)
        std::rethrow_exception(walk.error);
}

awaitable<void> Sweeper::ask_on(Walk& walk)
{
    while (!walk.sweep.finished())
    {
        const auto question = walk.waiting.has_room() ? walk.sweep.next() : std::nullopt;
        if (walk.sweep.finished())
            break; // what would have been one question too many ends the walk, and nobody would wake us
        if (!question)
        {
            co_await walk.news.wait();
            continue;
        }
        if (auto page = co_await ask(walk, query(*question), &fleet_, question->by_key()))
            walk.waiting.add(walk.sweep.accept(*question, std::move(*page)));
        show(walk);
        walk.news.wake();
    }
    --walk.asking;
    walk.news.wake();
}

awaitable<void> Sweeper::commit_on(Walk& walk)
{
    try
    {
        while (walk.asking > 0 || !walk.waiting.empty())
        {
            if (walk.waiting.empty())
            {
                co_await walk.news.wait();
                continue;
            }
            co_await commit(walk, walk.waiting.take());
            walk.waiting.committed();
            walk.news.wake();
        }
    }
    catch (...)
    {
        walk.error = std::current_exception();
        walk.give_up("the database failed");
    }
}

// One transaction: piece by piece read the stored rows, judge, write rows and events; then the ledger.
awaitable<void> Sweeper::commit(Walk& walk, std::vector<Piece> group)
{
    spare_those_held_back(group);
    const auto when = occasion(walk);
    const auto known = circumstances();
    const auto counts = walk.sweep.counts();
    auto& record = walk.report.record;
    record.pages = counts.pages;
    record.items = counts.items;
    record.unchanged = counts.unchanged;

    Written written;
    SweepRecord after; // this transaction
    co_await lane_(
        [&, before = record](Mirror& mirror)
        {
            mirror.transact(
                [&](Transaction& transaction)
                {
                    Writing writing{transaction, known, when};
                    for (const auto& piece : group)
                        writing.write(piece, walk.is_first_load);
                    written = writing.conclude();
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
    add(walk.report.events, written.events);
    ledger_.holds_rows = true;
    if (written.deadlines && observer_.new_deadlines)
        observer_.new_deadlines();
}

// Which of two readings is the newer cannot be told from the list; a third, by id, decides.
awaitable<void> Sweeper::settle_contradictions(Walk& walk)
{
    std::vector<Sighting> settled;
    for (const auto& id : walk.sweep.contradicted())
        if (const auto page = co_await ask_one(walk, id))
            // An answer that shows it twice decides nothing.
            if (page->items.size() == 1 && page->items.front().sim.id == id)
                std::ranges::move(walk.sweep.settle(page->items.front()), std::back_inserter(settled));
    if (!settled.empty())
        co_await commit(walk, {settled});
}

awaitable<void> Sweeper::conclude_removals(Walk& walk)
{
    Removal removal{fleet_, walk.number, options_.guard, walk.sweep.largest_page()};
    co_await prove_removals(walk, removal);

    std::vector<Sighting> missed;
    for (const auto& sighting : removal.found())
        std::ranges::move(walk.sweep.settle(sighting), std::back_inserter(missed));
    if (!missed.empty())
        co_await commit(walk, {missed});

    const auto absent = removal.absent();
    // An item that could not be identified may be any of them: this sweep cannot say who is gone.
    if (walk.set_aside && !absent.empty())
    {
        walk.report.doubtful = static_cast<std::int64_t>(absent.size());
        co_return;
    }
    const auto held = co_await held_removals(absent);
    // A changed scope is a new baseline: what it does not cover any more is no wave of removals. An empty
    // list is none of a scope's making.
    const bool wave = ledger_.baselined ? removal.held() : removal.nobody_is_left();
    switch (simsync::conclude(absent, wave, held))
    {
    case Conclusion::hold:
        co_return co_await hold(walk, absent, held);
    case Conclusion::keep:
        co_return co_await keep(walk, absent, held);
    case Conclusion::remove:
        break;
    }
    walk.report.doubtful = static_cast<std::int64_t>(removal.doubtful().size());
    if (!removal.gone().empty())
        co_await remove(walk, removal.gone());
    if (!held.sims.empty())
        co_await release(walk, held.decision);
}

// Most sweeps miss nobody while nobody is held: then there is nothing to read.
awaitable<HeldRemovals> Sweeper::held_removals(const std::vector<std::string>& absent)
{
    HeldRemovals held;
    if (absent.empty() && !anything_held_)
        co_return held;
    co_await lane_(
        [&held](Mirror& mirror)
        { mirror.transact([&held](Transaction& transaction) { held = transaction.held_removals(); }); });
    anything_held_ = !held.sims.empty();
    co_return held;
}

awaitable<void> Sweeper::prove_removals(Walk& walk, Removal& removal)
{
    while (const auto inquiry = removal.next())
    {
        const bool by_list = inquiry->way == Inquiry::Way::list;
        const auto page = by_list ? co_await ask(walk, query(*inquiry), nullptr, false)
                                  : co_await ask_one(walk, inquiry->ids().front());
        if (page)
            removal.answered(*inquiry, *page);
        else
            removal.failed(*inquiry);
    }
}

awaitable<void> Sweeper::remove(Walk& walk, const std::vector<std::string>& gone)
{
    const auto when = occasion(walk);
    const auto known = circumstances();
    std::vector<Event> events;
    co_await lane_(
        [&](Mirror& mirror)
        {
            mirror.transact(
                [&](Transaction& transaction)
                {
                    events = judge_gone(transaction.held(gone), known, when);
                    transaction.remove(gone, when.observed_at);
                    transaction.append(events);
                });
        });
    for (const auto& id : gone)
        fleet_.forget(id);
    walk.report.record.removed += static_cast<std::int64_t>(gone.size());
    simsync::note(walk.report, events);
}

// Told once, when removals begin to be held; the set itself follows every sweep.
awaitable<void> Sweeper::hold(Walk& walk, const std::vector<std::string>& absent, const HeldRemovals& held)
{
    walk.report.held = static_cast<std::int64_t>(absent.size());
    if (absent == held.sims && held.decision == Decision::none)
        co_return;

    std::vector<Event> events;
    if (ledger_.held_removals == 0)
        events.push_back(account_event(Kind::account_removals_held, occasion(walk),
                                       {{"held_removals", walk.report.held}}));
    const auto sweep_id = walk.report.record.id;
    co_await lane_(
        [&](Mirror& mirror)
        {
            mirror.transact(
                [&](Transaction& transaction)
                {
                    transaction.hold_removals(absent, sweep_id);
                    transaction.append(events);
                });
        });
    ledger_.held_removals = walk.report.held;
    anything_held_ = true;
    simsync::note(walk.report, events);
}

// A person said that these are not gone: their rows stay until the API shows them again.
awaitable<void> Sweeper::keep(Walk& walk, const std::vector<std::string>& absent, const HeldRemovals& held)
{
    if (absent.empty())
        co_return co_await release(walk, held.decision);
    walk.report.doubtful = static_cast<std::int64_t>(absent.size());
    if (absent == held.sims && ledger_.held_removals == 0)
        co_return;
    const auto events = released(walk, held.decision);
    co_await lane_(
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
    simsync::note(walk.report, events);
}

// The SIMs came back, or a person decided: nothing is held any more.
awaitable<void> Sweeper::release(Walk& walk, Decision decision)
{
    const auto events = released(walk, decision);
    co_await lane_(
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
    simsync::note(walk.report, events);
}

// A rejection was told of when it was taken up; that its SIMs came back at last is no news.
std::vector<Event> Sweeper::released(const Walk& walk, Decision decision) const
{
    if (ledger_.held_removals == 0)
        return {};
    auto when = occasion(walk);
    Fields after{{"held_removals", std::int64_t{0}}};
    if (decision != Decision::none)
    {
        when.cause = Cause::operator_;
        after.push_back({"decision", std::string(to_text(decision))});
    }
    return {account_event(Kind::account_removals_released, when, std::move(after))};
}

awaitable<void> Sweeper::finish(Walk& walk)
{
    auto& record = walk.report.record;
    const auto counts = walk.sweep.counts();
    record.pages = counts.pages;
    record.items = counts.items;
    record.unchanged = counts.unchanged;
    record.finished_at = options_.now();
    const bool complete = walk.sweep.complete();
    // Noted before it is written: who degrades the account meanwhile does so after this sweep.
    const bool recovers = complete && ledger_.degraded;
    if (recovers)
        ledger_.degraded = false;
    const bool in_vain =
        counts.pages == 0 && walk.report.last_failure && hopeless(walk.report.last_failure->trouble);
    record.outcome = complete ? Outcome::complete : in_vain ? Outcome::failed : Outcome::incomplete;
    walk.report.interrupted = stopping_ && !complete;
    if (!complete)
        record.error = walk.sweep.why_incomplete();

    std::vector<Event> events;
    const auto when = occasion(walk);
    if (complete && !ledger_.baselined)
        events.push_back(account_event(Kind::account_baselined, when,
                                       {{"sims", static_cast<std::int64_t>(fleet_.size())}}));
    if (recovers)
        events.push_back(account_event(Kind::account_recovered, when, {{"sweep", std::string("complete")}}));
    simsync::note(walk.report, events);

    co_await lane_(
        [&](Mirror& mirror)
        {
            mirror.transact(
                [&](Transaction& transaction)
                {
                    if (complete && !ledger_.baselined)
                        transaction.set_baselined(options_.scope_text);
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
    ledger_.last_complete_sweep = record;
}

awaitable<std::optional<Page>> Sweeper::ask(Walk& walk, ListQuery query, const Fleet* held, bool by_key)
{
    return ask_patiently(
        walk, [this, query = std::move(query), held] { return source_.simcards(query, held); }, by_key);
}

awaitable<std::optional<Page>> Sweeper::ask_one(Walk& walk, std::string id)
{
    return ask_patiently(walk, [this, id = std::move(id)] { return source_.simcard(id); });
}

// Asks until there is an answer or patience is spent; then the sweep cannot become complete any more, unless
// what was asked by key can be asked by offset.
template<class Request>
awaitable<std::optional<Page>> Sweeper::ask_patiently(Walk& walk, Request request, bool by_key)
{
    for (int failures = 1; !stopping_ && !walk.abandoned(); ++failures)
    {
        ++walk.report.record.requests;
        auto answer = co_await request();
        if (answer)
        {
            note(walk, *answer);
            co_return std::move(*answer);
        }
        const auto& failure = walk.report.last_failure.emplace(answer.error());
        const auto delay = hopeless(failure.trouble)
                               ? std::nullopt
                               : options_.backoff.delay(failures, options_.chance(), failure.retry_after);
        if (!delay)
        {
            if (by_key && judges_the_question(failure.trouble))
                walk.fall_back(failure.what);
            else
                walk.give_up(failure.what);
            break;
        }
        ++walk.report.retries;
        if (observer_.retry)
            observer_.retry(to_text(failure.trouble));
        co_await pause(walk, *delay);
    }
    co_return std::nullopt;
}

awaitable<void> Sweeper::pause(Walk& walk, std::chrono::milliseconds delay)
{
    // Without a timer, so that the order of things is the executor's alone: a simulation replays exactly.
    if (delay == std::chrono::milliseconds::zero())
        co_return co_await asio::post(asio::use_awaitable);
    const auto until = std::chrono::steady_clock::now() + delay;
    const auto pause = walk.pauses.emplace(walk.pauses.end(), co_await asio::this_coro::executor);
    co_await pause->wait_until(until);
    walk.pauses.erase(pause);
}

// Every list question sorts by id: an order that does not change while we read (api/notes.md, "order without
// sort").
ListQuery Sweeper::query(const Question& question) const
{
    const bool descending = question.way == Question::Way::upto;
    auto filter = options_.scope;
    if (question.by_key())
        filter.push_back({"id", descending ? Comparator::lte : Comparator::gt, question.pivot, Joint::all});
    return {question.offset, question.limit, std::move(filter), {{"id", !descending}}};
}

ListQuery Sweeper::query(const Inquiry& inquiry) const
{
    auto ids = inquiry.ids();
    const auto limit = ids.size();
    auto filter = options_.scope;
    filter.push_back({"id", Comparator::in, std::move(ids), Joint::all});
    return {0, limit, std::move(filter), {{"id", true}}};
}

Occasion Sweeper::occasion(Cause cause) const
{
    Occasion occasion;
    occasion.account = options_.account;
    occasion.observed_at = options_.now();
    occasion.cause = cause;
    return occasion;
}

Occasion Sweeper::occasion(const Walk& walk) const
{
    auto of_sweep = occasion(Cause::sweep);
    of_sweep.sweep_id = walk.report.record.id;
    return of_sweep;
}

Circumstances Sweeper::circumstances() const
{
    Circumstances circumstances{options_.alert, ledger_.baselined, std::nullopt, left_out_};
    if (ledger_.last_complete_sweep)
        circumstances.last_complete_from = ledger_.last_complete_sweep->started_at;
    return circumstances;
}

void Sweeper::note(Walk& walk, const Page& page)
{
    // Once for all: a page that was asked for earlier may come later, and must not speak for those that lack
    // a field.
    for (const auto& column : page.left_out)
        if (std::ranges::find(left_out_, column) == left_out_.end())
            left_out_.push_back(column);
    walk.set_aside |= page.rows > page.items.size();
    for (const auto& oddity : page.oddities)
    {
        ++walk.report.oddities[oddity.field];
        if (!walk.report.first_oddity)
            walk.report.first_oddity = oddity;
    }
}

// A sweep that did not get through the list knows too few places to enter it.
void Sweeper::remember(Walk& walk)
{
    auto memory = walk.sweep.memory();
    if (walk.sweep.complete())
        memory_.pivots = std::move(memory.pivots);
    memory_.keyset_failed = memory.keyset_failed;
    walk.report.by_offset_because = walk.sweep.why_by_offset();
}

void Sweeper::show(const Walk& walk) const
{
    if (observer_.progress)
        observer_.progress({walk.sweep.counts().items, static_cast<std::int64_t>(walk.sweep.expected()),
                            walk.report.record.requests});
}

} // namespace simsync
