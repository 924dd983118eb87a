// bench_commits [--quick] [--seconds N]: how many transactions with events the accounts commit side by side
// where the disk takes its time, with NOTIFY in each of them, as it was before 0.5.0, and rung for apart from
// them. The mirror's own transactions, without an API. Prints Markdown. main → measure_commits → Writers.
#include "bench/commits_writers.hpp"
#include "bench/measure.hpp"

#include "harness/cluster.hpp"

#include <poll.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace simsync::bench
{
namespace
{

using namespace std::chrono;
using namespace std::chrono_literals;

constexpr std::size_t accounts = 32;
constexpr std::size_t default_lanes = 8;

struct Arguments
{
    seconds span{20}; // over which commits are counted
    bool understood = true;
};

Arguments understand(int count, char** words)
{
    Arguments arguments;
    for (int i = 1; i < count; ++i)
    {
        const std::string_view word{words[i]};
        if (word == "--quick")
            arguments.span = 1s;
        else if (word == "--seconds" && i + 1 < count)
            arguments.span = seconds{std::stoul(words[++i])};
        else
            arguments.understood = false;
    }
    return arguments;
}

// What a reader that waits has heard: the newest event of each account.
class Listener
{
public:
    explicit Listener(const std::string& url) : session_(test::connect(url))
    {
        const std::unique_ptr<PGresult, decltype(&PQclear)> answer{
            PQexec(session_.get(), "listen simsync_events"), &PQclear};
        if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK)
            throw std::runtime_error(PQerrorMessage(session_.get()));
    }

    void hear_until(steady_clock::time_point end)
    {
        for (auto now = steady_clock::now(); now < end; now = steady_clock::now())
            hear(ceil<milliseconds>(end - now));
    }

    // Every account's newest, or it is a lost ring.
    void await(const NewestEvents& newest)
    {
        for (const auto end = steady_clock::now() + 10s; heard_ != newest;)
        {
            if (steady_clock::now() > end)
                throw std::runtime_error("a commit was never rung for");
            hear(100ms);
        }
    }

private:
    void hear(milliseconds patience)
    {
        pollfd socket{PQsocket(session_.get()), POLLIN, 0};
        poll(&socket, 1, static_cast<int>(patience.count()));
        PQconsumeInput(session_.get());
        while (const std::unique_ptr<PGnotify, decltype(&PQfreemem)> told{
            PQnotifies(session_.get()), &PQfreemem})
            note(told->extra);
    }

    void note(std::string_view payload)
    {
        const auto colon = payload.rfind(':');
        auto& seq = heard_[std::string(payload.substr(0, colon))];
        std::from_chars(payload.data() + colon + 1, payload.data() + payload.size(), seq);
    }

    test::Session session_;
    NewestEvents heard_;
};

// Each account has a commit to make all the time. PostgreSQL waits 5 ms before it flushes, in the place in
// which it would wait for a slow disk: with all locks of the transaction held, those of NOTIFY too.
struct Spent
{
    Spent(const Writers& writers, const test::Cluster& cluster)
        : commits(static_cast<double>(writers.commits())),
          client(cpu_of(getpid())),
          server(cpu_of(cluster))
    {
    }

    double commits;
    double client; // CPU seconds
    double server;
};

struct Rate
{
    double commits = 0; // a second
    double client = 0;  // CPU milliseconds a commit
    double server = 0;
};

Rate rate_of_commits(std::size_t lanes, Notifies how, seconds span)
{
    test::Cluster cluster(std::vector<std::string>{"fsync=on", "commit_delay=5000", "commit_siblings=0"});
    const auto url = cluster.mirror_database();
    Listener listener(url);
    Writers writers(url, accounts, lanes, how);
    const auto began = steady_clock::now();
    const Spent before{writers, cluster};
    listener.hear_until(began + span);
    const Spent after{writers, cluster};
    const duration<double> took = steady_clock::now() - began;
    listener.await(writers.stop());
    const auto commits = after.commits - before.commits;
    return {
        commits / took.count(), (after.client - before.client) / commits * 1'000,
        (after.server - before.server) / commits * 1'000};
}

void measure_commits(seconds span)
{
    std::printf(
        "Commits/s of %zu accounts, each with a changed SIM and its event, 5 ms a commit; CPU ms a commit, "
        "simsync's + "
        "PostgreSQL's\n\n"
        "| lanes | NOTIFY in each commit | CPU | rung for apart | CPU |\n|---|---|---|---|---|\n",
        accounts);
    for (const auto lanes : {default_lanes, accounts})
    {
        std::printf("| %zu |", lanes);
        for (const auto how : {Notifies::in_each_commit, Notifies::apart})
        {
            const auto rate = rate_of_commits(lanes, how, span);
            std::printf(" %.0f | %.2f + %.2f |", rate.commits, rate.client, rate.server);
            std::fflush(stdout);
        }
        std::printf("\n");
    }
}

} // namespace
} // namespace simsync::bench

int main(int argc, char** argv)
try
{
    const auto arguments = simsync::bench::understand(argc, argv);
    if (!arguments.understood)
    {
        std::fputs("usage: bench_commits [--quick] [--seconds N]\n", stderr);
        return 64;
    }
    simsync::bench::measure_commits(arguments.span);
}
catch (const std::exception& error)
{
    std::fprintf(stderr, "bench_commits: %s\n", error.what());
    return 70;
}
