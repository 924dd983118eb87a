// Numbers from the kernel and from PostgreSQL.
#include "bench/measure.hpp"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace simsync::bench
{
namespace
{

namespace fs = std::filesystem;

double wal_of(const std::string& url)
{
    return std::stod(test::run_sql(url, "select pg_current_wal_insert_lsn() - '0/0'"));
}

double seconds(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// The fields of /proc/PID/stat from the third on; empty where there is no such process any more.
std::vector<std::string> stat_of(const fs::path& process)
{
    std::ifstream file(process / "stat");
    std::string text{std::istreambuf_iterator<char>(file), {}};
    std::istringstream behind_name(text.substr(std::min(text.rfind(')') + 1, text.size())));
    std::vector<std::string> fields;
    for (std::string field; behind_name >> field;)
        fields.push_back(field);
    return fields;
}

double seconds_of(const std::string& ticks)
{
    return std::stod(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
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

// Of the server itself, of the processes that it has now and of those that have ended.
double cpu_of(const test::Cluster& cluster)
{
    std::string server;
    std::getline(std::ifstream(cluster.folder() / "data" / "postmaster.pid") >> std::ws, server);
    const auto own = stat_of("/proc/" + server);
    double used =
        seconds_of(own.at(11)) + seconds_of(own.at(12)) + seconds_of(own.at(13)) + seconds_of(own.at(14));
    for (const auto& entry : fs::directory_iterator("/proc"))
    {
        if (std::isdigit(static_cast<unsigned char>(entry.path().filename().string().front())) == 0)
            continue; // no process
        if (const auto fields = stat_of(entry.path()); fields.size() > 12 && fields[1] == server)
            used += seconds_of(fields[11]) + seconds_of(fields[12]);
    }
    return used;
}

} // namespace simsync::bench
