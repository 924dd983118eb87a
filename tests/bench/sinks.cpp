// bench_sinks [--quick]: how fast a webhook is told of what waits for it, at a receiver that takes 20 ms,
// from one request at a time to the default and to batches; and how fast a stream of NATS JetStream is, of
// one server and of three on this machine, each of which writes it to disk.
#include "api/server.hpp"
#include "bench/ground.hpp"
#include "bench/measure.hpp"
#include "harness/nats_servers.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
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

constexpr auto receiver_takes = 20ms;

class Receiver
{
public:
    ~Receiver()
    {
        io_.stop();
        thread_.join();
    }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()) + "/hook"; }

private:
    static Reaction take(const Request&)
    {
        auto taken = reply(204, "");
        taken.after = receiver_takes;
        return taken;
    }

    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
    Server server_{io_, take};
    std::thread thread_{[this] { io_.run(); }};
};

struct Way
{
    const char* name;
    const char* keys;
    std::size_t events;
};

constexpr Way ways[]{
    {"one at a time", "concurrency = 1\n", 300},
    {"as it is set", "", 30'000},
    {"batches of 100", "batch = 100\n", 100'000},
};

void await(const std::string& url, const std::string& query, const std::string& answer)
{
    const auto end = SteadyClock::now() + 300s;
    while (test::run_sql(url, query) != answer)
    {
        if (SteadyClock::now() > end)
            throw std::runtime_error("it never is " + answer + ": " + query);
        std::this_thread::sleep_for(20ms); // each look is a new server process: it must not disturb
    }
}

// So many events of 20,000 SIMs in turn, as the mirror writes them.
void emit(const std::string& url, std::size_t events)
{
    const auto count = std::to_string(events);
    test::run_sql(
        url,
        "with next as (update simsync.ledger set last_seq = last_seq + " + count +
            " returning account, last_seq - " + count +
            " as seq) insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, "
            "recorded_at, before, after, cause) select account, next.seq + n, 'balance.changed', 'info', "
            "(10000000 + n % 20000)::text, now(), now(), '{\"balance\": \"5.10\"}', "
            "'{\"balance\": \"4.90\"}', 'sweep' from next, generate_series(1, " +
            count + ") n");
    test::run_sql(url, "notify simsync_events");
}

// `sink`: its type, its url and what else it has.
void measure(const std::string& name, const std::string& sink, std::size_t events)
{
    const test::Folder folder;
    const Api api(100, folder);
    const auto url = cluster().mirror_database();
    test::run(program(folder, url, api, {}, "sync"), folder / "sync.log");
    const auto daemon = program(folder, url, api, {.sweep_interval = "1h"}, "run");
    std::ofstream(folder / "simsync.toml", std::ios::app) << "[[sink]]\nname = \"pager\"\n" << sink;
    test::Process process(daemon, folder / "daemon.log");
    await(url, "select count(*) from simsync.consumer", "1");
    const auto cpu = cpu_of(process.id());
    emit(url, events);
    const auto began = SteadyClock::now();
    await(
        url,
        "select bool_and(acked_seq = last_seq) from simsync.consumer join simsync.ledger using (account)",
        "t");
    const std::chrono::duration<double> took = SteadyClock::now() - began;
    const auto count = static_cast<double>(events);
    std::printf(
        "| %s | %.0f | %.0f |\n", name.c_str(), count / took.count(),
        (cpu_of(process.id()) - cpu) / count * 1'000'000);
    std::fflush(stdout);
}

void measure_way(const Way& way, std::size_t events)
{
    const Receiver receiver;
    measure(
        std::string("webhook, ") + way.name,
        "type = \"webhook\"\nurl = \"" + receiver.url() + "\"\n" + way.keys, events);
}

void measure_nats(std::size_t servers, std::size_t events)
{
    test::NatsServers nats{servers};
    nats.add_stream("SIM", "simsync.>");
    measure(
        "NATS, a stream on " + std::to_string(servers), "type = \"nats\"\nurl = \"" + nats.url() + "\"\n",
        events);
    if (nats.count("SIM") != events)
        throw std::runtime_error("the stream does not hold every event once");
}

} // namespace
} // namespace simsync::bench

int main(int argc, char** argv)
try
{
    const bool quick = argc == 2 && std::string_view(argv[1]) == "--quick";
    std::puts("| a sink; a webhook's receiver takes 20 ms | events/s | CPU us an event |\n|---|---|---|");
    for (const auto& way : simsync::bench::ways)
        simsync::bench::measure_way(way, quick ? 50 : way.events);
    for (const std::size_t servers : {std::size_t{1}, std::size_t{3}})
        simsync::bench::measure_nats(servers, quick ? 50 : 200'000);
}
catch (const std::exception& error)
{
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
