// Whether `simsync check` sees that standbys may lack what was told.
#include "store/database_checks.hpp"
#include "store/mirror_test.hpp"

#include <thread>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;

// The walreceiver of a new standby comes by itself, a moment after it answers; and so does a changed setting.
void await(const std::function<bool()>& come)
{
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!come() && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(20ms);
    EXPECT_TRUE(come());
}

TEST(Standbys, AreCountedWithThoseThatACommitWaitsFor)
{
    Cluster primary;
    const auto url = primary.mirror_database();
    const auto standbys = [&] { return DatabaseChecks(url).standbys(); };
    EXPECT_FALSE(standbys().has_value());

    Cluster standby(Cluster::StandbyOf{primary});
    await([&] { return standbys().has_value(); });
    EXPECT_EQ(standbys()->all, 1);
    EXPECT_EQ(standbys()->synchronous, 0);
    const auto writer = primary.as_member_of("simsync_writer", url);
    ASSERT_TRUE(DatabaseChecks(writer).standbys().has_value()) << "commits wait for none, whoever they are";
    EXPECT_EQ(DatabaseChecks(writer).standbys()->all, 1);
    EXPECT_EQ(DatabaseChecks(writer).standbys()->synchronous, 0);

    run_sql(url, "alter system set synchronous_standby_names = '*'");
    run_sql(url, "select pg_reload_conf()");
    await([&] { return standbys() && standbys()->synchronous == 1; });

    EXPECT_FALSE(DatabaseChecks(writer).standbys().has_value()) << "it may not see for which of them";
}

} // namespace
} // namespace simsync::test
