// `simsync run` over a PostgreSQL of its own, which may fail.
#pragma once

#include "e2e/daemon.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace simsync::test
{

class DaemonOverDatabase : public testing::Test
{
protected:
    void begin(std::vector<std::string> settings = {})
    {
        cluster.emplace(std::move(settings));
        testbed.emplace(sims, simulator::ServerOptions{}, *cluster);
        testbed->set("alert", "stale_after", "\"1s\"");
    }

    std::string as_daemon() { return cluster->as_member_of("simsync_writer", testbed->url()); }

    void await_answer(const std::string& path, const std::string& text)
    {
        std::string last;
        for (int tries = 0; tries < 3'000; ++tries)
        {
            const auto answer = daemon->get(path);
            last = answer.status + '\n' + answer.body;
            if (last.find(text) != std::string::npos)
                return;
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        FAIL() << path << " has no \"" << text << "\":\n" << last;
    }

    std::string errors_counted() { return metric("simsync_database_errors_total{account=\"main\"} "); }

    std::string metric(const std::string& name)
    {
        const auto text = daemon->get("/metrics").body;
        const auto at = text.find(name);
        return at == std::string::npos
                   ? ""
                   : text.substr(at + name.size(), text.find('\n', at) - at - name.size());
    }

    // Alive, degraded, and said once however often it has tried.
    void expect_that_it_is_logged_once(const std::string& hint)
    {
        daemon->program().await_err(hint);
        while (errors_counted().size() < 2 && errors_counted() < "3")
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        EXPECT_THAT(daemon->get("/healthz").status, testing::HasSubstr("200"));
        await_answer("/readyz", "503");
        EXPECT_EQ(occurrences(daemon->program().err(), hint), 1U) << daemon->program().err();
    }

    // A change of now is told, numbers have no gap, and it is ready again.
    void expect_that_it_goes_on(const std::string& url)
    {
        testbed->change(7, [](simulator::Simcard& sim) { sim.description = "after the relief"; });
        await_sql(
            url,
            "select count(*) from simsync.change_event where after->>'description' = "
            "'after the relief'",
            "1");
        await_answer("/readyz", "200");
        EXPECT_EQ(run_sql(url, "select count(*) = max(seq) from simsync.change_event"), "t");
        EXPECT_EQ(daemon->stop(), 0);
    }

    static constexpr std::size_t sims = 300;
    std::optional<Cluster> cluster;
    std::optional<Testbed> testbed;
    std::optional<Daemon> daemon;
};

} // namespace simsync::test
