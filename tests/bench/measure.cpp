// Numbers from the kernel and from PostgreSQL.
#include "bench/measure.hpp"

#include "harness/cluster.hpp"

#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace simsync::bench
{
namespace
{

double wal_of(const std::string& url)
{
    return std::stod(test::run_sql(url, "select pg_current_wal_insert_lsn() - '0/0'"));
}

double seconds(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

} // namespace

Cost measure(const test::Command& command, const std::filesystem::path& log, const std::string& url)
{
    const double wal = wal_of(url);
    const auto started = std::chrono::steady_clock::now();
    test::Process process(command, log);
    if (process.wait() != 0)
    {
        std::ostringstream said;
        said << std::ifstream(log).rdbuf();
        throw std::runtime_error(command.back() + " failed:\n" + said.str());
    }
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - started;
    const auto& usage = process.usage();
    return {
        wall.count(), seconds(usage.ru_utime) + seconds(usage.ru_stime), wal_of(url) - wal,
        static_cast<double>(usage.ru_maxrss) * 1024};
}

double percentile(std::vector<double> values, double share)
{
    if (values.empty())
        return 0;
    std::ranges::sort(values);
    const auto last = static_cast<double>(values.size() - 1);
    return values[static_cast<std::size_t>(last * share + 0.5)];
}

double median(std::vector<double> values)
{
    return percentile(std::move(values), 0.5);
}

Cost median(const std::vector<Cost>& costs)
{
    const auto of = [&costs](double Cost::*number)
    {
        std::vector<double> values;
        std::ranges::transform(costs, std::back_inserter(values), number);
        return median(std::move(values));
    };
    return {of(&Cost::wall), of(&Cost::cpu), of(&Cost::wal), of(&Cost::memory)};
}

// A sweep takes a few milliseconds; the times in /proc are counted in ticks of 10.
double cpu_of(pid_t process)
{
    clockid_t clock{};
    timespec used{};
    if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &used) != 0)
        throw std::runtime_error("no CPU clock of process " + std::to_string(process));
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

} // namespace simsync::bench
