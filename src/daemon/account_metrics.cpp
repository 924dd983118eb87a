#include "daemon/account_metrics.hpp"

#include "daemon/labelled_registry.hpp"
#include "simsync/model/event.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace simsync
{
namespace
{

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

// From a fleet of one page on loopback to a million SIMs over a slow line.
const Histogram::BucketBoundaries sweep_seconds{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900};
const Histogram::BucketBoundaries request_seconds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                  0.5,   1,    2.5,   5,    10,  30};

} // namespace

struct AccountMetrics::Impl : LabelledRegistry
{
    explicit Impl(const std::string& account) : LabelledRegistry("account", account) {}

    void let_consumers_wait(Timestamp now);

    Gauge& leader = gauge(
                        "simsync_account_leader", "1 where this instance leads the account, 0 where it "
                                                  "stands by.")
                        .Add({});
    Family<Gauge>& sims = gauge("simsync_sims", "SIMs in the mirror, without removed ones.");
    Family<Gauge>& loading = gauge(
        "simsync_loading_sims",
        "SIMs that were loaded so far, by a first sweep or out of the database when the lead was taken; "
        "absent while nothing is loaded.");
    Family<Gauge>& loading_expected =
        gauge("simsync_loading_sims_expected", "About how many SIMs are being loaded in all; 0: not known.");
    Family<Gauge>& last_complete = gauge(
        "simsync_last_complete_sweep_timestamp_seconds",
        "End of the last sweep that was proven complete, Unix time; 0: none yet.");
    Family<Gauge>& removals_held =
        gauge("simsync_removals_held", "Removals that the guard holds for a person to decide.");
    Family<Gauge>& conditions = gauge(
        "simsync_conditions",
        "SIMs of which it stands now, by the kind of event that tells of it: sim.blocked, balance.low, "
        "balance.depleted, tariff.expiring, tariff.expired.");
    std::vector<Gauge*> standing;
    Family<Counter>& sweeps = counter("simsync_sweeps_total", "Sweeps that ended, by outcome.");
    Histogram& sweep_duration =
        histogram("simsync_sweep_duration_seconds", "How long sweeps took.").Add({}, sweep_seconds);
    Counter& items = counter("simsync_items_total", "SIMs that sweeps have seen.").Add({});
    Family<Gauge>& recent_share = gauge(
        "simsync_recent_looks_share", "Of the SIMs found changed in the last ten sweeps, the share that "
                                      "recent looks had found before; none "
                                      "where nothing changed.");
    Family<Counter>& changed_sims = counter(
        "simsync_changed_sims_total",
        "SIMs found changed, by who found them first: a sweep, a recent look, or asking for a SIM that is "
        "watched.");
    Family<Counter>& change_events =
        counter("simsync_change_events_total", "Change events written, by kind.");
    Family<Counter>& decode_errors = counter(
        "simsync_decode_errors_total",
        "Values that did not fit their column, by the API's field; id: items set aside.");
    Family<Gauge>& fields_drifting = gauge(
        "simsync_field_drifting",
        "1 for each field of the API that is not mirrored as it should be: reason "
        "unknown, the API does not know it; reason misfit, some values do not fit.");
    std::vector<Gauge*> drifting;
    Family<Counter>& requests =
        counter("simsync_api_requests_total", "Requests to the API, by operation and outcome.");
    Family<Histogram>& request_duration =
        histogram("simsync_api_request_duration_seconds", "How long requests to the API took.");
    Family<Counter>& retries = counter("simsync_api_retries_total", "Requests sent again, by reason.");
    Family<Counter>& logins = counter("simsync_logins_total", "Logins, by outcome.");
    Family<Gauge>& token_expiry = gauge(
        "simsync_access_token_expiry_timestamp_seconds",
        "When the access token ends, Unix time by the API's clock.");
    Counter& database_errors =
        counter("simsync_database_errors_total", "Failures of the database, a lost connection included.")
            .Add({});
    Counter& events_lost = counter(
                               "simsync_events_lost_total",
                               "Events that were told and are gone: another server took over without them.")
                               .Add({});
    Family<Gauge>& consumer_behind = gauge(
        "simsync_consumer_behind_events",
        "Events that a consumer, a sink included, has not acknowledged. From the account's leader.");
    Family<Gauge>& consumer_lag = gauge(
        "simsync_consumer_lag_seconds",
        "For how long the oldest event that a consumer has not acknowledged has been waiting; 0: none is.");
    Family<Gauge>& consumer_lost = gauge(
        "simsync_consumer_lost",
        "1 where a consumer cannot read on: events were numbered anew, or dropped before it read them.");
    std::vector<ConsumerPosition> consumers;
    Gauge& housekeeping_troubles = gauge(
                                       "simsync_housekeeping_troubles",
                                       "What housekeeping in the database could not do when it was last "
                                       "tried: partitions to make or drop; 0: all is done.")
                                       .Add({});
    Counter& housekeeping_failures =
        counter(
            "simsync_housekeeping_failures_total", "Housekeeping in the database that left something undone.")
            .Add({});
};

