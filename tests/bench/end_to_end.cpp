// bench_end_to_end [--quick] [--sims N,N,…] [--repetitions N] [--plot FILE.svg]: the whole, as an operator
// runs it. Prints Markdown. main → scenarios → ground, measure.
#include "bench/scenarios.hpp"
#include "harness/process.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

namespace simsync::bench
{
namespace
{

struct Arguments
{
    Scale scale;
    std::string plot;
    bool understood = true;
};

// Small enough for CI: that it works, not how fast.
constexpr std::size_t quick_sims = 1'000;

Scale quick()
{
    return {{quick_sims}, 1, 1, 2, 2, 2, 100, "100ms"};
}

std::vector<std::size_t> numbers(const std::string& list)
{
    std::vector<std::size_t> found;
    std::istringstream text(list);
    for (std::string number; std::getline(text, number, ',');)
        found.push_back(std::stoul(number));
    return found;
}

Arguments understand(const std::vector<std::string>& words)
{
    Arguments arguments;
    for (std::size_t i = 0; i < words.size(); ++i)
    {
        const bool has_value = i + 1 < words.size();
        if (words[i] == "--quick")
            arguments.scale = quick();
        else if (words[i] == "--sims" && has_value)
            arguments.scale.fleets = numbers(words[++i]);
        else if (words[i] == "--repetitions" && has_value)
            arguments.scale.repetitions = std::stoul(words[++i]);
        else if (words[i] == "--plot" && has_value)
            arguments.plot = words[++i];
        else
            arguments.understood = false;
    }
    return arguments;
}

void print_sweeps(std::size_t sims, const Costs& costs)
{
    std::printf(
        "\n%zu SIMs in pages of 1,000, 4 in flight; medians of %zu\n\n"
        "| | wall s | CPU s | WAL KiB | peak memory MiB |\n|---|---|---|---|---|\n",
        sims, costs.begin()->second.size());
    for (const auto& name : sweep_names())
    {
        const auto cost = median(costs.at(name));
        std::printf(
            "| %s | %.2f | %.2f | %.0f | %.1f |\n", name.c_str(), cost.wall, cost.cpu, cost.wal / 1024,
            cost.memory / 1024 / 1024);
        std::fflush(stdout);
    }
}

void print_daemon(const Scale& scale, const DaemonTimes& times)
{
    std::printf(
        "\nThe daemon, %zu SIMs where no other number stands\n\n| | s |\n|---|---|\n", scale.fleets.front());
    for (std::size_t i = 0; i < scale.fleets.size(); ++i)
        std::printf(
            "| a later sweep of %zu, nothing changed | %.3f |\n", scale.fleets[i], times.unchanged[i]);
    std::printf(
        "| a later sweep, nothing changed, 50 ms an answer, pages of 500, 8 in flight (latency "
        "alone: %.2f) | %.2f |\n",
        times.latency_alone, times.latency);
    std::printf(
        "| from a change to its event, a sweep a second: median, 99th percentile | %.2f, %.2f |\n",
        times.event_median, times.event_p99);
    std::printf(
        "| `sim block --from` of %zu SIMs, 50 ms an answer, 4 at once (latency alone: %.2f) | %.2f |\n",
        scale.acted_on, 3 * 0.050 * static_cast<double>(scale.acted_on) / 4, times.bulk);
    std::printf(
        "| CPU of a sweep, %zu accounts of %zu side by side | %.3f |\n", scale.accounts,
        scale.sims_an_account, times.cpu_of_many);
    std::printf(
        "| the same, %zu times what one of them takes alone | %.3f |\n", scale.accounts,
        static_cast<double>(scale.accounts) * times.cpu_of_each);
    std::printf(
        "| the same, one account of %zu | %.3f |\n", scale.accounts * scale.sims_an_account,
        times.cpu_of_large);
}

// Wall time against fleet size. `points`: fleet size, the three sweeps and the limit, a line each, in any
// order: "smooth unique" sorts them.
void plot(const std::string& svg, const std::string& points)
{
    const test::Folder folder;
    std::ofstream(folder / "points") << points;
    std::ofstream(folder / "plot")
        << "set terminal svg size 720,440 font 'sans-serif,13' background 'white'\n"
        << "set output '" << std::filesystem::absolute(svg).string() << "'\n"
        << "set logscale xy\nset key left top\nset grid\n"
        << "set xlabel 'SIMs'\nset ylabel 'seconds, wall'\n"
        << "plot for [i=2:5] '" << (folder / "points").string()
        << "' using 1:i smooth unique with linespoints pointtype 7 title word('\"first load\" "
           "\"nothing changed\" \"1 % changed\" \"fetch, parse and copy\"', i-1)\n";
    test::run({"gnuplot", folder / "plot"}, folder / "gnuplot.log");
}

void measure_all(const Arguments& arguments)
{
    std::ostringstream points;
    for (const auto sims : arguments.scale.fleets)
    {
        const auto costs = measure_sweeps(sims, arguments.scale.repetitions);
        print_sweeps(sims, costs);
        points << sims;
        for (const auto* name : {"first load", "nothing changed", "1 % changed", "fetch, parse and \\copy"})
            points << ' ' << median(costs.at(name)).wall;
        points << '\n';
    }
    if (!arguments.plot.empty())
        plot(arguments.plot, points.str());
    print_daemon(arguments.scale, measure_daemon(arguments.scale));
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
            std::fputs(
                "usage: bench_end_to_end [--quick] [--sims N,N,...] [--repetitions N] [--plot FILE.svg]\n",
                stderr);
            return 64;
        }
        measure_all(arguments);
        return 0;
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "bench_end_to_end: %s\n", error.what());
        return 70;
    }
}
