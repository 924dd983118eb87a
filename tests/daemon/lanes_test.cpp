// Accounts on their lanes, and the watch over all of them, against a real PostgreSQL.
#include "daemon/lanes.hpp"
#include "daemon/watcher.hpp"
#include "harness/cluster.hpp"
#include "simsync/store/records.hpp"
#include "sync/database_thread.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace simsync::test
{
namespace
{

using boost::asio::awaitable;
using testing::ElementsAre;

const std::string endpoint = "https://api.example";

// What daemon/account does with its lane, and no more.
struct Tenant
{
    Tenant(Lanes& lanes, std::string with, Ring ring)
        : name(std::move(with)),
          seat(
              lanes, {[this] { return database.number(); }, [this] { ++answers; },
                      [this](const std::exception_ptr&) { ++losses; }}),
          database(seat.lane(), std::move(ring))
    {
    }

    std::string name;
    int answers = 0;
    int losses = 0;
    Lanes::Seat seat;
    DatabaseThread database;
};

class LanesTest : public testing::Test
{
protected:
    // Runs to its end on this thread; the keepers of the lanes go on meanwhile.
    template<class T>
    T run(awaitable<T> work)
    {
        auto result = boost::asio::co_spawn(io, std::move(work), boost::asio::use_future);
        io.restart();
        while (result.wait_for(std::chrono::seconds{0}) != std::future_status::ready)
            io.run_one();
        return result.get();
    }

    void run_until(const std::function<bool()>& is_so)
    {
        io.restart();
        while (!is_so())
            io.run_one();
    }

    Tenant& tenant(const std::string& name)
    {
        return tenants.emplace_back(
            lanes, name, [this](const std::string& account, std::int64_t seq) { rung[account] = seq; });
    }

    bool lead(Tenant& tenant)
    {
        run(tenant.database.connect(url, tenant.name));
        return run(tenant.database([](Mirror& mirror) { return mirror.try_lead(endpoint); }));
    }

    void emit(Tenant& tenant)
    {
        Event event;
        event.kind = Kind::sim_added;
        event.sim = "1";
        event.observed_at = parse_date("2026-07-01T12:00:00Z").value();
        run(tenant.database.transact([&](Transaction& transaction)
                                     { transaction.append(std::vector{event}); }));
    }

    // The server's process behind each account's lease.
    std::map<std::string, std::string> backends()
    {
        std::map<std::string, std::string> all;
        for (const auto& each : tenants)
            all[each.name] = run_sql(
                url, "select coalesce(min(pid)::text, '') from pg_locks where locktype = 'advisory' and "
                     "objid::bigint = hashtext('" +
                         each.name + "')::bigint & 4294967295 and objsubid = 2");
        return all;
    }

    void end(const std::string& backend)
    {
        run_sql(url, "select pg_terminate_backend(" + backend + ", 10000)");
    }

    const std::string url = Cluster::shared().mirror_database();
    boost::asio::io_context io{1};
    Lanes lanes{io.get_executor(), 3};
    std::map<std::string, std::int64_t> rung; // each of a thread of its own: touched by one at a time
    std::deque<Tenant> tenants;
};

TEST_F(LanesTest, WhoeverFindsRoomHasALaneOfTheirOwnAndAllOthersShareEvenly)
{
    for (const auto* name : {"a", "b", "c", "d", "e", "f"})
        ASSERT_TRUE(lead(tenant(name)));
    std::map<std::string, int> accounts_on;
    for (const auto& [account, backend] : backends())
        ++accounts_on[backend];
    EXPECT_EQ(accounts_on.size(), 3U);
    for (const auto& [backend, accounts] : accounts_on)
        EXPECT_EQ(accounts, 2);

    const auto first = backends();
    EXPECT_NE(first.at("a"), first.at("b"));
    EXPECT_NE(first.at("b"), first.at("c"));
    EXPECT_EQ(first.at("a"), first.at("d")) << "in turn";
}

// Each goes on where it stopped: nothing that was committed is gone, and no number is given twice.
TEST_F(LanesTest, AConnectionThatIsLostCostsItsOwnAccountsTheLeadInOneMoment)
{
    for (const auto* name : {"a", "b", "c", "d", "e", "f"})
    {
        ASSERT_TRUE(lead(tenant(name)));
        emit(tenants.back());
    }
    const auto before = backends();
    end(before.at("a"));
    EXPECT_THROW(emit(tenants[0]), DatabaseUnavailable);
    tenants[0].seat.look();
    run_until([&] { return tenants[3].losses > 0; });
    EXPECT_GT(tenants[0].losses, 0);

    for (const auto i : {0, 3})
        ASSERT_TRUE(lead(tenants[static_cast<std::size_t>(i)]));
    for (auto& each : tenants)
        emit(each);
    const auto after = backends();
    EXPECT_EQ(after.at("a"), after.at("d")) << "on one connection again";
    EXPECT_NE(after.at("a"), before.at("a"));
    for (const auto* other : {"b", "c", "e", "f"})
        EXPECT_EQ(after.at(other), before.at(other)) << "undisturbed";
    for (const auto i : {1, 2, 4, 5})
        EXPECT_EQ(tenants[static_cast<std::size_t>(i)].losses, 0);
    EXPECT_EQ(
        run_sql(
            url, "select count(*) filter (where n = 2 and top = 2) from (select count(*) n, max(seq) top "
                 "from simsync.change_event group by account) each"),
        "6");
}

// An account that asks for nothing would otherwise find out with its next sweep.
TEST_F(LanesTest, AnIdleAccountLearnsOfItsLossByTheBeat)
{
    auto& idle = tenant("idle");
    ASSERT_TRUE(lead(idle));
    idle.seat.look();
    run_until([&] { return idle.answers > 0; });
    EXPECT_EQ(idle.losses, 0);
    end(backends().at("idle"));
    run_until([&] { return idle.losses > 0; });
    run(idle.database.disconnect());
    EXPECT_EQ(idle.database.number(), 0) << "nobody tells it of that connection any more";
}

TEST_F(LanesTest, AServerThatIsAwayIsAskedOnceForAllWhoWait)
{
    WriterLane lane;
    const auto ask = [&]
    {
        try
        {
            lane.session("host=" + Cluster::shared().folder().string() + " dbname=nowhere user=nobody");
        }
        catch (const StoreError&)
        {
            return std::current_exception();
        }
        return std::exception_ptr{};
    };
    const auto first = ask();
    ASSERT_TRUE(first);
    EXPECT_EQ(ask(), first) << "the very same: it was not tried again";
}

// --- the watch

class WatcherTest : public LanesTest
{
protected:
    WatcherTest()
    {
        config.database_url = url;
        config.accounts.emplace_back().name = "led"; // whose lease is ours to take
        watcher.watch(config);
        boost::asio::co_spawn(io, watcher.run(), boost::asio::detached);
        run_until([this] { return watcher.has_begun(); });
    }
    ~WatcherTest() override
    {
        watcher.stop();
        run_until([this] { return ended; });
    }

    // What was notified until one of them is this.
    std::vector<std::string> heard_until(
        const std::string& last, const std::function<void()>& meanwhile = [] {})
    {
        std::vector<std::string> heard;
        run_until(
            [&]
            {
                meanwhile();
                PQconsumeInput(listener.get());
                while (const std::unique_ptr<PGnotify, void (*)(void*)> each{
                    PQnotifies(listener.get()), PQfreemem})
                    heard.emplace_back(each->extra);
                return !heard.empty() && heard.back() == last;
            });
        return heard;
    }

    AccountWatch watch(const std::string& account)
    {
        AccountWatch made;
        made.account = account;
        made.begun = [] {};
        made.stands_by = [] { return true; };
        made.lease = [this](const std::optional<Lease>& lease)
        { leases.push_back(lease ? lease->leader() : "free"); };
        made.lease_unknown = [this](const std::exception_ptr&) { leases.emplace_back("unknown"); };
        made.last_event = [this](const LastEvent& last) { seen.committed("led", last.stream_id, last.seq); };
        made.is_led = [] { return false; };
        made.is_idle = [] { return false; };
        made.hand_over = [] {};
        made.loading = [this] { return loading; };
        made.requested = [this] { ++requests; };
        made.asked_for = [](const std::string&) {};
        made.consumers = [](const std::vector<ConsumerPosition>&) {};
        return made;
    }

    Config config;
    DatabaseOutage outage;
    bool ended = false;
    std::vector<std::string> leases;
    SeenEvents seen;
    int requests = 0;
    std::optional<Loaded> loading;
    Watcher watcher{io.get_executor(), outage, [this] { ended = true; }};
    Session listener = connect(url);
};

TEST_F(WatcherTest, AListenerHearsSoonAfterACommitAndOfTheNewestOnly)
{
    PQclear(PQexec(listener.get(), "listen simsync_events"));
    auto& one = tenants.emplace_back(lanes, "one", watcher.ring());
    ASSERT_TRUE(lead(one));
    for (int i = 0; i < 50; ++i)
        emit(one);
    const auto heard = heard_until("one:50");
    EXPECT_LT(heard.size(), 50U) << "several commits are told as one";
}

// A commit rings once it can: whatever happens to the connection in between costs a wake-up some time.
TEST_F(WatcherTest, WhatCouldNotBeRungForIsRungForLater)
{
    PQclear(PQexec(listener.get(), "listen simsync_events"));
    run_sql(
        url, "select pg_terminate_backend(pid, 10000) from pg_locks where locktype = 'advisory' and "
             "classid::bigint = hashtext('" +
                 instance_lock({"led"}) +
                 "')::bigint & 4294967295 and database = (select oid "
                 "from pg_database where datname = current_database())");
    watcher.ring()("one", 7);
    EXPECT_THAT(heard_until("one:7"), ElementsAre("one:7"));
}

TEST_F(WatcherTest, WhoStandsByHearsWhoLeadsAndWhenNobodyDoes)
{
    auto& leader = tenant("led");
    ASSERT_TRUE(lead(leader));
    run_sql(url, "update simsync.ledger set leader_pid = leader_pid + 1"); // another process
    const Watcher::Seat seat(watcher, watch("led"));
    run_until([this] { return !leases.empty(); });
    EXPECT_NE(leases.back(), "free");
    run(leader.database.disconnect());
    run_until([this] { return leases.back() == "free"; });
}

// What it would find missing where a server took over that has less.
TEST_F(WatcherTest, WhoStandsByKnowsHowFarTheEventsAre)
{
    const Watcher::Seat seat(watcher, watch("led"));
    auto& leader = tenants.emplace_back(lanes, "led", watcher.ring());
    ASSERT_TRUE(lead(leader));
    for (int i = 0; i < 3; ++i)
        emit(leader);
    run_until([this] { return seen.of("led").committed == 3; });
    EXPECT_EQ(
        seen.of("led").stream_id,
        run_sql(url, "select stream_id from simsync.account where account = 'led'"));
}

// By what it is told and by no look, which would show that somebody holds it.
TEST_F(WatcherTest, WhoStandsByIsToldAtOnceOfALeaseThatIsOursAndFree)
{
    auto& leader = tenant("led");
    ASSERT_TRUE(lead(leader));                                             // it goes on holding the lease
    run_sql(url, "update simsync.ledger set leader_pid = leader_pid + 1"); // another process
    const Watcher::Seat seat(watcher, watch("led"));
    run_until([this] { return !leases.empty(); });
    run_sql(url, "select pg_notify('simsync_lease', 'led')");
    run_until([this] { return leases.back() == "free"; });
}

TEST_F(WatcherTest, WhoeverMayHaveGivenALeaseIsToldThatWeTookIt)
{
    PQclear(PQexec(listener.get(), "listen simsync_lease_taken"));
    watcher.took("alone");
    Connection session(url);
    Membership other(session, {"led"});
    other.enter();
    watcher.look_soon();
    const auto heard = heard_until(
        "led",
        [this]
        {
            watcher.took("led"); // until it has seen that there is another
        });
    EXPECT_THAT(heard, testing::Each("led")) << "while we are alone nobody has to be told";
}

class ListeningTest : public LanesTest
{
};

TEST_F(ListeningTest, WhatIsNotifiedIsHeardWithWhatItSays)
{
    DatabaseOutage outage;
    bool ended = false;
    Watcher watcher{io.get_executor(), outage, [&] { ended = true; }};
    std::vector<std::string> one;
    std::vector<std::string> two;
    watcher.listen("one_channel", [&](const std::string& payload) { one.push_back(payload); });
    watcher.listen("two", [&](const std::string& payload) { two.push_back(payload); });
    Config config;
    config.database_url = url;
    watcher.watch(config);
    boost::asio::co_spawn(io, watcher.run(), boost::asio::detached);
    run_until([&] { return watcher.has_begun(); });

    run_sql(
        url, "select pg_notify('one_channel', 'a'), pg_notify('two', 'b'), pg_notify('one_channel', 'c')");
    run_until([&] { return one.size() == 2 && two.size() == 1; });
    EXPECT_THAT(one, ElementsAre("a", "c"));
    EXPECT_THAT(two, ElementsAre("b"));
    watcher.stop();
    run_until([&] { return ended; });
}

// The account's own connection is busy, and others look at the database alone.
TEST_F(WatcherTest, HowFarAnAccountIsLoadedIsNoted)
{
    ASSERT_TRUE(lead(tenant("large")));
    loading = Loaded{3'200, 10'000};
    const Watcher::Seat seat(watcher, watch("large"));
    const auto noted = [this]
    { return run_sql(url, "select loading_sims || ' of ' || loading_expected from simsync.ledger"); };
    run_until([&] { return noted() == "3200 of 10000"; });
    loading = Loaded{6'400, 10'000};
    run_until([&] { return noted() == "6400 of 10000"; });
}

TEST_F(WatcherTest, AnActionThatWaitsIsHeardOf)
{
    const Watcher::Seat seat(watcher, watch("led"));
    auto& leader = tenant("led");
    ASSERT_TRUE(lead(leader));
    run_sql(url, "insert into simsync.action (account, sim, operation) values ('led', '1', 'block')");
    run_until([this] { return requests > 0; });
}

} // namespace
} // namespace simsync::test
