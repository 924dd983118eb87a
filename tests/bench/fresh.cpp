// bench_fresh [--quick] [--sims N] [--seconds N]: how old a change is when its event is committed, with
// recent looks and without, behind an API that takes its time and allows few requests. Prints Markdown.
#include "bench/ground.hpp"

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace simsync::bench
{
namespace
{

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

struct Arguments
{
    std::size_t sims = 200'000;
    int latency_ms = 200;
    double requests_per_second = 5;
    double churn = 20; // changes a second
    std::chrono::seconds duration{300};
    std::string sweep_interval = "60s";
    std::string looking = "auto";
    bool understood = true;
};

// Small enough for CI: that it works, not how fresh.
Arguments quick()
{
    return {
        .sims = 1'000,
        .latency_ms = 1,
        .requests_per_second = 100,
        .churn = 50,
        .duration = 3s,
        .sweep_interval = "1s",
        .looking = "100ms"};
}

Arguments understand(const std::vector<std::string>& words)
{
    Arguments arguments;
    for (std::size_t i = 0; i < words.size(); ++i)
    {
        const bool has_value = i + 1 < words.size();
        if (words[i] == "--quick")
            arguments = quick();
        else if (words[i] == "--sims" && has_value)
            arguments.sims = std::stoul(words[++i]);
        else if (words[i] == "--seconds" && has_value)
            arguments.duration = std::chrono::seconds{std::stol(words[++i])};
        else
            arguments.understood = false;
    }
    return arguments;
}

// What a SIM spent after the baseline, and since when it was spent: only the last change of a SIM tells that,
// by the activity that came with it. What came after the last sweep began may still be to be found, and is
// not counted: else those that are found late would be missing.
constexpr std::string_view ages = R"(
    with spent as (
        select extract(epoch from e.recorded_at - s.latest_activity) as age
          from simsync.change_event e
          join simsync.sim s on s.account = e.account and s.id = e.sim and s.changed_at = e.observed_at
         cross join lateral (values ('balance'), ('data_balance')) field (name)
         where e.kind = field.name || '.changed'
           and (e.after ->> field.name)::numeric < (e.before ->> field.name)::numeric
           and s.latest_activity > (select finished_at from simsync.sweep where baseline and outcome = 'complete')
           and s.latest_activity < (select max(started_at) from simsync.sweep where outcome = 'complete'))
    select concat_ws(' | ', count(*),
                     round(percentile_cont(0.5)  within group (order by age)::numeric, 2),
                     round(percentile_cont(0.9)  within group (order by age)::numeric, 2),
                     round(percentile_cont(0.99) within group (order by age)::numeric, 2),
                     round(max(age)::numeric, 2),
                     (select round(avg(extract(epoch from finished_at - started_at))::numeric, 1)
                        from simsync.sweep where outcome = 'complete' and not baseline))
      from spent)";

// A sweep that began so long after the baseline is complete: whatever changed until it began has been found.
void await_sweep(const std::string& url, test::Process& daemon, std::chrono::seconds after_baseline)
{
    const auto done = "select exists (select from simsync.sweep where outcome = 'complete' and started_at > "
                      "(select finished_at from simsync.sweep where baseline and outcome = 'complete') "
                      "+ interval '" +
                      std::to_string(after_baseline.count()) + " s')";
    for (const auto end = SteadyClock::now() + after_baseline + 1h; SteadyClock::now() < end;
         std::this_thread::sleep_for(200ms))
    {
        if (daemon.has_ended())
            break;
        if (test::run_sql(url, done) == "t")
            return;
    }
    throw std::runtime_error("the daemon does not sweep");
}

// The cells of one row.
std::string measure(const Arguments& arguments, const std::string& recent_interval)
{
    const test::Folder folder;
    const Api api(arguments.sims, folder, arguments.latency_ms, arguments.churn);
    const auto url = cluster().mirror_database();
    const Habits habits{
        .page_size = 500,
        .sweep_interval = arguments.sweep_interval,
        .recent_interval = recent_interval,
        .requests_per_second = arguments.requests_per_second};
    test::Process daemon(program(folder, url, api, habits, "run"), folder / "daemon.log");
    await_sweep(url, daemon, arguments.duration);
    return test::run_sql(url, std::string(ages));
}

void measure_all(const Arguments& arguments)
{
    std::printf(
        "\nFrom a change that moves latestActivity to its event: %zu SIMs, %d ms an answer, %.0f requests a "
        "second "
        "allowed, %.0f changes a second, pages of 500, %lld s\n\n"
        "| recent_interval | changes | median s | 90th percentile s | 99th percentile s | most s | a sweep s "
        "|\n"
        "|---|---|---|---|---|---|---|\n",
        arguments.sims, arguments.latency_ms, arguments.requests_per_second, arguments.churn,
        static_cast<long long>(arguments.duration.count()));
    for (const auto& interval : {arguments.looking, std::string("0")})
    {
        std::printf("| `%s` | %s |\n", interval.c_str(), measure(arguments, interval).c_str());
        std::fflush(stdout);
    }
}

} // namespace
} // namespace simsync::bench

int main(int argc, char** argv)
{
    using namespace simsync::bench;
    try
    {
        const auto arguments = understand({argv + 1, argv + argc});
        if (!arguments.understood)
        {
            std::fputs("usage: bench_fresh [--quick] [--sims N] [--seconds N]\n", stderr);
            return 64;
        }
        measure_all(arguments);
        return 0;
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "bench_fresh: %s\n", error.what());
        return 70;
    }
}
