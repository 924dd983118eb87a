// `simsync run`, as it goes on sweeping. What a sweep took is in its own row; when an event was committed,
// its notification tells.
#include "bench/ground.hpp"
#include "bench/scenarios.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <thread>

namespace simsync::bench
{
namespace
{

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr int latency_ms = 50;
// Which answers that take long ask for.
const Habits latent{500, 8, "1s"};

class Daemon
{
public:
    Daemon(const test::Folder& folder, const Api& api, const Habits& habits, std::size_t accounts = 1)
        : url_(cluster().mirror_database()),
          process_(program(folder, url_, api, habits, "run", accounts), folder / "daemon.log")
    {
        await_sweeps(accounts);
    }

    const std::string& url() const noexcept { return url_; }
    double cpu() { return cpu_of(process_.id()); }

    std::size_t complete_sweeps() const
    {
        return std::stoul(
            test::run_sql(url_, "select count(*) from simsync.sweep where outcome = 'complete'"));
    }

    void await_sweeps(std::size_t sweeps)
    {
        const auto end = SteadyClock::now() + 300s;
        while (complete_sweeps() < sweeps)
        {
            if (process_.has_ended() || SteadyClock::now() > end)
                throw std::runtime_error("the daemon does not sweep");
            std::this_thread::sleep_for(200ms); // each look is a new server process: it must not disturb
        }
    }

    double median_sweep() const
    {
        return std::stod(test::run_sql(url_, R"(
            select percentile_disc(0.5) within group (order by extract(epoch from finished_at - started_at))
              from simsync.sweep where outcome = 'complete' and id > 1)"));
    }

private:
    std::string url_;
    test::Process process_;
};

// A connection that hears of every commit.
class Listener
{
public:
    explicit Listener(const std::string& url) : connection_(test::connect(url))
    {
        PQclear(PQexec(connection_.get(), "listen simsync_events"));
    }

    // Until so many SIMs have been told to be blocked.
    void await_blocked(std::size_t sims)
    {
        for (const auto end = SteadyClock::now() + 60s; SteadyClock::now() < end; await_commit())
            if (blocked() >= sims)
                return;
        throw std::runtime_error("a change made no event");
    }

    std::size_t blocked() const
    {
        const std::unique_ptr<PGresult, decltype(&PQclear)> count{
            PQexec(connection_.get(), "select count(*) from simsync.change_event where kind = 'sim.blocked'"),
            &PQclear};
        return std::stoul(PQgetvalue(count.get(), 0, 0));
    }

private:
    void await_commit()
    {
        pollfd socket{PQsocket(connection_.get()), POLLIN, 0};
        poll(&socket, 1, 1'000);
        PQconsumeInput(connection_.get());
        while (auto* notification = PQnotifies(connection_.get()))
            PQfreemem(notification);
    }

    test::Session connection_;
};

double unchanged_sweep(const Scale& scale, std::size_t sims, Habits habits = {}, int latency = 0)
{
    const test::Folder folder;
    const Api api(sims, folder, latency);
    habits.sweep_interval = scale.sweep_interval;
    Daemon daemon(folder, api, habits);
    daemon.await_sweeps(1 + scale.sweeps);
    return daemon.median_sweep();
}

// Changes come at any phase of a sweep's second: the pause between them is no part of it. A few SIMs are
// blocked from the beginning.
std::vector<double> events_ways(const Scale& scale)
{
    const auto sims = scale.fleets.front();
    const test::Folder folder;
    Api api(sims, folder);
    for (std::size_t i = 0; i < scale.changes; ++i)
        api.block(i * 997, 1, false);
    Daemon daemon(folder, api, {.sweep_interval = scale.sweep_interval});
    Listener listener(daemon.url());
    const auto before = listener.blocked();
    std::vector<double> ways;
    for (std::size_t i = 0; i < scale.changes; ++i)
    {
        std::this_thread::sleep_for(std::chrono::milliseconds{37 * i % 1000});
        const auto changed = SteadyClock::now();
        api.block(i * 997, 1, true);
        listener.await_blocked(before + i + 1);
        ways.push_back(std::chrono::duration<double>(SteadyClock::now() - changed).count());
    }
    return ways;
}

// CPU of the process for one sweep of all its accounts.
double cpu_a_sweep(const Scale& scale, std::size_t sims, std::size_t accounts)
{
    const test::Folder folder;
    const Api api(sims, folder);
    Daemon daemon(folder, api, {.sweep_interval = scale.sweep_interval}, accounts);
    const auto swept = daemon.complete_sweeps();
    const auto cpu = daemon.cpu();
    daemon.await_sweeps(swept + scale.sweeps * accounts);
    const auto used = daemon.cpu() - cpu;
    return used * static_cast<double>(accounts) / static_cast<double>(daemon.complete_sweeps() - swept);
}

// `sim block --from` beside a daemon that leads, as a fresh process; the ids are the first of the fleet.
double bulk(const Scale& scale)
{
    const test::Folder folder;
    Api api(scale.sims_an_account, folder, latency_ms);
    api.block(0, scale.acted_on, false);
    const Habits habits{.sweep_interval = "60s"};
    Daemon daemon(folder, api, habits);
    const auto sims = folder / "sims.txt";
    std::ofstream(sims) << test::run_sql(
        daemon.url(),
        "select string_agg(id, E'\\n') from (select id from simsync.sim order by length(id), id "
        "limit " +
            std::to_string(scale.acted_on) + ") first");
    auto command = program(folder, daemon.url(), api, habits, "sim");
    command.insert(command.end(), {"block", "--from", sims.string()});
    const auto began = SteadyClock::now();
    test::Process acting(command, folder / "bulk.log");
    if (acting.wait() != 0)
        throw std::runtime_error("not all were blocked");
    return std::chrono::duration<double>(SteadyClock::now() - began).count();
}

} // namespace

DaemonTimes measure_daemon(const Scale& scale)
{
    const auto sims = scale.fleets.front();
    DaemonTimes times;
    for (const auto fleet : scale.fleets)
        times.unchanged.push_back(unchanged_sweep(scale, fleet));
    times.latency = unchanged_sweep(scale, sims, latent, latency_ms);
    const auto pages = (sims + latent.page_size - 1) / latent.page_size;
    times.latency_alone =
        static_cast<double>((pages + latent.in_flight - 1) / latent.in_flight) * latency_ms / 1000;
    const auto ways = events_ways(scale);
    times.event_median = median(ways);
    times.event_p99 = percentile(ways, 0.99);
    times.bulk = bulk(scale);
    times.cpu_of_many = cpu_a_sweep(scale, scale.sims_an_account, scale.accounts);
    times.cpu_of_each = cpu_a_sweep(scale, scale.sims_an_account, 1);
    times.cpu_of_large = cpu_a_sweep(scale, scale.accounts * scale.sims_an_account, 1);
    return times;
}

} // namespace simsync::bench
