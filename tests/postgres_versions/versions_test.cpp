// The program over the versions of PostgreSQL that it supports, and the last one that it refuses.
#include "e2e/daemon.hpp"
#include "store/database_checks.hpp"
#include "store/mirror.hpp"
#include "store/schema.hpp"

#include <gmock/gmock.h>

namespace simsync::test
{
namespace
{

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;

// Whoever runs the server need not be one who may look into the build folder: it runs from a copy.
class OtherVersion : public testing::Test
{
protected:
    void begin(const std::string& version)
    {
        const auto package = fs::path(POSTGRES_VERSIONS) / "node_modules" / ("postgres-" + version);
        if (!fs::exists(package / "native/bin/postgres"))
            GTEST_SKIP() << "PostgreSQL " << version << " is not there: tests/postgres_versions/install.sh";
        fs::copy(
            package / "native", programs / "native",
            fs::copy_options::recursive | fs::copy_options::copy_symlinks);
        cluster.emplace(Cluster::Programs{programs / "native/bin"});
    }

    const Folder programs;
    std::optional<Cluster> cluster;
};

class SupportedVersion : public OtherVersion, public testing::WithParamInterface<std::string>
{
};

TEST_P(SupportedVersion, IsLoadedSweptKeptAndRead)
{
    begin(GetParam());
    if (!cluster)
        return;
    Testbed testbed(300, {}, *cluster);
    ASSERT_THAT(testbed.sql("show server_version"), testing::StartsWith(GetParam()));
    EXPECT_EQ(testbed.run({"check"}).code, 0) << testbed.run({"check"}).out;
    testbed.sql(
        "select simsync.ensure_partitions(now() - make_interval(months => i)) from generate_series(0, 24) i");
    testbed.sql("analyze");
    testbed.set("events", "retention", "\"60d\"");
    testbed.sync();
    EXPECT_EQ(testbed.sql("select count(*) from simsync.sim_current"), "300");

    Daemon daemon(testbed);
    daemon.await_sweep("complete");
    testbed.change(7, [](simulator::Simcard& sim) { sim.description = "another"; });
    testbed.await_sql(
        "select count(*) from simsync.change_event where after->>'description' = 'another'", "1");
    testbed.await_sql(
        "select count(*) from simsync.event_partition where until <= now() - interval '60 days'", "0");
    EXPECT_EQ(testbed.sql("select housekeeping_troubles is null from simsync.ledger"), "t");
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_EQ(testbed.sql("select count(*) > 0 from simsync.read_events('own')"), "t");
    EXPECT_EQ(testbed.sql("select count(*) from simsync.sim_as_of(now())"), "300");
    EXPECT_EQ(testbed.sql("select count(*) from simsync.sim_as_of(now(), 'main', '10000003')"), "1");
    for (const std::string view :
         {"daily_spend", "daily_spend('Europe/Tallinn', current_date - 1, current_date + 1)",
          "balance_forecast", "tariff_history", "number_history", "sim_absence", "last_event", "idle_sim",
          "function"})
        EXPECT_NE(testbed.sql("select count(*) from simsync." + view), "") << view;
    EXPECT_EQ(testbed.sql("select timeline from simsync.numbering"), "1");
    EXPECT_EQ(testbed.run({"status"}).code, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Of, SupportedVersion, testing::Values("14", "16", "17", "18"),
    [](const auto& each) { return "Postgres" + each.param; });

TEST_F(OtherVersion, ThatIsTooOldIsRefusedBeforeAnythingIsMade)
{
    begin("13");
    if (!cluster)
        return;
    const auto url = cluster->empty_database();
    const auto said = [](const auto& act) -> std::string
    {
        try
        {
            act();
        }
        catch (const DatabaseUnfit& error)
        {
            return std::string(error.what()) + " HINT: " + error.hint();
        }
        return "none";
    };
    const auto refusal =
        AllOf(HasSubstr("PostgreSQL 13"), HasSubstr("needs 14 or later"), HasSubstr("upgrade"));
    EXPECT_THAT(said([&] { migrate(url); }), refusal);
    EXPECT_THAT(said([&] { DatabaseChecks{url}; }), refusal);
    EXPECT_THAT(said([&] { PostgresMirror(url, "main"); }), refusal);
    EXPECT_EQ(run_sql(url, "select to_regnamespace('simsync') is null"), "t");
}

} // namespace
} // namespace simsync::test
