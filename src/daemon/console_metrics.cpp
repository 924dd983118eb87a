#include "daemon/console_metrics.hpp"

#include "daemon/labelled_registry.hpp"

namespace simsync
{
namespace
{

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

// From an answer that was ready to the longest that a statement may take.
const Histogram::BucketBoundaries console_seconds{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
                                                  0.1,    0.25,  0.5,   1,     2.5,  5,    10};

} // namespace

struct ConsoleMetrics::Impl : LabelledRegistry
{
    Family<Counter>& requests = counter(
        "simsync_console_requests_total", "Requests to the console and its API, by endpoint and status.");
    Family<Histogram>& duration = histogram(
        "simsync_console_request_duration_seconds",
        "How long the console took to answer; of what is streamed, to its begin.");
    Gauge& streams = gauge("simsync_console_streams", "Pages that follow events live now.").Add({});
    Counter& dropped = counter(
                           "simsync_console_stream_dropped_total",
                           "Events that went by a live page because it took them too slowly.")
                           .Add({});
    Counter& database_errors =
        counter(
            "simsync_console_database_errors_total", "Failures of the database while the console read it.")
            .Add({});
};

ConsoleMetrics::ConsoleMetrics() : impl_(std::make_unique<Impl>()) {}

ConsoleMetrics::~ConsoleMetrics() = default;

void ConsoleMetrics::answered(std::string_view endpoint, unsigned status, std::chrono::nanoseconds took)
{
    const std::string name(endpoint);
    impl_->requests.Add({{"endpoint", name}, {"status", std::to_string(status)}}).Increment();
    impl_->duration.Add({{"endpoint", name}}, console_seconds).Observe(seconds(took));
}

void ConsoleMetrics::streams(std::size_t under_way)
{
    impl_->streams.Set(static_cast<double>(under_way));
}

void ConsoleMetrics::dropped(std::size_t events)
{
    impl_->dropped.Increment(static_cast<double>(events));
}

void ConsoleMetrics::database_error()
{
    impl_->database_errors.Increment();
}

std::vector<prometheus::MetricFamily> ConsoleMetrics::collect() const
{
    return impl_->registry.Collect();
}

} // namespace simsync
