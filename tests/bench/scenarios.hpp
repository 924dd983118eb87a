// What is measured.
#pragma once

#include "bench/measure.hpp"

#include <map>
#include <string>
#include <vector>

namespace simsync::bench
{

struct Scale
{
    std::vector<std::size_t> fleets{100'000, 1'000'000}; // SIMs; the first one also for everything but sweeps
    std::size_t repetitions = 3;
    std::size_t sweeps = 10;   // of a daemon, after its first
    std::size_t changes = 100; // whose way to their event is timed
    std::size_t acted_on = 200;
    std::size_t accounts = 20; // side by side
    std::size_t sims_an_account = 5'000;
    std::string sweep_interval = "1s";
};

// By name, "\copy of the rows" or "first load"; in the order of `sweep_names`.
using Costs = std::map<std::string, std::vector<Cost>>;
const std::vector<std::string>& sweep_names();

// `simsync sync` as a fresh process, and what the machine can do at all, in turn.
Costs measure_sweeps(std::size_t sims, std::size_t repetitions);

struct DaemonTimes
{
    // Seconds of a later sweep that finds nothing changed, median; of each fleet.
    std::vector<double> unchanged;
    double latency = 0;       // the same of the first fleet, 50 ms an answer, pages of 500, 8 in flight
    double latency_alone = 0; // what that latency dictates
    double event_median = 0;  // from a change in the API to its committed event, a sweep a second
    double event_p99 = 0;
    double bulk = 0; // `sim block --from` of as many SIMs as Scale::acted_on, 50 ms an answer, 4 at once
    double cpu_of_many = 0;  // CPU seconds, of the process, for one sweep of all accounts side by side
    double cpu_of_each = 0;  // of one of these accounts alone
    double cpu_of_large = 0; // of one account as large as the many together
};

DaemonTimes measure_daemon(const Scale& scale);

} // namespace simsync::bench