// What is counted begins at 0, so that the first increase can be seen (rate() needs two points).
AccountMetrics::AccountMetrics(const std::string& account) : impl_(std::make_unique<Impl>(account))
{
    for (const char* outcome : {"complete", "incomplete", "failed"})
        impl_->sweeps.Add({{"outcome", outcome}});
    for (const char* by : {"recent", "sweep", "watched"})
        impl_->changed_sims.Add({{"found_by", by}});
    for (const auto kind : all_kinds())
        impl_->change_events.Add({{"kind", std::string(to_text(kind))}});
    impl_->decode_errors.Add({{"field", "id"}});
    impl_->retries.Add({{"reason", "stale_connection"}});
    for (const char* outcome : {"ok", "unauthorized"})
        impl_->logins.Add({{"outcome", outcome}});
    for (const char* operation : {"login", "simcards"})
        impl_->requests.Add({{"operation", operation}, {"outcome", "ok"}});
}

AccountMetrics::~AccountMetrics() = default;

void AccountMetrics::leads()
{
    impl_->leader.Set(1);
}

void AccountMetrics::stands_by()
{
    loses_lead();
    impl_->last_complete.Remove(&impl_->last_complete.Add({}));
}

void AccountMetrics::loses_lead()
{
    impl_->leader.Set(0);
    drifting({});
    conditions({});
    consumers({});
    recent_share({});
    for (auto* family : {&impl_->sims, &impl_->removals_held, &impl_->token_expiry})
        family->Remove(&family->Add({}));
}

void AccountMetrics::sims(std::int64_t count)
{
    impl_->sims.Add({}).Set(static_cast<double>(count));
}

void AccountMetrics::loading(const std::optional<Loaded>& loaded)
{
    for (auto* family : {&impl_->loading, &impl_->loading_expected})
        family->Remove(&family->Add({}));
    if (!loaded)
        return;
    impl_->loading.Add({}).Set(static_cast<double>(loaded->sims));
    impl_->loading_expected.Add({}).Set(static_cast<double>(loaded->expected));
}

void AccountMetrics::last_complete(Timestamp finished_at)
{
    impl_->last_complete.Add({}).Set(unix_time(finished_at));
}

void AccountMetrics::removals_held(std::int64_t held)
{
    impl_->removals_held.Add({}).Set(static_cast<double>(held));
}

void AccountMetrics::conditions(const EventCounts& standing)
{
    for (auto* gone : std::exchange(impl_->standing, {}))
        impl_->conditions.Remove(gone);
    for (const auto& [kind, sims] : standing)
    {
        auto& gauge = impl_->conditions.Add({{"kind", std::string(to_text(kind))}});
        gauge.Set(static_cast<double>(sims));
        impl_->standing.push_back(&gauge);
    }
}

void AccountMetrics::sweep_finished(std::string_view outcome, std::chrono::nanoseconds took)
{
    impl_->sweeps.Add({{"outcome", std::string(outcome)}}).Increment();
    impl_->sweep_duration.Observe(seconds(took));
}

