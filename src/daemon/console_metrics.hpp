// The metrics of the console, of the whole process.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace prometheus
{
struct MetricFamily;
}

namespace simsync
{

// Each verb is a thing that happened; names and labels are an interface.
class ConsoleMetrics
{
public:
    ConsoleMetrics();
    ~ConsoleMetrics();
    ConsoleMetrics(const ConsoleMetrics&) = delete;
    ConsoleMetrics& operator=(const ConsoleMetrics&) = delete;

    // `endpoint`: one of few, with {account} and {id} in the place of what was asked for.
    void answered(std::string_view endpoint, unsigned status, std::chrono::nanoseconds took);
    void streams(std::size_t under_way);
    void dropped(std::size_t events); // that a stream took too slowly
    void database_error();

    std::vector<prometheus::MetricFamily> collect() const; // as Prometheus's text is made of them

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
