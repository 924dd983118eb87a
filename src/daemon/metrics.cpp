#include "daemon/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace simsync
{
namespace
{

prometheus::MetricFamily build_info()
{
    prometheus::ClientMetric metric;
    metric.label = {{"version", SIMSYNC_VERSION}};
    metric.gauge.value = 1;
    return {"simsync_build_info", "What runs here; always 1.", prometheus::MetricType::Gauge, {metric}};
}

// One family must stand in one place of the text, whichever registry its series come from.
void merge(std::vector<prometheus::MetricFamily>& all, std::vector<prometheus::MetricFamily> more)
{
    for (auto& family : more)
    {
        const auto known = std::ranges::find(all, family.name, &prometheus::MetricFamily::name);
        if (known == all.end())
            all.push_back(std::move(family));
        else
            known->metric.insert(known->metric.end(), family.metric.begin(), family.metric.end());
    }
}

} // namespace

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

AccountMetrics& Metrics::account(const std::string& name)
{
    auto& metrics = accounts_[name];
    if (!metrics)
        metrics = std::make_unique<AccountMetrics>(name);
    return *metrics;
}

void Metrics::forget(const std::string& name)
{
    accounts_.erase(name);
}

SinkMetrics& Metrics::sink(const std::string& name)
{
    auto& metrics = sinks_[name];
    if (!metrics)
        metrics = std::make_unique<SinkMetrics>(name);
    return *metrics;
}

void Metrics::forget_sink(const std::string& name)
{
    sinks_.erase(name);
}

std::string Metrics::text(Timestamp now) const
{
    std::vector<prometheus::MetricFamily> families{build_info()};
    for (const auto& [name, account] : accounts_)
        merge(families, account->collect(now));
    for (const auto& [name, sink] : sinks_)
        merge(families, sink->collect());
    merge(families, console_.collect());
    return prometheus::TextSerializer{}.Serialize(families);
}

} // namespace simsync
