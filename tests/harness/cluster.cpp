// Starts and stops PostgreSQL with fork and exec, and makes databases in it. Calls initdb, setpriv and
// postgres of Debian; libpq for SQL; simsync's own migrate for the template.
#include "harness/cluster.hpp"

#include "simsync/store/schema.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace simsync::test
{
namespace
{

namespace fs = std::filesystem;

const fs::path programs = "/usr/lib/postgresql/15/bin";
const std::string folder_prefix = "simsync-cluster-";
const std::string template_name = "mirror_template";

bool as_root()
{
    return geteuid() == 0;
}

// PostgreSQL refuses root. setpriv, unlike runuser, replaces itself by the program, so that the server is our
// child, and it asks the kernel to stop it when we die.
std::vector<std::string> unprivileged(std::vector<std::string> command)
{
    std::vector<std::string> whole{"setpriv", "--pdeathsig=QUIT"};
    if (as_root())
        whole.insert(whole.end(), {"--reuid=postgres", "--regid=postgres", "--init-groups"});
    whole.insert(whole.end(), command.begin(), command.end());
    return whole;
}

// Between fork and exec only what is safe while other threads hold locks.
[[noreturn]] void become(char* const* arguments, const char* log)
{
    const int output = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (output < 0 || dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
        _exit(126);
    setpgid(0, 0); // Ctrl-C in the terminal is the test's to answer
    execvp(arguments[0], arguments);
    _exit(127);
}

pid_t spawn(const std::vector<std::string>& command, const fs::path& log)
{
    std::vector<char*> arguments;
    for (const auto& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);

    const pid_t child = fork();
    if (child < 0)
        throw std::system_error(errno, std::generic_category(), "fork");
    if (child == 0)
        become(arguments.data(), log.c_str());
    return child;
}

void run(const std::vector<std::string>& command, const fs::path& log)
{
    int status = 0;
    waitpid(spawn(command, log), &status, 0);
    if (status != 0)
        throw std::runtime_error(command.front() + " failed, see " + log.string());
}

void give_to_postgres(const fs::path& folder)
{
    if (!as_root())
        return;
    const auto* user = getpwnam("postgres");
    if (!user || chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error("cannot give " + folder.string() + " to the user postgres");
}

// "simsync-cluster-4711-aBcDeF" of a process that is gone: it was killed before it could tidy up.
bool is_left_behind(const std::string& name)
{
    if (!name.starts_with(folder_prefix))
        return false;
    pid_t owner = 0;
    std::from_chars(name.data() + folder_prefix.size(), name.data() + name.size(), owner);
    return owner > 0 && kill(owner, 0) != 0 && errno == ESRCH;
}

void clear_left_behind()
{
    std::error_code ignored; // of another user, or another test process is clearing it too
    for (const auto& entry : fs::directory_iterator(fs::temp_directory_path(), ignored))
        if (is_left_behind(entry.path().filename()))
            fs::remove_all(entry.path(), ignored);
}

fs::path new_folder()
{
    clear_left_behind();
    auto pattern =
        (fs::temp_directory_path() / (folder_prefix + std::to_string(getpid()) + "-XXXXXX")).string();
    if (!mkdtemp(pattern.data()))
        throw std::system_error(errno, std::generic_category(), pattern);
    fs::permissions(pattern, fs::perms{0755});
    give_to_postgres(pattern);
    return pattern;
}

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

} // namespace

std::string run_sql(const std::string& url, const std::string& sql)
{
    const Connection connection(PQconnectdb(url.c_str()), &PQfinish);
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

Cluster::Cluster(std::vector<std::string> settings) : folder_(new_folder()), settings_(std::move(settings))
{
    run(unprivileged({programs / "initdb", "-D", folder_ / "data", "-U", "postgres", "-A", "trust", "-E",
                      "UTF8", "--locale=C.UTF-8", "-N", "--no-instructions"}),
        folder_ / "initdb.log");
    start();
}

Cluster::~Cluster()
{
    if (server_ > 0)
        stop_immediately();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

void Cluster::start()
{
    std::vector<std::string> command{programs / "postgres",
                                     "-D",
                                     folder_ / "data",
                                     "-c",
                                     "fsync=off",
                                     "-c",
                                     "listen_addresses=",
                                     "-c",
                                     "unix_socket_directories=" + folder_.string(),
                                     "-c",
                                     "max_connections=50",
                                     "-c",
                                     "shared_buffers=64MB"};
    for (const auto& setting : settings_)
        command.insert(command.end(), {"-c", setting});
    server_ = spawn(unprivileged(command), folder_ / "server.log");

    // Its socket is there before it is ready: ask until it says so.
    while (PQping(url_of("postgres", "postgres").c_str()) != PQPING_OK)
    {
        if (waitpid(server_, nullptr, WNOHANG) == server_)
        {
            server_ = 0;
            throw std::runtime_error("PostgreSQL does not start, see " + (folder_ / "server.log").string());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

void Cluster::stop_immediately()
{
    kill(server_, SIGQUIT);
    waitpid(server_, nullptr, 0);
    server_ = 0;
}

void Cluster::restart()
{
    stop_immediately();
    start();
}

std::string Cluster::url_of(const std::string& database, const std::string& user) const
{
    return "host=" + folder_.string() + " user=" + user + " dbname=" + database;
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
    run_sql(url, "do $$ begin create role " + user + " login in role " + group +
                     "; exception when duplicate_object then null; end $$");
    return url + " user=" + user; // of two, the last one counts
}

} // namespace simsync::test
