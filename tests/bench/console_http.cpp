// `simsync run` as a browser meets it, over a socket of its own.
#include "bench/console_http.hpp"

#include "bench/ground.hpp"
#include "bench/measure.hpp"
#include "daemon/web_client.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <vector>

namespace simsync::bench
{
namespace
{

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto patience = 300s;
constexpr auto between_looks = 100ms;

std::string text_of(const std::filesystem::path& file)
{
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void replace_in(const std::filesystem::path& file, const std::string& from, const std::string& to)
{
    auto text = text_of(file);
    text.replace(text.find(from), from.size(), to);
    std::ofstream(file) << text;
}

// The daemon with a port of its own.
class Served
{
public:
    Served(const test::Folder& folder, const test::Command& command)
        : log_(folder / "daemon.log"),
          process_(
              (replace_in(folder / "simsync.toml", "listen = \"\"", "listen = \"127.0.0.1:0\""), command),
              log_)
    {
        const auto end = SteadyClock::now() + patience;
        for (std::size_t at = std::string::npos; at == std::string::npos;
             std::this_thread::sleep_for(between_looks))
        {
            if (process_.has_ended() || SteadyClock::now() > end)
                throw std::runtime_error("the daemon does not listen: " + text_of(log_));
            const auto text = text_of(log_);
            at = text.find("port=");
            if (at != std::string::npos)
                port_ = static_cast<std::uint16_t>(std::stoul(text.substr(at + 5)));
        }
    }

    std::uint16_t port() const noexcept { return port_; }

private:
    std::filesystem::path log_;
    test::Process process_;
    std::uint16_t port_ = 0;
};

void print(const std::string& what, const std::vector<double>& times)
{
    std::printf("| %s | %.1f | %.1f |\n", what.c_str(), median(times), percentile(times, 0.95));
    std::fflush(stdout);
}

double milliseconds_of(const std::function<void()>& act)
{
    const auto start = SteadyClock::now();
    act();
    return std::chrono::duration<double, std::milli>(SteadyClock::now() - start).count();
}

void ask(Client& client, const std::string& path)
{
    const auto status = client.get(path).status;
    if (status != 200)
        throw std::runtime_error(path + " was answered " + std::to_string(status));
}

// Over one connection, as a browser keeps it; the first answer is not counted.
void measure_path(std::uint16_t port, const std::string& what, const std::string& path, std::size_t times)
{
    Client client{port};
    ask(client, path);
    std::vector<double> taken;
    for (std::size_t i = 0; i < times; ++i)
        taken.push_back(milliseconds_of([&] { ask(client, path); }));
    print(what, taken);
}

// One event of account "main", committed and notified as the daemon does it.
std::string one_event()
{
    return R"(
        with next as (update simsync.ledger set last_seq = last_seq + 1 where account = 'main' returning last_seq),
             told as (insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, recorded_at, cause)
                      select 'main', last_seq, 'sim.blocked', 'warning', '10000420', now(), clock_timestamp(), 'sweep'
                        from next returning seq)
        select pg_notify('simsync_events', 'main:' || seq) from told)";
}

void measure_stream(std::uint16_t port, const std::string& url, std::size_t events)
{
    Client follower{port};
    follower.send("GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    if (follower.receive_header().status != 200)
        throw std::runtime_error("the stream was refused");
    const auto until_change = [&]
    {
        for (std::string text; text.find("event: change") == std::string::npos;)
            text += follower.receive_chunk().value();
    };
    const auto writer = test::connect(url);
    const auto write = [&] { PQclear(PQexec(writer.get(), one_event().c_str())); };
    std::this_thread::sleep_for(2s); // until it follows: what was committed before is not told
    write();
    until_change();
    std::vector<double> taken;
    for (std::size_t i = 0; i < events; ++i)
    {
        std::this_thread::sleep_for(std::chrono::milliseconds{17 * i % 100});
        taken.push_back(milliseconds_of(
            [&]
            {
                write();
                until_change();
            }));
    }
    print("an event, from before its commit to a page that follows", taken);
}

void measure_answers(const std::string& url, const Looks& looks)
{
    const test::Folder folder;
    const Api api(1'000, folder);
    const auto command = program(folder, url, api, {.sweep_interval = "1h"}, "run");
    replace_in(folder / "simsync.toml", api.url(), "http://127.0.0.1:1"); // the mirror stays as it is
    const Served daemon(folder, command);
    const auto path = [&](const std::string& what, const std::string& asked)
    { measure_path(daemon.port(), what, asked, looks.asked); };
    path("the page itself", "/");
    path("/api/session", "/api/session");
    path("/api/overview, counted before", "/api/overview");
    path("/api/sims, the first page", "/api/sims");
    path("/api/sims?state=blocked", "/api/sims?state=blocked");
    path("one SIM", "/api/sims/main/10000420");
    path("its balances and forecast", "/api/sims/main/10000420/balances");
    path("/api/events without balances", "/api/events?kind=-balance.changed,-data_balance.changed");
    path("its events", "/api/events?sim=10000420");
    measure_stream(daemon.port(), url, looks.events);
}

double median_sweep(const std::string& url, std::size_t sweeps)
{
    const auto count = "select count(*) from simsync.sweep where outcome = 'complete'";
    const auto begun = std::stoul(test::run_sql(url, count));
    const auto end = SteadyClock::now() + patience;
    while (std::stoul(test::run_sql(url, count)) < begun + sweeps)
    {
        if (SteadyClock::now() > end)
            throw std::runtime_error("the daemon does not sweep");
        std::this_thread::sleep_for(1s); // each look is a new server process: it must not disturb
    }
    return 1000 *
           std::stod(test::run_sql(
               url, "select percentile_cont(0.5) within group (order by extract(epoch from finished_at - "
                    "started_at))"
                    "  from (select * from simsync.sweep where outcome = 'complete' order by id desc limit " +
                        std::to_string(sweeps) + ") last"));
}

// A page that follows the events, and asks for the overview and a list as often as it is told of a sweep.
void look(std::uint16_t port, const std::atomic<bool>& over)
{
    Client follower{port};
    follower.send("GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    follower.receive_header();
    for (Client client{port}; !over; std::this_thread::sleep_for(2s))
    {
        client.get("/api/overview");
        client.get("/api/sims?state=low&sort=balance");
    }
}

void measure_beside_viewers(const Looks& looks)
{
    const test::Folder folder;
    const Api api(looks.sims, folder);
    const auto url = cluster().mirror_database();
    const Served daemon(folder, program(folder, url, api, {.sweep_interval = "1s"}, "run"));
    median_sweep(url, 2);
    const auto alone = median_sweep(url, looks.sweeps);
    std::atomic<bool> over = false;
    std::vector<std::thread> viewers;
    for (std::size_t i = 0; i < looks.viewers; ++i)
        viewers.emplace_back(look, daemon.port(), std::cref(over));
    const auto beside = median_sweep(url, looks.sweeps);
    over = true;
    for (auto& viewer : viewers)
        viewer.join();
    std::printf(
        "\nA sweep of %zu SIMs that finds nothing changed, median of %zu: %.0f ms; beside %zu viewers: %.0f "
        "ms\n",
        looks.sims, looks.sweeps, alone, looks.viewers, beside);
}

} // namespace

void measure_http(const std::string& url, const Looks& looks)
{
    std::printf("\nOver HTTP, at a daemon:\n\n| | ms, median | ms, 95th percentile |\n|---|---|---|\n");
    measure_answers(url, looks);
    measure_beside_viewers(looks);
}

} // namespace simsync::bench
