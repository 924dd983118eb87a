// The metrics of one sink, labelled `sink`.
#pragma once

#include "simsync/model/time.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus
{
struct MetricFamily;
}

namespace simsync
{

// Each verb is a thing that happened; names and labels are an interface.
class SinkMetrics
{
public:
    explicit SinkMetrics(const std::string& sink);
    ~SinkMetrics();
    SinkMetrics(const SinkMetrics&) = delete;
    SinkMetrics& operator=(const SinkMetrics&) = delete;

    void holds_lock(bool has_it); // this instance delivers, or another
    void delivered(std::int64_t events, Timestamp now);
    void refused(std::string_view reason);
    void stream_lost_events();          // which it had acknowledged
    void set_aside(std::size_t alerts); // one by one refused by an Alertmanager
    void is_down(bool down);            // it delivers nothing until a person acts

    std::vector<prometheus::MetricFamily> collect() const; // as Prometheus's text is made of them

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
