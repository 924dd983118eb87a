// `simsync run` over a PostgreSQL that fails: it lives, says so once, and goes on by itself.
#include "e2e/daemon.hpp"
#include "harness/small_disk.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace simsync::test
{
namespace
{

using testing::HasSubstr;

std::string random_text(std::size_t length)
{
    static std::minstd_rand generator{1};
    std::string text;
    while (text.size() < length)
        text += static_cast<char>('a' + generator() % 26);
    return text;
}

class Database : public testing::Test
{
protected:
    void begin(std::vector<std::string> settings = {})
    {
        cluster.emplace(std::move(settings));
        setting.emplace(sims, simulator::ServerOptions{}, *cluster);
        setting->set("alert", "stale_after", "\"1s\"");
    }

    std::string as_daemon() { return cluster->as_member_of("simsync_writer", setting->url()); }

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
    void expect_that_it_is_told_once(const std::string& hint)
    {
        daemon->program().await_err(hint);
        while (errors_counted().size() < 2 && errors_counted() < "3")
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        EXPECT_THAT(daemon->get("/healthz").status, HasSubstr("200"));
        await_answer("/readyz", "503");
        EXPECT_EQ(occurrences(daemon->program().err(), hint), 1U) << daemon->program().err();
    }

    // A change of now is told, numbers have no gap, and it is ready again.
    void expect_that_it_goes_on(const std::string& url)
    {
        setting->change(7, [](simulator::Simcard& sim) { sim.description = "after the relief"; });
        await_sql(url,
                  "select count(*) from simsync.change_event where after->>'description' = "
                  "'after the relief'",
                  "1");
        await_answer("/readyz", "200");
        EXPECT_EQ(run_sql(url, "select count(*) = max(seq) from simsync.change_event"), "t");
        EXPECT_EQ(daemon->stop(), 0);
    }

    static constexpr std::size_t sims = 300;
    std::optional<Cluster> cluster;
    std::optional<Setting> setting;
    std::optional<Daemon> daemon;
};

TEST_F(Database, that_is_away_is_waited_for)
{
    begin();
    daemon.emplace(*setting);
    daemon->await_sweep("complete");
    cluster->stop_immediately();
    expect_that_it_is_told_once("check that PostgreSQL runs");
    cluster->start();
    expect_that_it_goes_on(setting->url());
}

TEST_F(Database, whose_disk_is_full_is_written_again_when_there_is_room)
{
    if (geteuid() != 0)
        GTEST_SKIP() << "only root can mount a small disk";
    const SmallDisk disk{32};
    begin();
    const auto name = setting->sql("select current_database()");
    const auto elsewhere = setting->url() + " dbname=template1";
    run_sql(elsewhere, "create tablespace small location '" + disk.folder().string() + '\'');
    run_sql(elsewhere, "alter database " + name + " set tablespace small");
    daemon.emplace(*setting);
    daemon->await_sweep("complete");

    disk.fill();
    for (std::size_t i = 0; i < sims; ++i)
        setting->change(i, [](simulator::Simcard& sim) { sim.description = random_text(1'500); });
    expect_that_it_is_told_once("Check free disk space");
    disk.relieve();
    setting->await_sql(
        "select count(distinct sim) from simsync.change_event where kind = 'attributes.changed'",
        std::to_string(sims));
    expect_that_it_goes_on(setting->url());
}

TEST_F(Database, without_a_free_connection_is_waited_for_at_the_start_and_later)
{
    begin({"max_connections=8"}); // three of them are for superusers
    std::vector<Session> others;
    const auto occupy = [&]
    {
        while (others.size() < 5)
            if (auto session = connect(as_daemon()); PQstatus(session.get()) == CONNECTION_OK)
                others.push_back(std::move(session));
            else
                setting->sql("select pg_terminate_backend(pid, 10000) from pg_stat_activity where "
                             "application_name = 'simsync'");
    };
    occupy();
    daemon.emplace(*setting);
    daemon->program().await_err("out of connections");
    others.clear();
    daemon->await_sweep("complete");

    occupy();
    await_answer("/readyz", "503");
    EXPECT_THAT(daemon->get("/healthz").status, HasSubstr("200"));
    others.clear();
    expect_that_it_goes_on(setting->url());
}

TEST_F(Database, whose_table_is_locked_for_longer_than_we_wait_is_asked_again)
{
    begin();
    daemon.emplace(*setting);
    daemon->await_sweep("complete");
    const auto locker = connect(setting->url());
    PQclear(PQexec(locker.get(), "begin; lock table simsync.sim in access exclusive mode"));
    setting->change(7, [](simulator::Simcard& sim) { sim.description = "behind a lock"; });

    const std::string waiting = "select coalesce(max(xact_start::text), '') from pg_stat_activity where "
                                "application_name = 'simsync' and wait_event_type = 'Lock'";
    const auto await_waiting = [&](const std::string& not_since)
    {
        std::string since;
        while ((since = setting->sql(waiting)).empty() || since == not_since)
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        return since;
    };
    await_waiting(await_waiting("")); // a second transaction: the first one gave up
    PQclear(PQexec(locker.get(), "rollback"));
    expect_that_it_goes_on(setting->url());
    EXPECT_EQ(occurrences(daemon->program().err(), "leads the account"), 2U)
        << "it never lost the lease, but at its end";
}

TEST_F(Database, that_is_a_standby_is_written_when_it_is_promoted)
{
    begin();
    ASSERT_EQ(setting->run({"sync"}).code, 0);
    const auto in_primary = as_daemon();
    Cluster standby{Cluster::StandbyOf{*cluster}};
    setting->set("database", "url", '"' + standby.here(in_primary) + '"');
    daemon.emplace(*setting);
    expect_that_it_is_told_once("it is read-only");
    cluster->stop_immediately();
    standby.promote();
    expect_that_it_goes_on(standby.here(setting->url()));
}

} // namespace
} // namespace simsync::test
