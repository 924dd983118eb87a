// What an operator does to a service: reload, rotate, upgrade, look at it while something is away; and what a
// colleague may do without its secrets.
#include "e2e/daemon.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace simsync::test
{
namespace
{

namespace fs = std::filesystem;
namespace tcp = boost::asio::ip;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

void write_secret(const fs::path& file, const std::string& secret)
{
    std::ofstream(file) << secret << '\n';
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

// As the unit sets it up: a runtime folder, and copies of the secrets as they were at the start.
class Service
{
public:
    explicit Service(Testbed& testbed) : testbed_(testbed)
    {
        fs::create_directories(runtime());
        fs::create_directories(credentials());
        hand_over("main.password");
    }

    fs::path runtime() const { return testbed_.folder() / "runtime"; }
    fs::path credentials() const { return testbed_.folder() / "credentials"; }

    void hand_over(const std::string& name) const
    {
        fs::copy_file(
            testbed_.folder() / name, credentials() / ("simsync_" + name),
            fs::copy_options::overwrite_existing);
    }

    Strings environment() const
    {
        return {"RUNTIME_DIRECTORY=" + runtime().string(), "CREDENTIALS_DIRECTORY=" + credentials().string()};
    }

    // As ExecReload= does it.
    Result reload(Daemon& daemon) const
    {
        auto variables = environment();
        variables.push_back("MAINPID=" + std::to_string(daemon.program().process().id()));
        return run_program(testbed_.folder(), {"--config", testbed_.config_file(), "reload"}, variables);
    }

private:
    Testbed& testbed_;
};

// --- reload

TEST(Reloading, EndsAsTheDaemonDid)
{
    Testbed testbed{50};
    const Service service{testbed};
    Daemon daemon{testbed, service.environment()};
    daemon.await_sweep("complete");

    testbed.set("alert", "balance_low", "7.00");
    const auto taken = service.reload(daemon);
    EXPECT_EQ(taken.code, 0) << taken.err;
    EXPECT_EQ(taken.err, "");
    EXPECT_THAT(daemon.program().err(), HasSubstr("took the new configuration"));

    testbed.set("alert", "balance_lwo", "1");
    const auto refused = service.reload(daemon);
    EXPECT_EQ(refused.code, 78);
    EXPECT_THAT(
        refused.err, AllOf(
                         HasSubstr("simsync: the daemon keeps its old configuration: "),
                         HasSubstr("unknown key alert.balance_lwo"), HasSubstr("HINT: did you mean")));
    daemon.await_sweep("complete");
}

// Somebody with sudo has no $MAINPID: the daemon is found in its runtime folder.
TEST(Reloading, FindsTheDaemonByItselfAndSaysWhereThereIsNone)
{
    Testbed testbed{50};
    const Service service{testbed};
    const Strings runtime{"RUNTIME_DIRECTORY=" + service.runtime().string()};
    const Strings reload{"--config", testbed.config_file(), "reload"};
    {
        Daemon daemon{testbed, service.environment()};
        const auto taken = run_program(testbed.folder(), reload, runtime);
        EXPECT_EQ(taken.code, 0) << taken.err;
        EXPECT_THAT(daemon.program().err(), HasSubstr("took the new configuration"));
        EXPECT_EQ(daemon.stop(), 0);
    }
    const auto gone = run_program(testbed.folder(), reload, runtime);
    EXPECT_EQ(gone.code, 69);
    EXPECT_THAT(gone.err, AllOf(HasSubstr("no running daemon is known"), HasSubstr("HINT: ")));
    const auto odd = run_program(testbed.folder(), reload, {"MAINPID=x"});
    EXPECT_EQ(odd.code, 64) << odd.err;
}

TEST(Reloading, WithoutARuntimeFolderReadsTheFileBeforeItSignals)
{
    Testbed testbed{50};
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    const Strings variables{
        "MAINPID=" + std::to_string(daemon.program().process().id()), "RUNTIME_DIRECTORY=/nonexistent"};
    const Strings reload{"--config", testbed.config_file(), "reload"};
    testbed.set("alert", "balance_lwo", "1");
    EXPECT_EQ(run_program(testbed.folder(), reload, variables).code, 78);
    EXPECT_THAT(daemon.program().err(), Not(HasSubstr("configuration")));

    testbed.set("alert", "balance_lwo", "1\n[events]"); // the key again, in a table that does not know it
    EXPECT_EQ(run_program(testbed.folder(), reload, variables).code, 78);
}

TEST(Reloading, MovesToAnotherAddressOrStaysWhereItIs)
{
    Testbed testbed{50};
    const Service service{testbed};
    Daemon daemon{testbed, service.environment()};
    const auto old_port = http_port(daemon.program());

    boost::asio::io_context io;
    const tcp::tcp::acceptor taken(io, {tcp::address_v4::loopback(), 0});
    testbed.set("http", "listen", "\"127.0.0.1:" + std::to_string(taken.local_endpoint().port()) + '"');
    const auto refused = service.reload(daemon);
    EXPECT_EQ(refused.code, 78);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("[http] listen"), HasSubstr("in use")));

    testbed.set("http", "listen", "\"\"");
    EXPECT_EQ(service.reload(daemon).code, 0);
    EXPECT_EQ(http_get(old_port, "/healthz").status, "");
}

// --- secrets

TEST(Rotating, APasswordThatWasHandedOverIsRefusedByReloadAndTakenByARestart)
{
    simulator::ServerOptions options;
    options.service.password = "second";
    Testbed testbed{50, std::move(options)};
    testbed.write_password("first");
    const Service service{testbed};
    {
        Daemon daemon{testbed, service.environment()};
        daemon.program().await_err("systemctl restart simsync"); // the API refuses the first
        testbed.write_password("second");
        const auto refused = service.reload(daemon);
        EXPECT_EQ(refused.code, 78);
        EXPECT_THAT(
            refused.err,
            AllOf(
                HasSubstr((testbed.folder() / "main.password").string() + " was written anew"),
                HasSubstr("HINT: "), HasSubstr("systemctl restart simsync"), Not(HasSubstr("second"))));
        EXPECT_THAT(daemon.program().err(), HasSubstr("keeps the old configuration"));
        EXPECT_EQ(daemon.stop(), 0);
    }
    service.hand_over("main.password");
    Daemon restarted{testbed, service.environment(), "restarted"};
    restarted.await_sweep(" complete: ");
}

TEST(Rotating, APasswordThatTheDaemonReadsItselfIsTakenByReloadAtOnce)
{
    simulator::ServerOptions options;
    options.service.password = "second";
    Testbed testbed{50, std::move(options)};
    testbed.write_password("first");
    fs::create_directories(testbed.folder() / "runtime");
    const Strings variables{"RUNTIME_DIRECTORY=" + (testbed.folder() / "runtime").string()};
    Daemon daemon{testbed, variables};
    daemon.await_sweep("failed");
    daemon.await_sweep("failed"); // logins are rare by now
    testbed.write_password("second");
    EXPECT_EQ(
        run_program(testbed.folder(), {"--config", testbed.config_file(), "reload"}, variables).code, 0);
    testbed.await_sql("select count(*) > 0 from simsync.sweep where outcome = 'complete'", "t");
}

TEST(Reloading, RefusesAnAccountWhosePasswordWasNotHandedOver)
{
    Testbed testbed{50};
    const Service service{testbed};
    Daemon daemon{testbed, service.environment()};
    testbed.add_account("second", testbed.api().url());
    EXPECT_EQ(service.reload(daemon).code, 0) << "its password is that of the first";

    write_secret(testbed.folder() / "third.password", "partner");
    std::ofstream(testbed.config_file(), std::ios::app)
        << "[[account]]\nname = \"third\"\nendpoint = \"" << testbed.api().url()
        << "\"\nusername = \"partner\"\npassword_file = \"third.password\"\n";
    const auto refused = service.reload(daemon);
    EXPECT_EQ(refused.code, 78);
    EXPECT_THAT(
        refused.err, AllOf(HasSubstr("simsync_third.password"), HasSubstr("systemctl restart simsync")));
    service.hand_over("third.password");
    EXPECT_EQ(service.reload(daemon).code, 0) << "one that was handed over, after all";
}

// --- the database's password

std::uint16_t free_port()
{
    boost::asio::io_context io;
    return tcp::tcp::acceptor(io, {tcp::address_v4::loopback(), 0}).local_endpoint().port();
}

// A PostgreSQL on TCP that asks for passwords there.
class GuardedDatabase : public testing::Test
{
protected:
    GuardedDatabase()
    {
        run_sql(
            testbed.url(), "create role mirror login password $$" + password +
                               "$$ in role simsync_writer; "
                               "create role anna login password 'annas own' in role simsync_reader");
        std::ofstream(cluster.folder() / "data/pg_hba.conf")
            << "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
        run_sql(testbed.url(), "select pg_reload_conf()");
        await_sql(
            testbed.url(), "select count(*) from pg_hba_file_rules where auth_method = 'scram-sha-256'", "1");
        testbed.set("database", "url", "\"postgresql://" + address + '"');
        testbed.set("database", "password_file", "\"database.password\"");
        write_secret(testbed.folder() / "database.password", password);
    }

    Result run_as(const std::string& role, Strings arguments, Strings environment = {}) const
    {
        environment.push_back("PGUSER=" + role);
        arguments.insert(arguments.begin(), {"--config", testbed.config_file()});
        return run_program(testbed.folder(), arguments, environment);
    }

    const std::string password = "correct horse 'battery' \\ staple";
    const std::string port = std::to_string(free_port());
    Cluster cluster{{"listen_addresses=127.0.0.1", "port=" + port}};
    Testbed testbed{50, {}, cluster};
    const std::string address =
        "127.0.0.1:" + port + '/' + run_sql(testbed.url(), "select current_database()");
};

TEST_F(GuardedDatabase, IsReachedWithThePasswordOfAFileThatNobodySees)
{
    testbed.set("log", "level", "\"trace\"");
    const auto checked = run_as("mirror", {"check"});
    EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
    EXPECT_THAT(checked.out, HasSubstr("as mirror"));

    Daemon daemon{testbed, {"PGUSER=mirror"}};
    daemon.await_sweep("complete");
    const auto process = "/proc/" + std::to_string(daemon.program().process().id()) + '/';
    for (const auto* file : {"cmdline", "environ"})
        EXPECT_THAT(
            std::string(std::istreambuf_iterator<char>(std::ifstream(process + file).rdbuf()), {}),
            Not(HasSubstr("horse")));
    EXPECT_THAT(daemon.get("/metrics").body + daemon.get("/readyz").body, Not(HasSubstr("horse")));
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_THAT(
        daemon.program().out() + daemon.program().err() + checked.out + checked.err, Not(HasSubstr("horse")));
}

TEST_F(GuardedDatabase, ThatRefusesThePasswordIsToldWithWhatHelps)
{
    write_secret(testbed.folder() / "database.password", "wrong horse");
    const auto refused = run_as("mirror", {"run"}, {"NOTIFY_SOCKET=/nonexistent"});
    EXPECT_EQ(refused.code, 77);
    EXPECT_THAT(
        refused.err, AllOf(
                         HasSubstr("[database] password_file"), HasSubstr("systemctl restart simsync"),
                         Not(HasSubstr("pgpass")), Not(HasSubstr("horse"))));

    testbed.set("database", "password_file", "\"\"");
    const auto none = run_as("mirror", {"run"}, {"NOTIFY_SOCKET=/nonexistent"});
    EXPECT_EQ(none.code, 77);
    EXPECT_THAT(
        none.err, AllOf(
                      HasSubstr("wants a password"), HasSubstr("[database] password_file"),
                      HasSubstr("/etc/simsync"), Not(HasSubstr("pgpass"))));
    const auto person = run_as("mirror", {"status"}, {"HOME=/home/anna"});
    EXPECT_EQ(person.code, 77);
    EXPECT_THAT(person.err, HasSubstr("~/.pgpass"));
}

TEST_F(GuardedDatabase, TakesANewPasswordByReload)
{
    fs::create_directories(testbed.folder() / "runtime");
    const auto runtime = "RUNTIME_DIRECTORY=" + (testbed.folder() / "runtime").string();
    Daemon daemon{testbed, {"PGUSER=mirror", runtime}};
    daemon.await_sweep("complete");
    run_sql(testbed.url(), "alter role mirror password 'rotated'");
    write_secret(testbed.folder() / "database.password", "rotated");
    EXPECT_EQ(run_as("mirror", {"reload"}, {runtime}).code, 0);
    run_sql(testbed.url(), "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'mirror'");
    testbed.change(7, [](simulator::Simcard& sim) { sim.description = "behind the new password"; });
    testbed.await_sql("select count(*) from simsync.change_event where kind = 'attributes.changed'", "1");
}

TEST_F(GuardedDatabase, KnowsAColleagueAndTheOwnerByTheirOwnLogins)
{
    const auto colleague = run_as("anna", {"status"}, {"PGPASSWORD=annas own"});
    EXPECT_EQ(colleague.code, 0) << colleague.err;

    fs::remove(testbed.folder() / "main.password"); // nor is the API's asked for
    fs::remove(testbed.folder() / "database.password");
    for (const Strings& command : {Strings{"status"}, {"events"}, {"removals", "list"}, {"schema"}})
    {
        const auto result = run_as("anna", command, {"PGPASSWORD=annas own"});
        EXPECT_EQ(result.code, 0) << command.front() << ": " << result.err;
    }
    EXPECT_EQ(testbed.run({"status", "--database", testbed.url()}).code, 0);
    const auto owner = testbed.run({"migrate", "--database", testbed.url()});
    EXPECT_EQ(owner.out, "the schema is up to date\n") << owner.err;
}

TEST_F(GuardedDatabase, IsMigratedByItsOwnerAlone)
{
    const auto empty = cluster.empty_database();
    const auto refused = testbed.run({"migrate", "--database", empty + " user=mirror"});
    EXPECT_EQ(refused.code, 77);
    EXPECT_THAT(
        refused.err, AllOf(
                         HasSubstr("the role mirror may not change the schema"),
                         HasSubstr("sudo -u postgres simsync migrate")));
    EXPECT_EQ(testbed.run({"migrate", "--database", empty}).code, 0);
    EXPECT_EQ(
        testbed.run({"migrate", "--database", testbed.url() + " user=mirror"}).out,
        "the schema is up to date\n");
}

// --- who acts without the API's password

TEST(Colleague, BlocksASimThroughTheDaemonAndNeedsNoSecretOfTheApi)
{
    Testbed testbed{10};
    const Service service{testbed};
    Daemon daemon{testbed, service.environment()};
    daemon.await_sweep("complete");
    fs::remove(testbed.folder() / "main.password");
    const auto acted = testbed.run({"sim", "block", "10000003"});
    EXPECT_EQ(acted.code, 0) << acted.err;
    EXPECT_THAT(acted.out, HasSubstr("block is confirmed"));

    EXPECT_EQ(daemon.stop(), 0);
    const auto alone = testbed.run({"sim", "unblock", "10000003"});
    EXPECT_EQ(alone.code, 78);
    EXPECT_THAT(
        alone.err, AllOf(
                       HasSubstr("no daemon leads account"), HasSubstr("nothing was sent"),
                       HasSubstr("HINT: start the daemon")));
    EXPECT_EQ(
        testbed.sql("select string_agg(operation || ' ' || state, ', ' order by id) from simsync.action"),
        "block confirmed, unblock failed");
}

// --- upgrade, and what is told while something is away

TEST(Upgrade, BehindWhichTheSchemaIsOlderEndsWith78AndWhatToDo)
{
    Testbed testbed;
    const auto older = Cluster::shared().mirror_database();
    run_sql(
        older, "delete from simsync.migration where version = (select max(version) from simsync.migration)");
    testbed.set("database", "url", '"' + older + '"');
    testbed.set("log", "format", "\"json\"");
    const auto started = run_program(
        testbed.folder(), {"--config", testbed.config_file(), "run"}, {"NOTIFY_SOCKET=/nonexistent"});
    EXPECT_EQ(started.code, 78);
    const auto entry = boost::json::parse(started.err).as_object();
    EXPECT_EQ(entry.at("level").as_string(), "error");
    EXPECT_THAT(std::string(entry.at("message").as_string()), HasSubstr("is older than this simsync"));
    EXPECT_THAT(
        std::string(entry.at("hint").as_string()),
        AllOf(HasSubstr("sudo -u postgres simsync migrate"), HasSubstr("systemctl restart simsync")));
}

TEST(Subscribers, AreReadAndNotMirroredInto)
{
    Testbed testbed;
    testbed.set("database", "url", '"' + Cluster::shared().empty_database() + '"');
    const auto made = testbed.run({"migrate", "--subscriber"});
    EXPECT_EQ(made.code, 0);
    EXPECT_THAT(
        made.out,
        AllOf(HasSubstr("this database is a subscriber"), HasSubstr("CREATE SUBSCRIPTION simsync_")));
    EXPECT_EQ(testbed.run({"status"}).code, 0);
    const auto says_so = HasSubstr("is a subscriber: what it holds is replicated from another database");
    for (const char* command : {"run", "sync", "migrate"})
    {
        const auto refused = testbed.run({command});
        EXPECT_EQ(refused.code, 78) << command;
        EXPECT_THAT(refused.err, says_so) << command;
    }
    const auto checked = testbed.run({"check"});
    EXPECT_EQ(checked.code, 78);
    EXPECT_THAT(checked.out, says_so);
}

TEST(Subscribers, FindOutFromCheckWhatThePublisherLacks)
{
    Testbed testbed;
    EXPECT_THAT(testbed.run({"check"}).out, Not(HasSubstr("subscribers")));
    EXPECT_THAT(
        testbed.run({"migrate", "--publisher", "--database", testbed.url()}).out,
        HasSubstr("published the mirror"));
    const auto checked = testbed.run({"check"});
    EXPECT_EQ(checked.code, 78);
    EXPECT_THAT(
        checked.out,
        AllOf(HasSubstr("subscribers"), HasSubstr("wal_level is replica"), HasSubstr("HINT: ALTER SYSTEM")));
}

TEST(Upgrade, ErrorsOfTheStartBearTheirPriorityWhateverTheyAre)
{
    Testbed testbed;
    testbed.set("log", "format", "\"journal\"");
    testbed.set("database", "url", '"' + Cluster::shared().empty_database() + '"');
    EXPECT_THAT(testbed.run({"run"}).err, testing::StartsWith("<3>there is no simsync schema"));
    testbed.set("database", "url", "\"postgresql:///simsync\"");
    testbed.set("http", "listen", "\"192.0.2.1:1\""); // an address that no host has
    EXPECT_THAT(testbed.run({"run"}).err, testing::ContainsRegex("(^|\n)<3>[^\n]*192\\.0\\.2\\.1"));
}

TEST(Status, TellsSystemdOfAnApiThatIsAwayWhileItLasts)
{
    std::atomic<bool> broken = true;
    simulator::ServerOptions options;
    options.service.on_request = [&broken](std::string_view operation, simulator::Fleet&)
    { return broken && operation == "simcards" ? simulator::Fault::errors : simulator::Fault::none; };
    Testbed testbed{50, std::move(options)};
    Daemon daemon{testbed};
    EXPECT_THAT(daemon.await_sweep("incomplete"), HasSubstr("; not mirrored"));
    broken = false;
    EXPECT_THAT(daemon.await_sweep(" complete: "), Not(HasSubstr("not mirrored")));
}

TEST(Status, TellsSystemdOfADatabaseThatIsAway)
{
    Cluster cluster;
    Testbed testbed{50, {}, cluster};
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    cluster.stop_immediately();
    EXPECT_THAT(daemon.socket().await("STATUS=main: the database is away"), HasSubstr(": "));
    cluster.start();
    daemon.await_sweep("complete");
}

TEST(LogOfSweeps, HasItsCountsAsMembers)
{
    Testbed testbed{50};
    testbed.set("log", "format", "\"json\"");
    Daemon daemon{testbed};
    daemon.await_sweep("complete");
    const auto line = boost::json::parse(daemon.program().await_err("sweep 1 complete")).as_object();
    EXPECT_EQ(line.at("account").as_string(), "main");
    EXPECT_EQ(line.at("sweep").as_int64(), 1);
    EXPECT_EQ(line.at("items").as_int64(), 50);
    EXPECT_EQ(line.at("added").as_int64(), 50);
    for (const auto* name : {"changed", "removed", "events", "requests", "duration_ms"})
        EXPECT_TRUE(line.at(name).is_int64()) << name;
}

} // namespace
} // namespace simsync::test
