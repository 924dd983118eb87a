// Two clusters: in one simsync mirrors, the other follows it by logical replication.
#pragma once

#include "simsync/store/records.hpp"
#include "store/mirror_test.hpp"
#include "store/schema.hpp"
#include "store/subscriber.hpp"

#include <memory>
#include <optional>
#include <thread>

namespace simsync::test
{

inline constexpr std::chrono::seconds patience{60};

inline std::string refusal(const std::string& url, const std::string& statement)
{
    try
    {
        return "none: " + run_sql(url, statement);
    }
    catch (const std::runtime_error& error)
    {
        return error.what();
    }
}

// Two clusters for all tests, two databases for each: here simsync mirrors, there somebody reads.
class SubscriberTest : public testing::Test
{
protected:
    static void SetUpTestSuite()
    {
        publishing = std::make_unique<Cluster>(std::vector<std::string>{"wal_level=logical"});
        // All tables are copied at once, and nobody rests for seconds in between.
        following = std::make_unique<Cluster>(std::vector<std::string>{
            "max_logical_replication_workers=12", "max_worker_processes=14",
            "max_sync_workers_per_subscription=9", "wal_retrieve_retry_interval=10ms"});
    }
    static void TearDownTestSuite()
    {
        following.reset();
        publishing.reset();
    }

    void SetUp() override
    {
        here = publishing->mirror_database();
        there = following->empty_database();
        mirror.emplace(here, "main");
        ASSERT_TRUE(mirror->try_lead("https://api.example"));
    }

    void TearDown() override
    {
        if (is_subscribed)
            run_sql(there, "drop subscription s" + here.substr(here.rfind('_')));
    }

    // Published and subscribed, copied and in step.
    void follow()
    {
        publish(here);
        migrate_subscriber(there);
        subscribe();
        await_copied();
    }

    void subscribe()
    {
        run_sql(
            there, "create subscription s" + here.substr(here.rfind('_')) + " connection '" + here +
                       "' publication simsync");
        is_subscribed = true;
    }

    void await_copied() const
    {
        await(
            there,
            "select count(*) filter (where srsubstate <> 'r') = 0 and count(*) > 0 from pg_subscription_rel",
            "t");
    }

    // Until what was committed here has been applied there.
    void await_applied() const
    {
        const auto written = run_sql(here, "select pg_current_wal_lsn()");
        await(
            here,
            "select coalesce(bool_and(confirmed_flush_lsn >= '" + written +
                "'), false) from pg_replication_slots where database = current_database() and active",
            "t");
    }

    static void await(const std::string& url, const std::string& question, const std::string& answer)
    {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (run_sql(url, question) != answer)
        {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << question;
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
    }

    void add(const std::string& id)
    {
        mirror->transact(
            [&](Transaction& transaction)
            {
                transaction.insert(rows_of({to_write(sim(id))}));
                transaction.append(std::vector{event(Kind::sim_added, id)});
            });
    }

    // An event as simsync writes it, of another time.
    void tell(const std::string& when) const
    {
        run_sql(
            here, "select simsync.ensure_partitions(" + when + R"(); with next as (
                update simsync.ledger set last_seq = last_seq + 1 where account = 'main' returning last_seq)
            insert into simsync.change_event (account, seq, kind, severity, sim, observed_at, recorded_at, cause)
            select 'main', last_seq, 'sim.added', 'info', '1', )" +
                      when + ", " + when + ", 'sweep' from next");
    }

    static std::vector<std::int64_t> seqs(const std::vector<EventRecord>& events)
    {
        std::vector<std::int64_t> all;
        for (const auto& each : events)
            all.push_back(each.seq);
        return all;
    }

    // Every replicated row, in order, as one hash a table: the same here and there.
    static std::string rows(const std::string& url)
    {
        return run_sql(url, R"(
            select string_agg(w.relation || ' ' || md5(t.rows::text), E'\n' order by w.relation::text)
              from simsync.replicated_columns() w
             cross join lateral query_to_xml(format('select %s from %s order by 1, 2',
                 (select string_agg(quote_ident(c), ', ') from unnest(w.columns) c), w.relation), true, true, '') t (rows))");
    }

    static inline std::unique_ptr<Cluster> publishing;
    static inline std::unique_ptr<Cluster> following;
    std::string here;
    std::string there;
    std::optional<PostgresMirror> mirror;
    bool is_subscribed = false;
};

} // namespace simsync::test
