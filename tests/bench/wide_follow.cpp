#include "bench/wide_follow.hpp"

#include "bench/wide_site.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace simsync::bench
{
namespace
{

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr const char* account = "insert into simsync.ledger (account, endpoint) values ('main', 'x')";
constexpr const char* event = R"(
    with next as (update simsync.ledger set last_seq = last_seq + 1 where account = 'main' returning last_seq)
    insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, recorded_at, cause)
    select 'main', last_seq, 'sim.added', 'info', '1', now(), clock_timestamp(), 'sweep' from next)";

void run_on(PGconn* session, const char* statement)
{
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer{PQexec(session, statement), &PQclear};
    if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK)
        throw std::runtime_error(PQerrorMessage(session));
}

// Of this event, and of no earlier one.
void await_notification(PGconn* session, const std::string& payload)
{
    for (const auto end = SteadyClock::now() + 60s; SteadyClock::now() < end;)
    {
        PQconsumeInput(session);
        while (const std::unique_ptr<PGnotify, decltype(&PQfreemem)> told{PQnotifies(session), &PQfreemem})
            if (told->extra == payload)
                return;
        pollfd socket{PQsocket(session), POLLIN, 0};
        poll(&socket, 1, 1'000);
    }
    throw std::runtime_error("the subscriber is told of nothing");
}

void await_copied(const std::string& url)
{
    for (const auto end = SteadyClock::now() + 60s; SteadyClock::now() < end;
         std::this_thread::sleep_for(20ms))
        if (test::run_sql(url, "select bool_and(srsubstate = 'r') from pg_subscription_rel") == "t")
            return;
    throw std::runtime_error("the first copy does not end");
}

} // namespace

Ways ways_to_subscriber(const std::string& program, std::size_t events)
{
    const test::Folder folder;
    test::Cluster publishing(
        std::vector<std::string>{"fsync=on", "shared_buffers=128MB", "wal_level=logical"});
    test::Cluster following(std::vector<std::string>{"fsync=on", "shared_buffers=128MB"});
    const auto here = publishing.empty_database();
    const auto there = following.empty_database();
    migrate_by(program, folder, here, "--publisher");
    migrate_by(program, folder, there, "--subscriber");
    test::run_sql(here, account);
    test::run_sql(here, "select simsync.ensure_partitions(now())");
    test::run_sql(there, "create subscription bench connection '" + here + "' publication simsync");
    await_copied(there);

    const auto writer = test::connect(here);
    const auto reader = test::connect(there);
    run_on(reader.get(), "listen simsync_events");
    Ways ways;
    for (std::size_t i = 1; i <= events; ++i)
    {
        const auto begun = SteadyClock::now();
        run_on(writer.get(), event);
        ways.committed.push_back(std::chrono::duration<double>(SteadyClock::now() - begun).count());
        await_notification(reader.get(), "main:" + std::to_string(i));
        ways.told.push_back(std::chrono::duration<double>(SteadyClock::now() - begun).count());
    }
    test::run_sql(there, "drop subscription bench");
    return ways;
}

} // namespace simsync::bench
