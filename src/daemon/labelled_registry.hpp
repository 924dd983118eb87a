// A registry of prometheus-cpp whose series all carry the same label, and times as Prometheus counts them: in
// seconds. For the sources of metrics alone.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <map>
#include <string>

namespace simsync
{

struct LabelledRegistry
{
    LabelledRegistry() = default; // without a label
    LabelledRegistry(const char* name, const std::string& value) : labels{{name, value}} {}

    prometheus::Family<prometheus::Counter>& counter(const char* name, const char* help)
    {
        return prometheus::BuildCounter().Name(name).Help(help).Labels(labels).Register(registry);
    }

    prometheus::Family<prometheus::Gauge>& gauge(const char* name, const char* help)
    {
        return prometheus::BuildGauge().Name(name).Help(help).Labels(labels).Register(registry);
    }

    prometheus::Family<prometheus::Histogram>& histogram(const char* name, const char* help)
    {
        return prometheus::BuildHistogram().Name(name).Help(help).Labels(labels).Register(registry);
    }

    prometheus::Registry registry;
    std::map<std::string, std::string> labels;
};

inline double seconds(std::chrono::nanoseconds duration)
{
    return std::chrono::duration<double>(duration).count();
}

inline double unix_time(std::chrono::system_clock::time_point time)
{
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

} // namespace simsync
