// What a command costs, and the median of several costs.
#pragma once

#include "harness/cluster.hpp"
#include "harness/process.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace simsync::bench
{

struct Cost
{
    double wall = 0;   // seconds
    double cpu = 0;    // seconds, user and system, of the command and its children
    double wal = 0;    // bytes that PostgreSQL wrote ahead meanwhile
    double memory = 0; // bytes, peak of the largest process
};

// Runs a command to its end; throws where it fails, what it said is in `log`. `url`: whose WAL is counted.
Cost measure(const test::Command& command, const std::filesystem::path& log, const std::string& url);

double median(std::vector<double> values);
double percentile(std::vector<double> values, double share);
Cost median(const std::vector<Cost>& costs); // of each number by itself

// CPU seconds that a running process has used so far.
double cpu_of(pid_t process);
// The same of PostgreSQL: of all its processes, those that have ended too.
double cpu_of(const test::Cluster& cluster);

} // namespace simsync::bench
