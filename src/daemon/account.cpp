// The life of one account.
#include "daemon/account.hpp"

#include "daemon/assembly.hpp"
#include "daemon/log.hpp"
#include "model/backoff.hpp"
#include "model/cadence.hpp"
#include "model/escape.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#include <algorithm>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
namespace asio = boost::asio;
using namespace std::chrono;

// A standby asks this often for the lease. PostgreSQL ends the session of a leader that is silent for 10 s
// (Mirror::beat), so a takeover stays within 15 s.
constexpr milliseconds standby_interval{2'000};
// How often the lease is renewed, the database is asked whether it is there, and freshness is judged.
constexpr milliseconds watch_interval{1'000};
// A month's partition is made two months ahead and dropped by the month: once a day is plenty. What holds it
// up is looked at sooner, and ever more seldom.
constexpr hours history_interval{24};
constexpr Backoff housekeeping_again{
    .first = milliseconds{2'000}, .longest = milliseconds{3'600'000}, .patience = 0};
// The database comes back when it comes back: never give up, look at least this often.
constexpr Backoff reconnect{.first = milliseconds{250}, .longest = milliseconds{10'000}, .patience = 0};

milliseconds took(const SweepRecord& sweep)
{
    return duration_cast<milliseconds>(*sweep.finished_at - sweep.started_at);
}

// What the summary says, for whoever counts.
log::Fields facts(const SweepRecord& sweep)
{
    return {
        {"sweep", sweep.id},
        {"outcome", to_text(sweep.outcome)},
        {"requests", sweep.requests},
        {"pages", sweep.pages},
        {"items", sweep.items},
        {"added", sweep.added},
        {"changed", sweep.changed},
        {"unchanged", sweep.unchanged},
        {"removed", sweep.removed},
        {"events", sweep.events},
        {"duration_ms", took(sweep).count()}};
}

std::string summary(const SweepRecord& sweep)
{
    return "sweep " + std::to_string(sweep.id) + ' ' + std::string(to_text(sweep.outcome)) + ": " +
           std::to_string(sweep.items) + " SIMs, " + std::to_string(sweep.added) + " added, " +
           std::to_string(sweep.changed) + " changed, " + std::to_string(sweep.removed) + " removed, " +
           std::to_string(sweep.events) + " events in " + std::to_string(took(sweep).count()) + " ms";
}

// "dataBalance (the API does not know it)"
std::string drift_text(const Drifts& drifts)
{
    std::string text;
    for (const auto& [field, drift] : drifts)
        text.append(text.empty() ? "" : ", ")
            .append(escape(field))
            .append(drift.left_out ? " (the API does not know it)" : " (some values do not fit)");
    return text;
}

} // namespace

Account::Account(
    const asio::any_io_executor& executor, const Config& config, const AccountConfig& account,
    AccountMetrics& metrics, std::function<void()> stands)
    : executor_(executor),
      config_(config),
      account_(account),
      metrics_(metrics),
      stands_(std::move(stands)),
      token_file_(account),
      client_(executor, client_options(account), observe())
{
}

Account::~Account() = default;

ClientObserver Account::observe()
{
    ClientObserver observer;
    observer.request = [this](std::string_view operation, std::string_view outcome, nanoseconds took)
    { metrics_.api_request(operation, outcome, took); };
    observer.retry = [this](std::string_view reason) { metrics_.retry(reason); };
    observer.login = [this](std::string_view outcome) { metrics_.login(outcome); };
    observer.token_expiry = [this](system_clock::time_point time) { metrics_.token_expiry(time); };
    observer.token = [this](const LentToken& token) { lend(token); };
    observer.page_size = [this](std::uint64_t rows, const Failure& larger) { log_page_size(rows, larger); };
    return observer;
}

// Leaves the token in a file for commands on this host. That this fails is logged once and no more: a command
// that finds no token logs in by itself.
void Account::lend(const LentToken& token)
{
    const auto why_not = token_file_.lend(token);
    if (!why_not.empty() && !std::exchange(logged_lending_, true))
        log::warn(
            account_.name, "cannot lend its token to commands on this host",
            {{"error", why_not}, {"hint", "they log in themselves, which may end the session of this one"}});
}

void Account::log_page_size(std::uint64_t rows, const Failure& larger)
{
    log::warn(
        account_.name, "goes on with smaller pages: the API refuses larger ones",
        {{"page_size", std::to_string(account_.page_size)},
         {"works", std::to_string(rows)},
         {"error", larger.what},
         {"hint", "page_size = " + std::to_string(rows) + " of the account saves looking for it"}});
}

awaitable<void> Account::run()
{
    patience_since_ = steady_clock::now();
    while (!stopping_)
    {
        try
        {
            co_await mirror_while_leading();
        }
        catch (const StoreError& error)
        {
            if (!stopping_)
                log_database_error(error);
        }
        lose_lead();
        if (!stopping_)
            co_await rest(*reconnect.delay(database_failures_, random_chance()));
    }
    token_file_.withdraw();
    client_.close();
    co_await database_.disconnect();
}

// All that happens on one database connection: from connecting to losing it, or to being told to stop.
awaitable<void> Account::mirror_while_leading()
{
    co_await database_.connect(config_.database_url, account_.name);
    if (!co_await take_lease())
        co_return;
    co_await begin_leading();
    co_await work_side_by_side();
}

// False where we were told to stop while another instance leads.
awaitable<bool> Account::take_lease()
{
    while (!stopping_)
    {
        if (co_await database_([this](Mirror& mirror) { return mirror.try_lead(account_.endpoint); }))
            co_return true;
        stand_by(co_await database_([](Mirror& mirror) { return mirror.leader(); }));
        database_serves();
        co_await rest(standby_interval);
    }
    co_return false;
}

void Account::stand_by(std::string leader)
{
    metrics_.stands_by();
    patience_since_ = steady_clock::now();
    if (standby_for_ == leader)
        return;
    log::info(account_.name, "stands by", {{"leader", leader}});
    standby_for_ = std::move(leader);
    stands_();
}

awaitable<void> Account::begin_leading()
{
    leading_ = true;
    standby_for_.reset();
    metrics_.leads();
    log::info(account_.name, "leads the account");

    expiry_watcher_ = std::make_unique<ExpiryWatcher>(
        executor_, database_, config_.alert.tariff_expiry_warnings,
        [this](const EventCounts& emitted) { on_expiries_emitted(emitted); });
    sweeper_ = std::make_unique<Sweeper>(
        client_, database_, sweeper_options(config_, account_),
        SweepObserver{
            {},
            [this](std::string_view reason) { metrics_.retry(reason); },
            [this] { expiry_watcher_->wake(); }});
    actions_ = std::make_unique<Actions>(
        executor_, client_, database_, *sweeper_,
        ActionObserver{[this](const ActionRecord& action, const ActionEnd& end, const EventCounts& emitted)
                       { on_action_finished(action, end, emitted); }});
    co_await load();
    adopt(sweeper_->ledger());
    database_answered_ = steady_clock::now();
    stands_();
}

// What keeps us from reading our own rows may last: nobody gets as far as a sweep, and yet it must be told.
awaitable<void> Account::load()
{
    std::exception_ptr unreadable;
    try
    {
        co_await sweeper_->load();
    }
    catch (const StoreError&)
    {
        unreadable = std::current_exception();
    }
    if (!unreadable)
        co_return;
    co_await judge_freshness();
    std::rethrow_exception(unreadable);
}

// What the ledger says of an earlier leader's last complete sweep, in our own monotonic time.
void Account::adopt(const AccountRecord& ledger)
{
    last_complete_.reset();
    shows_nobody_ = false;
    auth_failed_ = ledger.auth_failed;
    metrics_.sims(static_cast<std::int64_t>(sweeper_->sims()));
    metrics_.removals_held(ledger.held_removals);
    drifts_ = ledger.drifts;
    metrics_.drifting(drifts_);
    metrics_.last_complete(Timestamp{});
    log_numbering(ledger);
    if (!ledger.last_complete_sweep || !ledger.last_complete_sweep->finished_at)
        return;
    const auto finished_at = *ledger.last_complete_sweep->finished_at;
    const auto age = floor<microseconds>(system_clock::now()) - finished_at;
    last_complete_ = steady_clock::now() - std::max(age, microseconds{0});
    metrics_.last_complete(finished_at);
}

// They run until one of them fails or we are told to stop; then all end.
awaitable<void> Account::work_side_by_side()
{
    error_ = nullptr;
    const auto spawn = [this](awaitable<void> work)
    { return asio::co_spawn(executor_, guarded(std::move(work)), asio::deferred); };
    co_await asio::experimental::make_parallel_group(
        spawn(sweep_loop()), spawn(expiry_watcher_->run()), spawn(actions_->run()), spawn(watch_loop()),
        spawn(keep_history()))
        .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    if (error_)
        std::rethrow_exception(std::exchange(error_, nullptr));
}

awaitable<void> Account::guarded(awaitable<void> work)
{
    try
    {
        co_await std::move(work);
    }
    catch (...)
    {
        if (!error_)
            error_ = std::current_exception();
    }
    end_work();
}

void Account::end_work()
{
    if (sweeper_)
        sweeper_->stop();
    if (expiry_watcher_)
        expiry_watcher_->stop();
    if (actions_)
        actions_->stop();
    for (auto* resting : resting_)
        resting->wake();
}

awaitable<void> Account::sweep_loop()
{
    const Cadence cadence{steady_clock::now(), account_.sweep_interval};
    while (!ending())
    {
        co_await sweep();
        if (!ending())
            co_await rest_until(cadence.next(steady_clock::now(), random_chance()));
    }
}

awaitable<void> Account::sweep()
{
    const auto report = co_await sweeper_->run_once();
    on_sweep_finished(report);
    count(report);
    log_sweep(report);
    for (const auto& [kind, events] : co_await sweeper_->emit_account_events(report))
        metrics_.events(to_text(kind), events);
    auth_failed_ = sweeper_->ledger().auth_failed;
    log_drifts();
}

void Account::on_sweep_finished(const SweepReport& report)
{
    if (!report.interrupted) // by the database, as like as not
        database_serves();
    trouble_ = report.record.error.value_or("");
    if (!report.interrupted && report.shows_nobody && !shows_nobody_)
        log::warn(
            account_.name, "sees none of the SIMs that it knows",
            {{"sims", std::to_string(sweeper_->sims())},
             {"hint", "ask the partner what this login may see; if they are all gone, `simsync removals "
                      "accept` says so"}});
    shows_nobody_ = report.shows_nobody;
    if (report.record.outcome != Outcome::complete)
        return;
    last_complete_ = steady_clock::now();
    logged_database_errors_.clear();
}

awaitable<void> Account::watch_loop()
{
    while (!ending())
    {
        co_await database_([](Mirror& mirror) { mirror.beat(); });
        database_answered_ = steady_clock::now();
        co_await judge_freshness();
        co_await rest(watch_interval);
    }
}

// A mirror that is stuck says so by itself, whatever holds up its sweeps.
awaitable<void> Account::judge_freshness()
{
    // Whoever takes over from another instance gets as long as that one had; whoever only connects again does
    // not, for then a database that breaks off each sweep would never be told of.
    const auto since = std::max(last_complete_.value_or(patience_since_), patience_since_);
    const auto age = steady_clock::now() - since;
    if (age <= config_.alert.stale_after || sweeper_->ledger().degraded)
        co_return;
    const auto why = !database_error_.empty() ? database_error_
                     : trouble_.empty()       ? std::string("no complete sweep for too long")
                                              : trouble_;
    try
    {
        if (!co_await sweeper_->degrade({{"error", why}}))
            co_return;
    }
    catch (const StoreError& error)
    {
        // The sweeps may get on all the same, and the next look tries again.
        log_database_error(error);
        co_return;
    }
    metrics_.events(to_text(Kind::account_degraded), 1);
    log::error(account_.name, "is degraded: no complete sweep within stale_after", {{"error", why}});
}

awaitable<void> Account::keep_history()
{
    for (int failures = 0; !ending();)
    {
        housekeeping_ = "makes and drops months of the history";
        auto troubles = co_await database_([this](Mirror& mirror)
                                           { return mirror.keep_partitions(config_.events_retention); });
        housekeeping_.clear();
        failures = troubles.empty() ? 0 : failures + 1;
        log_housekeeping(std::move(troubles));
        co_await rest(
            failures == 0 ? history_interval : *housekeeping_again.delay(failures, random_chance()));
    }
}

void Account::log_housekeeping(std::vector<HousekeepingTrouble> troubles)
{
    metrics_.housekeeping(static_cast<std::int64_t>(troubles.size()));
    for (const auto& trouble : troubles)
        if (std::ranges::find(logged_housekeeping_, trouble) == logged_housekeeping_.end())
            log::warn(
                account_.name, "cannot keep house; the work goes on",
                {{"error", trouble.error}, {"hint", trouble.hint}});
    if (troubles.empty() && !logged_housekeeping_.empty())
        log::info(account_.name, "keeps house again");
    logged_housekeeping_ = std::move(troubles);
}

// Where it began with this very lead.
void Account::log_numbering(const AccountRecord& ledger)
{
    if (!ledger.numbering || ledger.numbering->began_at != ledger.leader_since)
        return;
    const auto& numbering = *ledger.numbering;
    const auto next = std::to_string(numbering.after_seq + 1);
    if (numbering.reason == "lost")
        log::error(
            account_.name, "events were lost with the server that had them: another took over without them",
            {{"first", next},
             {"last", std::to_string(numbering.lost_upto.value_or(numbering.after_seq))},
             {"hint", "consumers are told when they read on; synchronous replication loses none"}});
    else if (numbering.reason == "promoted")
        log::warn(
            account_.name,
            "another server took over, or the database was recovered: events from here on "
            "have new public ids",
            {{"first", next},
             {"hint", "nothing is known to be lost; without synchronous replication the "
                      "last events before may be"}});
    else if (numbering.reason == "restored")
        log::warn(
            account_.name, "the database is another one than before: its events begin a new stream",
            {{"first", next},
             {"hint", "after a restore that is right, and consumers are told. If it was moved while "
                      "simsync was stopped: stop simsync, run simsync migrate --moved, start it"}});
}

void Account::lose_lead()
{
    actions_.reset();
    sweeper_.reset();
    expiry_watcher_.reset();
    housekeeping_.clear();
    metrics_.loses_lead();
    if (std::exchange(leading_, false))
        log::info(account_.name, "leads the account no longer");
}

awaitable<void> Account::rest(milliseconds duration)
{
    return rest_until(steady_clock::now() + duration);
}

awaitable<void> Account::rest_until(Time time)
{
    AsyncEvent alarm{executor_};
    resting_.insert(&alarm);
    while (!ending() && steady_clock::now() < time)
        co_await alarm.wait_until(time);
    resting_.erase(&alarm);
}

void Account::stop()
{
    stopping_ = true;
    token_file_.withdraw(); // whatever happens from now on
    end_work();
}

void Account::cut()
{
    client_.close();
}

AccountStanding Account::standing() const
{
    const auto since_lead = leading_ ? std::optional(patience_since_) : std::nullopt;
    return {
        .account = account_.name,
        .leading = leading_,
        .database_answered = database_answered_,
        .last_complete = last_complete_,
        .auth_failed = auth_failed_,
        .trouble = trouble_,
        .database_error = database_error_,
        .shows_nobody = shows_nobody_,
        .waiting_since = database_away_since_ ? database_away_since_
                         : last_complete_     ? last_complete_
                                              : since_lead,
        .last_sweep = last_sweep_,
        .standby_for = leading_ ? "" : standby_for_.value_or(""),
        .housekeeping = housekeeping_,
        .drifting = drift_text(drifts_)};
}

// However often we try: the log is told once of each cause. A database that lets us connect and lead but not
// write is no better than one that is away, and is asked as seldom.
void Account::log_database_error(const StoreError& error)
{
    ++database_failures_;
    if (database_error_.empty())
        database_away_since_ = steady_clock::now();
    database_error_ = error.what();
    metrics_.database_error();
    if (logged_database_errors_.insert(error.hint()).second)
        log::error(account_.name, error.what(), {{"hint", error.hint()}});
    else
        log::debug(account_.name, error.what());
    stands_();
}

void Account::database_serves()
{
    database_answered_ = steady_clock::now();
    database_failures_ = 0;
    database_error_.clear();
    database_away_since_.reset();
}

void Account::on_expiries_emitted(const EventCounts& emitted)
{
    for (const auto& [kind, events] : emitted)
        metrics_.events(to_text(kind), events);
    log::info(account_.name, "told of tariffs that end or have ended", {{"events", total(emitted)}});
}

void Account::on_action_finished(const ActionRecord& action, const ActionEnd& end, const EventCounts& emitted)
{
    for (const auto& [kind, events] : emitted)
        metrics_.events(to_text(kind), events);
    const auto log_end = end.state == ActionState::confirmed ? &log::info : &log::warn;
    log::Fields fields{{"sim", action.sim}};
    if (end.error)
        fields.emplace_back("error", *end.error);
    log_end(
        account_.name,
        "action " + std::to_string(action.id) + ", " + action.operation + ", is " +
            std::string(to_text(end.state)),
        fields, {{"action", action.id}, {"operation", action.operation}, {"state", to_text(end.state)}});
}

void Account::count(const SweepReport& report)
{
    const auto& record = report.record;
    metrics_.sweep_finished(to_text(record.outcome), *record.finished_at - record.started_at);
    metrics_.items(record.items);
    metrics_.sims(static_cast<std::int64_t>(sweeper_->sims()));
    metrics_.removals_held(sweeper_->ledger().held_removals);
    for (const auto& [kind, events] : report.events)
        metrics_.events(to_text(kind), events);
    for (const auto& [field, times] : report.decode_errors)
        metrics_.decode_errors(field, times);
    if (record.outcome == Outcome::complete)
        metrics_.last_complete(*record.finished_at);
}

void Account::log_sweep(const SweepReport& report)
{
    const auto& record = report.record;
    const auto text = summary(record);
    last_sweep_ = text;
    stands_();
    const auto kind =
        report.last_failure && !report.interrupted ? std::optional(report.last_failure->kind) : std::nullopt;
    if (record.outcome == Outcome::complete)
        log::info(account_.name, text, {}, facts(record));
    else if (kind && logged_failure_kind_ != kind)
        log::warn(
            account_.name, text, {{"error", record.error.value_or("")}, {"hint", hint(*report.last_failure)}},
            facts(record));
    else
        log::info(account_.name, text, {{"error", record.error.value_or("")}}, facts(record));
    logged_failure_kind_ = record.outcome == Outcome::complete ? std::nullopt : kind;
    if (!report.by_offset_because.empty() && report.by_offset_because != surprise_)
        log::warn(
            account_.name, "goes on by offset where it paged by key",
            {{"reason", report.by_offset_because},
             {"hint", "nothing is missing; pagination = \"offset\" asks no more by key"}});
    surprise_ = report.by_offset_because;
    if (report.held > 0)
        log::warn(account_.name, "removals are held for a person to decide", {{"held", report.held}});
    log_set_aside(report);
}

// Once for as long as it lasts: what one SIM says for good is no news at the next sweep, nor is one SIM more
// where many say it.
void Account::log_set_aside(const SweepReport& report)
{
    constexpr std::ptrdiff_t many = 10;
    bool news = false;
    for (const auto& decode_error : report.set_aside)
        if (std::ranges::count(
                logged_set_aside_, decode_error.field, &std::pair<std::string, std::string>::second) < many)
            news |= logged_set_aside_.emplace(decode_error.sim, decode_error.field).second;
    if (news)
        log::warn(
            account_.name, "values could not be read or did not fit their column",
            {{"count", report.record.set_aside},
             {"what", report.record.set_aside_what.value_or("")},
             {"hint", "the API has to mend them; all else of these SIMs, and every other SIM, is mirrored"}});
    const bool all_is_well = report.record.outcome == Outcome::complete && report.decode_errors.empty();
    if (all_is_well && !logged_set_aside_.empty())
    {
        log::info(account_.name, "all values can be read again and fit their columns");
        logged_set_aside_.clear();
    }
}

// While a field is not mirrored as it should be it is shown, and told when that begins and ends.
void Account::log_drifts()
{
    const auto& drifts = sweeper_->ledger().drifts;
    for (const auto& [field, drift] : drifts)
        if (drift.left_out && !drifts_.contains(field))
            log::warn(
                account_.name, "the API does not know a field: its columns keep what they held",
                {{"field", field},
                 {"error", drift.error},
                 {"hint", "it is asked for again by itself; if the API has dropped it for good, look for "
                          "a newer simsync"}});
    for (const auto& [field, drift] : drifts_)
        if (drift.left_out && !drifts.contains(field))
            log::info(account_.name, "the API knows the field again: it is mirrored", {{"field", field}});
    drifts_ = drifts;
    metrics_.drifting(drifts_);
}

} // namespace simsync
