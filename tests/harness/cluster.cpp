// Starts and stops PostgreSQL with fork and exec, and makes databases in it.
#include "harness/cluster.hpp"

#include "store/schema.hpp"

#include <signal.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace simsync::test
{
namespace
{

namespace fs = std::filesystem;

const fs::path debians_programs = "/usr/lib/postgresql/15/bin";
const std::string template_name = "mirror_template";

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

} // namespace

Session connect(const std::string& url)
{
    return {PQconnectdb(url.c_str()), &PQfinish};
}

std::string run_sql(const std::string& url, const std::string& sql)
{
    const auto connection = connect(url);
    PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
    PQsetNoticeProcessor(
        connection.get(), [](void*, const char*) {}, nullptr);
    const Result result(PQexec(connection.get(), sql.c_str()), &PQclear);
    const auto outcome = PQresultStatus(result.get());
    if (outcome != PGRES_COMMAND_OK && outcome != PGRES_TUPLES_OK)
        throw std::runtime_error(PQerrorMessage(connection.get()));
    return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

Cluster& Cluster::shared()
{
    static Cluster cluster;
    return cluster;
}

Cluster::Cluster() : Cluster(std::vector<std::string>{}) {}

Cluster::Cluster(std::vector<std::string> settings)
    : programs_(debians_programs),
      settings_(std::move(settings))
{
    make();
}

Cluster::Cluster(Programs programs) : programs_(std::move(programs.folder))
{
    make();
}

void Cluster::make()
{
    run(unprivileged(
            {programs_ / "initdb", "-D", folder_ / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "-N"}),
        folder_ / "initdb.log");
    start();
}

Cluster::Cluster(StandbyOf of) : programs_(debians_programs)
{
    run(unprivileged(
            {programs_ / "pg_basebackup", "-D", folder_ / "data", "-h", of.primary.folder(), "-U", "postgres",
             "-R", "-c", "fast", "--no-sync"}),
        folder_ / "basebackup.log");
    start();
}

void Cluster::promote()
{
    run_sql(url_of("postgres", "postgres"), "select pg_promote()");
}

Cluster::~Cluster()
{
    if (server_)
        stop_immediately();
}

void Cluster::start()
{
    std::vector<std::string> command{
        programs_ / "postgres",
        "-D",
        folder_ / "data",
        "-c",
        "fsync=off",
        "-c",
        "listen_addresses=",
        "-c",
        "unix_socket_directories=" + folder_.path().string(),
        "-c",
        "max_connections=50",
        "-c",
        "shared_buffers=64MB"};
    for (const auto& setting : settings_)
        command.insert(command.end(), {"-c", setting});
    server_.emplace(unprivileged(command), folder_ / "server.log");

    // Its socket is there before it is ready: ask until it says so.
    while (PQping(url_of("postgres", "postgres").c_str()) != PQPING_OK)
    {
        if (server_->has_ended())
            throw std::runtime_error("PostgreSQL does not start, see " + (folder_ / "server.log").string());
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

void Cluster::stop_immediately()
{
    server_->end(SIGQUIT);
    server_.reset();
}

// The postmaster first: it starts nobody meanwhile.
void Cluster::send_to_all(int signal) const
{
    pid_t postmaster = 0;
    std::ifstream(folder_ / "data" / "postmaster.pid") >> postmaster;
    kill(postmaster, signal);
    const auto number = std::to_string(postmaster);
    std::ifstream children("/proc/" + number + "/task/" + number + "/children");
    for (pid_t child = 0; children >> child;)
        kill(child, signal);
}

void Cluster::restart()
{
    stop_immediately();
    start();
}

std::string Cluster::url_of(const std::string& database, const std::string& user) const
{
    std::string port;
    for (const auto& setting : settings_)
        if (setting.starts_with("port="))
            port = ' ' + setting;
    return "host=" + folder_.path().string() + port + " user=" + user + " dbname=" + database;
}

std::string Cluster::new_database(const std::string& source)
{
    const auto name = "test_" + std::to_string(++databases_);
    run_sql(url_of("postgres", "postgres"), "create database " + name + " template " + source);
    return url_of(name, "postgres");
}

std::string Cluster::empty_database()
{
    return new_database("template0");
}

// Migrating takes longer than copying a database that has been migrated.
std::string Cluster::mirror_database()
{
    if (!has_template_)
    {
        run_sql(url_of("postgres", "postgres"), "create database " + template_name);
        migrate(url_of(template_name, "postgres"));
        has_template_ = true;
    }
    return new_database(template_name);
}

std::string Cluster::as_member_of(const std::string& group, const std::string& url)
{
    const auto user = group + "_login";
    run_sql(
        url, "do $$ begin create role " + user + " login in role " + group +
                 "; exception when duplicate_object then null; end $$");
    return url + " user=" + user; // of two, the last one counts
}

} // namespace simsync::test
