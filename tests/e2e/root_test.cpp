// Root on the installed configuration: becomes the service's user before it connects. /etc is covered by a
// layer of this test's own, in a mount namespace that goes with it, so that the host keeps its users and
// files.
#include "e2e/testbed.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace simsync::test
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// $1: a folder for the layer; $2: the configuration's folder. The rest is the command, run as root in there.
const std::string script = R"(
set -e
layer=$1 settings=$2
shift 2
mkdir -p "$layer" && mount -t tmpfs tmpfs "$layer"
mkdir "$layer/upper" "$layer/work"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$layer/upper,workdir=$layer/work" /etc
mkdir -p /etc/simsync
cp "$settings/simsync.toml" "$settings/main.password" /etc/simsync/
chown -R root:root /etc/simsync && chmod 0755 /etc/simsync && chmod 0644 /etc/simsync/simsync.toml && chmod 0600 /etc/simsync/main.password
[ -z "${stray_file-}" ] || : >"/etc/simsync/$stray_file"
grep -q '^simsync:' /etc/passwd || echo 'simsync:x:64999:64999::/:/usr/sbin/nologin' >>/etc/passwd
grep -q '^simsync:' /etc/group || echo 'simsync:x:64999:' >>/etc/group
exec env -u SUDO_USER -u NOTIFY_SOCKET -u CREDENTIALS_DIRECTORY -u INVOCATION_ID "$@"
)";

class Root : public testing::Test
{
protected:
    void SetUp() override
    {
        if (geteuid() != 0)
            GTEST_SKIP() << "only root can become another user";
        if (in_layer({"true"}).code != 0)
            GTEST_SKIP() << "no mount namespace with a layer over /etc can be had here";
        // Without a user in the url the role is the one that libpq takes us for.
        const auto writer = testbed.url();
        run_sql(writer, "create role simsync login in role simsync_writer");
        testbed.set(
            "database", "url",
            "\"host=" + cluster.folder().string() +
                " dbname=" + run_sql(writer, "select current_database()") + '"');
    }

    Result in_layer(Strings command) const
    {
        const auto log = testbed.folder() / ("layer" + std::to_string(++runs) + ".log");
        Strings whole{
            "unshare", "-m", "sh", "-c", script, "sh", testbed.folder() / "layer", testbed.folder().path()};
        whole.insert(whole.end(), command.begin(), command.end());
        Process process(whole, log);
        const int code = process.wait();
        std::ostringstream text;
        text << std::ifstream(log).rdbuf();
        return {code, text.str(), {}};
    }

    Result simsync(Strings arguments) const
    {
        arguments.insert(arguments.begin(), SIMSYNC_PROGRAM);
        return in_layer(arguments);
    }

    mutable int runs = 0;
    Cluster cluster;
    Testbed testbed{10, {}, cluster};
};

TEST_F(Root, BecomesTheServicesUserBeforeItConnects)
{
    const auto checked = simsync({"check"});
    EXPECT_EQ(checked.code, 0) << checked.out;
    EXPECT_THAT(checked.out, AllOf(HasSubstr("as simsync"), HasSubstr("login"), Not(HasSubstr("BAD"))));
    EXPECT_THAT(checked.out, HasSubstr("systemd can hand over the files of /etc/simsync"));
    EXPECT_EQ(simsync({"sync"}).code, 0);
    for (const Strings& command :
         {Strings{"status"},
          {"events"},
          {"history", "10000003"},
          {"schema"},
          {"removals"},
          {"sim", "get", "10000003"}})
    {
        const auto result = simsync(command);
        EXPECT_EQ(result.code, 0) << command.front() << ": " << result.out;
    }
}

TEST_F(Root, IsToldByCheckOfAFileThatKeepsSystemdFromStartingTheService)
{
    setenv("stray_file", "simsync.toml:old", 1);
    const auto checked = simsync({"check"});
    unsetenv("stray_file");
    EXPECT_EQ(checked.code, 78) << checked.out;
    EXPECT_THAT(
        checked.out,
        AllOf(HasSubstr("BAD  credentials"), HasSubstr("simsync.toml:old"), HasSubstr("HINT: rename it")));
}

TEST_F(Root, ActsWithWhatRootAloneMayReadAndIsNamedAsWhoAsked)
{
    ASSERT_EQ(simsync({"sync"}).code, 0);
    const auto acted = simsync({"sim", "block", "10000003"});
    EXPECT_EQ(acted.code, 0) << acted.out;
    EXPECT_EQ(testbed.sql("select requested_by from simsync.action"), "root");
}

TEST_F(Root, ThatMigratesIsToldWhoMay)
{
    testbed.set(
        "database", "url",
        "\"host=" + cluster.folder().string() +
            " dbname=" + run_sql(cluster.empty_database(), "select current_database()") + '"');
    const auto refused = simsync({"migrate"});
    EXPECT_EQ(refused.code, 77);
    EXPECT_THAT(refused.out, HasSubstr("sudo -u postgres simsync migrate"));
}

TEST_F(Root, RunsTheDaemonAsTheServicesUserAndSaysSo)
{
    testbed.set("database", "url", "\"host=" + cluster.folder().string() + " dbname=postgres\"");
    const auto run = simsync({"run"}); // ends: there is no schema in there
    EXPECT_EQ(run.code, 78) << run.out;
    EXPECT_THAT(run.out, HasSubstr("runs as user simsync from here on"));
}

TEST_F(Root, StaysRootOnAnyOtherConfiguration)
{
    const auto refused = testbed.run({"status"});
    EXPECT_THAT(refused.err, HasSubstr("\"root\"")) << "the role that libpq took it for";
}

} // namespace
} // namespace simsync::test
