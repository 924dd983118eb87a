// Whatever a role, a database or PGOPTIONS has set: every kind of session works as ever.
#include "postgres/connection.hpp"
#include "simsync/store/consumer.hpp"
#include "simsync/store/reader.hpp"
#include "store/action_queue.hpp"
#include "store/database_checks.hpp"
#include "store/dictionary.hpp"
#include "store/mirror_test.hpp"
#include "store/schema.hpp"

namespace simsync::test
{
namespace
{

using testing::HasSubstr;

// Of each what does most harm.
const std::vector<std::pair<std::string, std::string>> odd_settings{
    {"array_nulls", "off"},
    {"quote_all_identifiers", "on"},
    {"default_transaction_read_only", "on"},
    {"default_transaction_isolation", "serializable"},
    {"default_transaction_deferrable", "on"},
    {"idle_session_timeout", "5000"},
    {"idle_in_transaction_session_timeout", "5000"},
    {"statement_timeout", "1000"},
    {"lock_timeout", "1000"},
    {"datestyle", "'SQL, DMY'"},
    {"intervalstyle", "'sql_standard'"},
    {"timezone", "'Asia/Kathmandu'"},
    {"bytea_output", "escape"},
    {"extra_float_digits", "-15"},
    {"standard_conforming_strings", "off"},
    {"backslash_quote", "off"},
    {"transform_null_equals", "on"},
    {"search_path", "public, pg_catalog"},
    {"client_encoding", "'LATIN1'"},
    {"row_security", "off"},
    {"jit", "on"},
    {"jit_above_cost", "0"},
    {"plan_cache_mode", "force_generic_plan"},
    {"check_function_bodies", "off"},
    {"enable_partition_pruning", "off"},
    {"session_replication_role", "replica"},
    {"synchronous_commit", "off"},
    {"exit_on_error", "on"},
    {"plpgsql.extra_errors", "'all'"},
    {"enable_seqscan", "off"},
    {"enable_indexscan", "off"},
    {"enable_nestloop", "off"},
};

// Everything that simsync does with a database, once.
void use(const std::string& url)
{
    migrate(url);
    DatabaseChecks checks(url);
    checks.require_writable();
    checks.require_no_pooler();
    checks.require_schema();
    checks.require_rights();
    PostgresMirror mirror(url, "main");
    ASSERT_TRUE(mirror.try_lead("https://api.example"));
    ASSERT_THAT(mirror.keep_partitions(std::chrono::hours{24}), testing::IsEmpty());
    auto seen = to_write(sim("1"));
    seen.observed.sim.description = "na\xc3\xafve \\ NULL";
    seen.observed.sim.fmcs = {"NULL", "1"};
    seen.observed.sim.balance = Money::parse("0.10").value();
    seen.observed.sim.tariff_expires_at = noon;
    mirror.transact(
        [&](Transaction& transaction)
        {
            transaction.insert(rows_of({seen}));
            transaction.update(rows_of({seen}));
            transaction.append(std::vector{event(Kind::sim_added, "1")});
            EXPECT_EQ(total(transaction.raise_due(noon, {})), 1);
            SweepRecord sweep;
            sweep.id = 1;
            sweep.started_at = noon;
            transaction.record(sweep);
            const auto stored = transaction.load(std::vector<std::string>{"1"}).at(0).sim;
            EXPECT_EQ(stored.description, seen.observed.sim.description);
            EXPECT_EQ(stored.fmcs, seen.observed.sim.fmcs);
            EXPECT_EQ(stored.tariff_expires_at, noon);
        });
    EXPECT_EQ(mirror.load_fleet().size(), 1U);
    Reader reader(url);
    const auto events = reader.events({}, {}, 10);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events.front().observed_at, "2026-07-01T12:00:00Z");
    EXPECT_EQ(reader.status().size(), 1U);
    Consumer sink(url, "sink:pager");
    ASSERT_TRUE(sink.try_lock());
    sink.begin_now();
    EXPECT_TRUE(sink.next(10).empty());
    sink.standing();
    ActionQueue(url, "main").request({}, "somebody");
    EXPECT_FALSE(read_dictionary(url).relations.empty());
    Consumer own(url, "own");
    EXPECT_EQ(own.next(10).size(), 2U);
    own.acknowledge({{"main", 2}});
}

// All at once: what is pinned is pinned one by one.
void set_all(const std::string& url)
{
    std::string all = "do $do$ begin ";
    for (const auto& [name, value] : odd_settings)
        all +=
            "execute format($f$alter database %I set " + name + " = " + value + "$f$, current_database()); ";
    run_sql(url, all + "end $do$");
}

TEST(Settings, OfARoleOrDatabaseChangeNothing)
{
    const auto url = Cluster::shared().mirror_database();
    set_all(url);
    use(url);
}

TEST(Settings, OfADatabaseDoNotChangeHowItIsMigrated)
{
    const auto url = Cluster::shared().empty_database();
    set_all(url);
    use(url);
}

// A setting that one kind of session forgets is a fault that one command has and another has not.
TEST(Settings, AreTheSameInEveryKindOfSession)
{
    const auto url = Cluster::shared().mirror_database();
    const auto shown = [&](const std::string& setting)
    {
        Connection session(url);
        return session.transact(
            "look", [&](Work& work) { return work.exec_one("show " + setting)[0].as<std::string>(); });
    };
    EXPECT_EQ(shown("idle_session_timeout"), "0");
    EXPECT_EQ(shown("statement_timeout"), "0");
    EXPECT_EQ(shown("timezone"), "UTC");
    EXPECT_EQ(shown("client_encoding"), "UTF8");
}

} // namespace
} // namespace simsync::test
