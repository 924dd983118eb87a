// bench_wide [--quick] [--simsync [NAME=]PATH]... [--accounts N,N,…] [--instances N,N,…] [--seconds N]
//            [--only idle|drain|follow]: where one machine ends. Each simsync is measured in turn, so that
// before and after stand in one table. Prints Markdown. main → Site → measure.
#include "bench/measure.hpp"
#include "bench/wide_follow.hpp"
#include "bench/wide_site.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <thread>

namespace simsync::bench
{
namespace
{

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Program
{
    std::string name;
    std::string path;
};

struct Arguments
{
    std::vector<Program> programs;
    std::vector<std::size_t> accounts{150, 400, 1'000};
    std::vector<std::size_t> instances{1, 2, 3};
    std::chrono::seconds span{30};     // over which rates are taken
    std::chrono::seconds patience{60}; // without any progress, until what does not lead never will
    std::size_t events = 2'000;        // of each account that is behind
    std::string only;
    bool understood = true;
};

std::vector<std::size_t> numbers(const std::string& list)
{
    std::vector<std::size_t> found;
    std::istringstream text(list);
    for (std::string number; std::getline(text, number, ',');)
        found.push_back(std::stoul(number));
    return found;
}

// "before=/old/simsync", or the path alone: then what it says of itself.
Program program_of(const std::string& word)
{
    if (const auto at = word.find('='); at != std::string::npos)
        return {word.substr(0, at), word.substr(at + 1)};
    const test::Folder folder;
    test::run({word, "version"}, folder / "version");
    return {first_line_of(folder / "version"), word};
}

Arguments understand(const std::vector<std::string>& words)
{
    Arguments arguments;
    for (std::size_t i = 0; i < words.size(); ++i)
    {
        const bool has_value = i + 1 < words.size();
        if (words[i] == "--quick")
        {
            // Small enough for CI: that it works, not how fast.
            arguments.accounts = {3};
            arguments.instances = {2};
            arguments.span = 1s;
            arguments.patience = 20s;
            arguments.events = 20;
        }
        else if (words[i] == "--simsync" && has_value)
            arguments.programs.push_back(program_of(words[++i]));
        else if (words[i] == "--accounts" && has_value)
            arguments.accounts = numbers(words[++i]);
        else if (words[i] == "--instances" && has_value)
            arguments.instances = numbers(words[++i]);
        else if (words[i] == "--seconds" && has_value)
            arguments.span = std::chrono::seconds{std::stoul(words[++i])};
        else if (words[i] == "--only" && has_value)
            arguments.only = words[++i];
        else
            arguments.understood = false;
    }
    if (arguments.programs.empty())
        arguments.programs.push_back(program_of(SIMSYNC_PROGRAM));
    return arguments;
}

// Looks until it counts so many, or until the count has not risen for as long as we are patient. How long it
// took; the count itself is looked at by who asks.
double
await_count(std::size_t wanted, std::chrono::seconds patience, const std::function<std::size_t()>& count)
{
    const auto began = SteadyClock::now();
    auto risen = began;
    for (std::size_t most = 0; SteadyClock::now() - risen < patience;)
    {
        const auto now = count();
        if (now >= wanted)
            break;
        if (now > most)
            risen = SteadyClock::now();
        most = std::max(most, now);
        std::this_thread::sleep_for(100ms);
    }
    return Seconds(SteadyClock::now() - began).count();
}

std::string shares(const Site& site)
{
    const auto led = site.led();
    std::string text;
    for (std::size_t i = 0; i < site.width().instances; ++i)
        text += (i == 0 ? "" : "/") + std::to_string(led.contains(i) ? led.at(i) : 0);
    return text;
}

// Each within a tenth of its fair share.
bool even(const Site& site)
{
    const auto led = site.led();
    const auto fair =
        static_cast<double>(site.width().accounts) / static_cast<double>(site.width().instances);
    for (std::size_t i = 0; i < site.width().instances; ++i)
        if (!led.contains(i) || std::abs(static_cast<double>(led.at(i)) - fair) > fair / 10)
            return false;
    return true;
}

std::size_t busiest(const Site& site)
{
    const auto led = site.led();
    const auto most = std::ranges::max_element(led, {}, [](const auto& each) { return each.second; });
    return most == led.end() ? 0 : most->first;
}

// The rest of the row: what comes of a kill -9, and of the return of the one that was killed.
void measure_a_return(Site& site, const Arguments& arguments, std::size_t led)
{
    const auto victim = busiest(site);
    site.kill(victim);
    const auto taken = await_count(led, arguments.patience, [&] { return site.led_by_the_living(); });
    if (const auto lacking = led - std::min(led, site.led_by_the_living()); lacking > 0)
        std::printf(" %zu never |", lacking);
    else
        std::printf(" %.1f |", taken);
    std::fflush(stdout);
    site.start(victim);
    const auto back = SteadyClock::now();
    std::optional<double> evened;
    const auto look_until = [&](SteadyClock::time_point until)
    {
        for (; !evened && SteadyClock::now() < until; std::this_thread::sleep_for(250ms))
            if (even(site))
                evened = Seconds(SteadyClock::now() - back).count();
        std::this_thread::sleep_until(until);
    };
    look_until(back + 2 * arguments.span);
    std::printf(" %s |", shares(site).c_str());
    std::fflush(stdout);
    if (!evened)
        look_until(back + 6 * arguments.span);
    std::printf(" %s |\n", evened ? std::to_string(std::lround(*evened)).c_str() : "not yet");
    std::fflush(stdout);
}

// One row: what the accounts cost while nothing changes, and what comes of a kill -9.
void measure_idle(
    const Program& program, const Arguments& arguments, std::size_t accounts, std::size_t instances)
{
    Width width;
    width.accounts = accounts;
    width.instances = instances;
    Site site(program.path, width);
    for (std::size_t i = 0; i < instances; ++i)
        site.start(i);
    const auto ready = await_count(
        accounts, arguments.patience, [&] { return std::min(site.led_by_the_living(), site.swept()); });
    const auto led = site.led_by_the_living();
    const bool all = led >= accounts && site.swept() >= accounts;
    const auto at_first = shares(site);

    const auto before = site.spent();
    std::this_thread::sleep_for(arguments.span);
    const auto after = site.spent();
    const auto span = Seconds(arguments.span).count();
    std::printf(
        "| %s | %zu × %zu | %zu: %s | %s | %zu | %.0f | %.2f + %.2f |", program.name.c_str(), accounts,
        instances, led, at_first.c_str(), all ? std::to_string(std::lround(ready)).c_str() : "never",
        site.connections(), (after.transactions - before.transactions) / span,
        (after.daemons - before.daemons) / span, (after.database - before.database) / span);
    std::fflush(stdout);
    if (instances == 1)
    {
        std::printf(" | | |\n");
        return;
    }
    measure_a_return(site, arguments, led);
}

void measure_all_idle(const Arguments& arguments)
{
    std::printf(
        "\nAccounts of 20 SIMs, a sweep a minute, nothing changes; PostgreSQL with its default settings. "
        "Rates over %lld s. \"Back\": the instance that was killed is started again; %lld s later each leads "
        "so "
        "many, and after so many seconds each led its share within 10 %%\n\n"
        "| simsync | accounts × instances | led: by each | all led and swept after s | connections | "
        "transactions/s | cores: simsync + PostgreSQL | s after kill -9 | back: led by each | even after s "
        "|\n"
        "|---|---|---|---|---|---|---|---|---|---|\n",
        static_cast<long long>(arguments.span.count()), static_cast<long long>(2 * arguments.span.count()));
    for (const auto accounts : arguments.accounts)
        for (const auto instances : arguments.instances)
            for (const auto& program : arguments.programs)
                measure_idle(program, arguments, accounts, instances);
}

// 150 accounts, each of which has so many events that a consumer has not read.
constexpr std::size_t behind = 150;

void fill(const std::string& url, std::size_t events)
{
    const auto accounts = std::to_string(behind);
    const auto each = std::to_string(events);
    test::run_sql(
        url, "insert into simsync.ledger (account, endpoint, last_seq) select 'a' || i, 'x', " + each +
                 " from generate_series(1, " + accounts + R"() i; select simsync.ensure_partitions(now()))");
    test::run_sql(
        url,
        R"(insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, recorded_at, cause)
           select 'a' || i, s, 'sim.added', 'info', s::text, now(), now() - interval '1 hour' + s * interval '1 s', 'sweep'
             from generate_series(1, )" +
            accounts + ") i, generate_series(1, " + each + ") s");
    test::run_sql(url, "vacuum analyze simsync.change_event");
    // Events a second, with `most` at a time, for at most so many turns.
    test::run_sql(url, R"(
        create function public.drain(consumer text, most integer, turns integer) returns numeric language plpgsql as $$
        declare
            began timestamptz := clock_timestamp();
            told  bigint := 0;
            got   bigint;
            each  record;
        begin
            for turn in 1..turns loop
                got := 0;
                for each in select account, max(seq) as upto, count(*) as n
                              from simsync.read_events(consumer, most) group by account loop
                    perform simsync.ack_events(consumer, each.account, each.upto);
                    got := got + each.n;
                end loop;
                told := told + got;
                exit when got = 0;
            end loop;
            return round(told / extract(epoch from clock_timestamp() - began));
        end $$)");
}

void measure_drains(const Arguments& arguments)
{
    std::printf(
        "\n`read_events` and `ack_events`, %zu accounts of %zu events behind, events/s\n\n| simsync | 100 at "
        "a time | "
        "1,000 | 10,000 |\n|---|---|---|---|\n",
        behind, arguments.events);
    for (const auto& program : arguments.programs)
    {
        Width width;
        width.accounts = width.instances = 0; // rows alone
        const Site site(program.path, width);
        fill(site.url(), arguments.events);
        std::printf("| %s |", program.name.c_str());
        for (const std::size_t most : {100U, 1'000U, 10'000U})
        {
            const auto rate = test::run_sql(
                site.url(), "select public.drain('c" + std::to_string(most) + "', " + std::to_string(most) +
                                ", " + std::to_string(std::max<std::size_t>(20, 20'000 / most)) + ")");
            std::printf(" %s |", rate.c_str());
            std::fflush(stdout);
        }
        std::printf("\n");
    }
}

bool knows_subscribers(const Program& program)
{
    const test::Folder folder;
    test::run({program.path, "help", "migrate"}, folder / "help");
    std::ifstream help(folder / "help");
    const std::string text{std::istreambuf_iterator<char>(help), {}};
    return text.find("--subscriber") != std::string::npos;
}

void measure_following(const Arguments& arguments)
{
    std::printf(
        "\nFrom the beginning of a transaction with an event to a client that LISTENs at a subscriber, %zu "
        "one after the other\n\n"
        "| simsync | ms, median | 99th percentile | longest | until it is committed: median, 99th percentile "
        "|\n"
        "|---|---|---|---|---|\n",
        arguments.events);
    for (const auto& program : arguments.programs)
    {
        if (!knows_subscribers(program))
        {
            std::printf("| %s | none yet | | | |\n", program.name.c_str());
            continue;
        }
        const auto ways = ways_to_subscriber(program.path, arguments.events);
        std::printf(
            "| %s | %.1f | %.1f | %.1f | %.1f, %.1f |\n", program.name.c_str(), 1'000 * median(ways.told),
            1'000 * percentile(ways.told, 0.99), 1'000 * percentile(ways.told, 1),
            1'000 * median(ways.committed), 1'000 * percentile(ways.committed, 0.99));
    }
}

void measure(const Arguments& arguments)
{
    // Daemons and simulator hold a connection or more for each account.
    rlimit descriptors{};
    getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = descriptors.rlim_max;
    setrlimit(RLIMIT_NOFILE, &descriptors);

    if (arguments.only.empty() || arguments.only == "idle")
        measure_all_idle(arguments);
    if (arguments.only.empty() || arguments.only == "drain")
        measure_drains(arguments);
    if (arguments.only.empty() || arguments.only == "follow")
        measure_following(arguments);
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
                "usage: bench_wide [--quick] [--simsync [NAME=]PATH]... [--accounts N,N,...] [--instances "
                "N,N,...] "
                "[--seconds N] [--only idle|drain|follow]\n",
                stderr);
            return 64;
        }
        measure(arguments);
        return 0;
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "bench_wide: %s\n", error.what());
        return 70;
    }
}
