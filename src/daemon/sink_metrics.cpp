#include "daemon/sink_metrics.hpp"

#include "daemon/labelled_registry.hpp"

namespace simsync
{
namespace
{

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;

} // namespace

struct SinkMetrics::Impl : LabelledRegistry
{
    explicit Impl(const std::string& sink) : LabelledRegistry("sink", sink) {}

    Gauge& lock =
        gauge("simsync_sink_leader", "1 where this instance delivers, 0 where another does.").Add({});
    Counter& events =
        counter("simsync_sink_events_total", "Change events that the sink is done with.").Add({});
    Family<Counter>& failures = counter(
        "simsync_sink_failures_total",
        "Deliveries that were not taken and are repeated, by reason; position_lost: it cannot read on.");
    Counter& set_aside =
        counter(
            "simsync_sink_alerts_refused_total", "Alerts that the Alertmanager refused while it took others.")
            .Add({});
    Counter& losses =
        counter(
            "simsync_sink_stream_losses_total",
            "Times that a stream lacked events that it had acknowledged: they were published again.")
            .Add({});
    Gauge& down =
        gauge(
            "simsync_sink_down", "1 where nothing is delivered until a person acts: the receiver is gone for "
                                 "good (410), or the sink cannot read on.")
            .Add({});
    Family<Gauge>& last = gauge(
        "simsync_sink_last_delivery_timestamp_seconds",
        "When the sink was last done with an event, Unix time.");
};

SinkMetrics::SinkMetrics(const std::string& sink) : impl_(std::make_unique<Impl>(sink))
{
    for (const char* reason : {"position_lost", "unreachable"})
        impl_->failures.Add({{"reason", reason}});
}

SinkMetrics::~SinkMetrics() = default;

void SinkMetrics::holds_lock(bool has_it)
{
    impl_->lock.Set(has_it ? 1 : 0);
}

void SinkMetrics::delivered(std::int64_t events, Timestamp now)
{
    impl_->events.Increment(static_cast<double>(events));
    impl_->last.Add({}).Set(unix_time(now));
}

void SinkMetrics::refused(std::string_view reason)
{
    impl_->failures.Add({{"reason", std::string(reason)}}).Increment();
}

void SinkMetrics::stream_lost_events()
{
    impl_->losses.Increment();
}

void SinkMetrics::set_aside(std::size_t alerts)
{
    impl_->set_aside.Increment(static_cast<double>(alerts));
}

void SinkMetrics::is_down(bool down)
{
    impl_->down.Set(down ? 1 : 0);
}

std::vector<prometheus::MetricFamily> SinkMetrics::collect() const
{
    return impl_->registry.Collect();
}

} // namespace simsync
