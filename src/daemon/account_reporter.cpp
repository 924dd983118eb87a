#include "daemon/account_reporter.hpp"

#include "daemon/account_log.hpp"
#include "daemon/log.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace simsync
{

using namespace std::chrono;

AccountReporter::AccountReporter(
    const AccountConfig& account, AccountMetrics& metrics, DatabaseOutage& outage, ApiOutage& api_outage,
    std::function<void()> stands)
    : account_(account),
      metrics_(metrics),
      outage_(outage),
      api_outage_(api_outage),
      stands_(std::move(stands))
{
}

AccountReporter::~AccountReporter()
{
    log_served(outage_.ends(account_.name));
    log_answered(api_outage_.ends(account_.name));
}

ClientObserver AccountReporter::client_observer()
{
    ClientObserver observer;
    observer.request = [this](std::string_view operation, std::string_view outcome, nanoseconds took)
    { metrics_.api_request(operation, outcome, took); };
    observer.retry = [this](std::string_view reason) { metrics_.retry(reason); };
    observer.login = [this](std::string_view outcome) { metrics_.login(outcome); };
    observer.token_expiry = [this](system_clock::time_point time) { metrics_.token_expiry(time); };
    observer.page_size = [this](std::uint64_t rows, const Failure& larger)
    { log_page_size(account_, rows, larger); };
    return observer;
}

LeadObserver AccountReporter::lead_observer()
{
    LeadObserver observer;
    observer.sweep.retry = [this](std::string_view reason) { metrics_.retry(reason); };
    observer.recent.looked = [this](const LookReport& report)
    {
        metrics_.changed_sims("recent", report.changed);
        metrics_.changed_sims("watched", report.watched_changed);
        count(report.events);
        log_look(account_.name, report, log_once_);
    };
    observer.sweep.progress = [this](const SweepProgress& progress) { comes_to(progress); };
    observer.action.finished =
        [this](const ActionRecord& action, const ActionEnd& end, const EventCounts& emitted)
    {
        count(emitted);
        log_action(account_.name, action, end);
    };
    observer.due = [this](const EventCounts& emitted)
    {
        count(emitted);
        log_due(account_.name, emitted);
    };
    return observer;
}

void AccountReporter::not_lent(const std::string& why_not)
{
    log_lending(account_.name, why_not, log_once_);
}

void AccountReporter::wants_to_lead()
{
    patience_since_ = steady_clock::now();
}

void AccountReporter::stands_by(std::string leader)
{
    metrics_.stands_by();
    patience_since_ = steady_clock::now();
    if (standby_for_ != leader)
    {
        log::info(
            account_.name, std::exchange(handed_over_, false) ? "has handed the account over" : "stands by",
            {{"leader", leader}});
        standby_for_ = std::move(leader);
        stands_();
    }
    is_served();
}

void AccountReporter::leads(const AccountMirror& mirror)
{
    leading_ = true;
    loads_ = &mirror;
    database_.answered(steady_clock::now());
    standby_for_.reset();
    metrics_.leads();
    log_lead(
        std::exchange(handed_over_, false) ? "leads the account again: nobody took it" : "leads the account");
    stands_();
}

// What the ledger says of an earlier leader's last complete sweep, in our own monotonic time.
void AccountReporter::takes_over(const AccountMirror& mirror)
{
    const auto& ledger = mirror.ledger();
    loads_ = nullptr;
    note_loading();
    last_complete_.reset();
    shows_nobody_ = false;
    log_once_.end(LogTopic::nobody);
    know_drifts(ledger.drifts, log_once_);
    note(ledger);
    metrics_.sims(static_cast<std::int64_t>(mirror.sims()));
    metrics_.removals_held(ledger.held_removals);
    metrics_.last_complete(Timestamp{});
    log_numbering(account_.name, ledger, outage_);
    if (const auto lost = events_lost(ledger); lost > 0)
    {
        metrics_.events_lost(lost);
        count({{Kind::account_events_lost, 1}}); // told with the lease
    }
    if (ledger.last_complete_sweep && ledger.last_complete_sweep->finished_at)
    {
        const auto finished_at = *ledger.last_complete_sweep->finished_at;
        const auto age = floor<microseconds>(system_clock::now()) - finished_at;
        last_complete_ = steady_clock::now() - std::max(age, microseconds{0});
        metrics_.last_complete(finished_at);
    }
    database_.answered(steady_clock::now());
    stands_();
}

void AccountReporter::loses_lead()
{
    loads_ = nullptr;
    sweep_so_far_.reset();
    note_loading();
    housekeeping_.clear();
    count_pace_ = {};
    metrics_.loses_lead();
    if (std::exchange(leading_, false) && !handed_over_)
        log_lead("leads the account no longer");
}

// What an outage does to all accounts of an instance is seen by the one that tells of it; what a stop does,
// by the line for all.
void AccountReporter::log_lead(std::string_view what)
{
    if (told_with_others_ || (outage_.strikes(account_.name) && !tells_of_outage_))
        log::debug(account_.name, what);
    else
        log::info(account_.name, what);
}

// Until its first row has come it is not known of how many.
std::optional<Loaded> AccountReporter::loading() const
{
    return loads_ != nullptr ? std::optional(loads_->load_progress().loaded().value_or(Loaded{}))
                             : std::nullopt;
}

// What a first sweep brings is loaded as well. Later ones change what is there already.
std::optional<Loaded> AccountReporter::first_sweep() const
{
    return leading_ && !last_complete_ ? sweep_so_far_ : std::nullopt;
}

void AccountReporter::comes_to(const SweepProgress& progress)
{
    const Loaded so_far{
        static_cast<std::size_t>(progress.items), static_cast<std::size_t>(progress.expected)};
    if (!sweep_so_far_ || so_far.sims > sweep_so_far_->sims)
        sweep_got_on_ = steady_clock::now();
    sweep_so_far_ = so_far;
}

void AccountReporter::note_loading()
{
    metrics_.loading(loading() ? loading() : first_sweep());
}

void AccountReporter::tell_loading()
{
    if (const auto loaded = loading())
        log_loading(account_.name, "loads the SIMs that the database holds", *loaded);
    else if (const auto swept = first_sweep())
        log_loading(account_.name, "loads the SIMs for the first time", *swept);
}

void AccountReporter::sweep_finished(const SweepReport& report, const AccountMirror& mirror)
{
    if (!report.interrupted) // by the database, as like as not
        is_served();
    sweep_so_far_.reset();
    trouble_ = report.record.error.value_or("");
    shows_nobody_ = report.shows_nobody;
    last_sweep_ = summary(report.record);
    if (report.record.outcome == Outcome::complete)
        last_complete_ = steady_clock::now();
    count(report, mirror);
    stands_();
    log_sweep(account_, report, mirror.sims(), log_once_, api_outage_);
}

void AccountReporter::emitted(const EventCounts& emitted, const AccountMirror& mirror)
{
    count(emitted);
    log_drifts(account_.name, mirror.ledger().drifts, log_once_);
    note(mirror.ledger());
}

void AccountReporter::looks_are_worth(std::optional<double> share, bool seldom)
{
    metrics_.recent_share(share);
    log_looks_worth(account_.name, share, seldom, log_once_);
}

std::optional<std::string> AccountReporter::why_stale(Time now, milliseconds stale_after) const
{
    const auto since = patient_since();
    if (now - since <= stale_after)
        return std::nullopt;
    if (!database_.error().empty())
        return database_.error();
    return trouble_.empty() ? "no complete sweep for too long" : trouble_;
}

// Whoever takes over from another instance gets as long as that one had; whoever only connects again does
// not, for then a database that breaks off each sweep would never be told of. A first sweep may take as long
// as it takes while it gets on, be it an hour; the next one, where it did not end well, may not.
AccountReporter::Time AccountReporter::patient_since() const
{
    const bool is_first = last_sweep_.empty() && first_sweep();
    return std::max(last_complete_.value_or(is_first ? sweep_got_on_ : patience_since_), patience_since_);
}

void AccountReporter::degraded(const std::string& why)
{
    count({{Kind::account_degraded, 1}});
    log::error(account_.name, "is degraded: no complete sweep within stale_after", {{"error", why}});
}

void AccountReporter::database_answers()
{
    database_.answered(steady_clock::now());
}

void AccountReporter::is_served()
{
    database_.served(steady_clock::now());
    tells_of_outage_ = false;
    log_served(outage_.ends(account_.name));
}

void AccountReporter::database_failed(const StoreError& error)
{
    database_.failed(error.what(), steady_clock::now());
    metrics_.database_error();
    const bool news = outage_.begins(account_.name, error.hint());
    tells_of_outage_ = tells_of_outage_ || news;
    log_outage(account_.name, error, news);
    stands_();
}

void AccountReporter::keeps_house()
{
    housekeeping_ = "makes and drops months of the history";
}

void AccountReporter::has_kept_house(const std::vector<HousekeepingTrouble>& troubles)
{
    housekeeping_.clear();
    metrics_.housekeeping(static_cast<std::int64_t>(troubles.size()));
    log_housekeeping(account_.name, troubles, log_once_);
}

void AccountReporter::conditions(const EventCounts& standing, Time began)
{
    count_pace_.ended(began, steady_clock::now());
    metrics_.conditions(standing);
}

void AccountReporter::conditions_unknown(const StoreError& error, Time began)
{
    count_pace_.ended(began, steady_clock::now());
    count_pace_.changed();
    metrics_.conditions({});
    database_failed(error);
}

void AccountReporter::count(const SweepReport& report, const AccountMirror& mirror)
{
    const auto& record = report.record;
    metrics_.sweep_finished(to_text(record.outcome), *record.finished_at - record.started_at);
    metrics_.items(record.items);
    metrics_.changed_sims("sweep", record.changed);
    metrics_.sims(static_cast<std::int64_t>(mirror.sims()));
    metrics_.removals_held(mirror.ledger().held_removals);
    count(report.events);
    for (const auto& [field, times] : report.decode_errors)
        metrics_.decode_errors(field, times);
    if (record.outcome == Outcome::complete)
        metrics_.last_complete(*record.finished_at);
}

void AccountReporter::count(const EventCounts& emitted)
{
    for (const auto& [kind, events] : emitted)
        metrics_.events(to_text(kind), events);
    if (total(emitted) > 0) // nothing comes to stand or ends without an event
        count_pace_.changed();
}

void AccountReporter::note(const AccountRecord& ledger)
{
    auth_failed_ = ledger.auth_failed;
    drifts_ = ledger.drifts;
    metrics_.drifting(drifts_);
}

void AccountReporter::consumers_are(const std::vector<ConsumerPosition>& positions)
{
    metrics_.consumers(positions);
}

AccountStanding AccountReporter::standing() const
{
    const auto since_lead = leading_ ? std::optional(patience_since_) : std::nullopt;
    const auto loaded = loading();
    const auto answered = database_.last_answer();
    return {
        .account = account_.name,
        .leading = leading_,
        .database_answered =
            loaded && answered ? std::max(*answered, loads_->load_progress().came()) : answered,
        .last_complete = last_complete_,
        .auth_failed = auth_failed_,
        .trouble = trouble_,
        .database_error = database_.error(),
        .shows_nobody = shows_nobody_,
        .waiting_since = database_.away_since() ? database_.away_since()
                         : last_complete_       ? last_complete_
                                                : since_lead,
        .last_sweep = last_sweep_,
        .standby_for = leading_ ? "" : standby_for_.value_or(""),
        .housekeeping = housekeeping_,
        .drifting = drift_text(drifts_),
        .loading = loaded,
        .first_sweep = first_sweep(),
        .connects_since = answered ? std::nullopt : std::optional(patience_since_)};
}

} // namespace simsync
