// `simsync run` where its host has run out of something.
#include "e2e/daemon.hpp"
#include "simulation/sanitized.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace simsync::test
{
namespace
{

constexpr const char* changes_emitted =
    "select count(*) from simsync.change_event where kind = 'attributes.changed'";

void change_one(Testbed& testbed)
{
    testbed.change(7, [](simulator::Simcard& sim) { sim.description = "after all"; });
}

// No file or connection that is opened from now on may get a number from this one on.
void limit_descriptors(pid_t process, rlim_t number)
{
    rlimit limit{};
    ASSERT_EQ(prlimit(process, RLIMIT_NOFILE, nullptr, &limit), 0);
    limit.rlim_cur = number;
    ASSERT_EQ(prlimit(process, RLIMIT_NOFILE, &limit, nullptr), 0);
}

TEST(Host, WithoutFileDescriptorsIsOutlived)
{
    if (simulation::sanitized)
        GTEST_SKIP() << "UBSan's look at a vptr opens a pipe, and complains of the object where it cannot";
    Testbed testbed;
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    const auto process = daemon.program().process().id();
    limit_descriptors(process, 3);
    testbed.sql(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = 'simsync' "
        "and datname = current_database()");
    daemon.program().await_err("raise LimitNOFILE");
    change_one(testbed);
    EXPECT_EQ(testbed.sql(changes_emitted), "0");

    limit_descriptors(process, 1'024);
    testbed.await_sql(changes_emitted, "1");
    EXPECT_NE(daemon.get("/healthz").status.find("200"), std::string::npos);
    EXPECT_EQ(daemon.stop(), 0);
}

TEST(Host, WithAFullDiskForOutputAndLogIsOutlived)
{
    Testbed testbed;
    for (const auto* stream : {"daemon.out", "daemon.err"})
        std::filesystem::create_symlink("/dev/full", testbed.folder() / stream);
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    change_one(testbed);
    testbed.await_sql(changes_emitted, "1");
    EXPECT_EQ(daemon.stop(), 0);
}

// The first sockets that it opens would get their numbers.
TEST(Host, ThatClosedAllStandardStreamsIsOutlived)
{
    Testbed testbed;
    Process daemon{
        {"setpriv", "--pdeathsig=KILL", "sh", "-c", R"(exec "$0" --config "$1" run <&- >&- 2>&-)",
         SIMSYNC_PROGRAM, testbed.config_file()},
        testbed.folder() / "daemon.log"};
    testbed.await_sql("select count(*) > 0 from simsync.sweep where outcome = 'complete'", "t");
    change_one(testbed);
    testbed.await_sql(changes_emitted, "1");
    for (const auto* stream : {"0", "1", "2"})
        EXPECT_EQ(
            std::filesystem::read_symlink("/proc/" + std::to_string(daemon.id()) + "/fd/" + stream),
            "/dev/null");
    daemon.end(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0);
}

} // namespace
} // namespace simsync::test