void AccountMetrics::items(std::int64_t seen)
{
    impl_->items.Increment(static_cast<double>(seen));
}

void AccountMetrics::events(std::string_view kind, std::int64_t written)
{
    impl_->change_events.Add({{"kind", std::string(kind)}}).Increment(static_cast<double>(written));
}

void AccountMetrics::recent_share(std::optional<double> share)
{
    auto& gauge = impl_->recent_share.Add({});
    if (share)
        gauge.Set(*share);
    else
        impl_->recent_share.Remove(&gauge);
}

void AccountMetrics::changed_sims(std::string_view found_by, std::int64_t sims)
{
    impl_->changed_sims.Add({{"found_by", std::string(found_by)}}).Increment(static_cast<double>(sims));
}

void AccountMetrics::drifting(const Drifts& drifts)
{
    for (auto* gone : std::exchange(impl_->drifting, {}))
        impl_->fields_drifting.Remove(gone);
    for (const auto& [field, drift] : drifts)
    {
        auto& gauge =
            impl_->fields_drifting.Add({{"field", field}, {"reason", drift.left_out ? "unknown" : "misfit"}});
        gauge.Set(1);
        impl_->drifting.push_back(&gauge);
    }
}

void AccountMetrics::decode_errors(const std::string& field, std::int64_t count)
{
    impl_->decode_errors.Add({{"field", field}}).Increment(static_cast<double>(count));
}

void AccountMetrics::api_request(
    std::string_view operation, std::string_view outcome, std::chrono::nanoseconds took)
{
    const std::string name(operation);
    impl_->requests.Add({{"operation", name}, {"outcome", std::string(outcome)}}).Increment();
    impl_->request_duration.Add({{"operation", name}}, request_seconds).Observe(seconds(took));
}

void AccountMetrics::retry(std::string_view reason)
{
    impl_->retries.Add({{"reason", std::string(reason)}}).Increment();
}

void AccountMetrics::login(std::string_view outcome)
{
    impl_->logins.Add({{"outcome", std::string(outcome)}}).Increment();
}

void AccountMetrics::token_expiry(std::chrono::system_clock::time_point server_time)
{
    impl_->token_expiry.Add({}).Set(unix_time(server_time));
}

void AccountMetrics::database_error()
{
    impl_->database_errors.Increment();
}

void AccountMetrics::events_lost(std::int64_t events)
{
    impl_->events_lost.Increment(static_cast<double>(events));
}

void AccountMetrics::housekeeping(std::int64_t troubles)
{
    impl_->housekeeping_troubles.Set(static_cast<double>(troubles));
    if (troubles > 0)
        impl_->housekeeping_failures.Increment();
}

// As long as nothing changes these, the series are the same ones.
void AccountMetrics::consumers(const std::vector<ConsumerPosition>& positions)
{
    for (auto* family : {&impl_->consumer_behind, &impl_->consumer_lag, &impl_->consumer_lost})
        for (const auto& gone : impl_->consumers)
            family->Remove(&family->Add({{"consumer", gone.consumer}}));
    impl_->consumers = positions;
    for (const auto& each : positions)
    {
        const std::map<std::string, std::string> labels{{"consumer", each.consumer}};
        const bool reads = each.state == ConsumerState::reads;
        impl_->consumer_lost.Add(labels).Set(reads ? 0 : 1);
        if (reads)
            impl_->consumer_behind.Add(labels).Set(static_cast<double>(each.behind));
    }
}

void AccountMetrics::Impl::let_consumers_wait(Timestamp now)
{
    for (const auto& each : consumers)
        if (each.state == ConsumerState::reads)
            consumer_lag.Add({{"consumer", each.consumer}})
                .Set(
                    each.waiting_since ? std::max(unix_time(now) - unix_time(*each.waiting_since), 0.0)
                                       : 0.0);
}

std::vector<prometheus::MetricFamily> AccountMetrics::collect(Timestamp now) const
{
    impl_->let_consumers_wait(now);
    return impl_->registry.Collect();
}

} // namespace simsync
