// What every measurement stands on: a PostgreSQL with default settings, a simulated API, the program's
// configuration.
#pragma once

#include "harness/cluster.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace simsync::bench
{

struct Habits
{
    std::size_t page_size = 1000;
    std::size_t in_flight = 4;
    std::string sweep_interval = "1s";
    std::string recent_interval = "auto";
    double requests_per_second = 0; // 0: no limit
};

// The cluster of this process. Durable, as a database is out of the box.
test::Cluster& cluster();

// `simsync-simulator` with a fleet of its own.
class Api
{
public:
    // `churn`: changes a second.
    Api(std::size_t sims, const test::Folder& folder, int latency_ms = 0, double churn = 0);

    const std::string& url() const noexcept { return url_; }

    // Blocks so many SIMs, from this one on; or unblocks them.
    void block(std::size_t first, std::size_t count, bool blocked);

    // A file that lets curl fetch all pages over one connection, one answer a line.
    std::filesystem::path curl_config(std::size_t page_size);

private:
    void ask(const std::string& body);
    std::filesystem::path write_request(const std::string& name, const std::string& body);

    std::size_t sims_;
    const test::Folder& folder_;
    std::optional<test::Process> process_;
    std::string url_;
    std::string token_;
};

// `simsync` with the configuration of these accounts ("main" first), which all mirror this API.
test::Command program(
    const test::Folder& folder, const std::string& url, const Api& api, const Habits& habits,
    const std::string& command, std::size_t accounts = 1);

} // namespace simsync::bench
