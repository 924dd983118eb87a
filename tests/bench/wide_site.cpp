#include "bench/wide_site.hpp"

#include "bench/measure.hpp"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace simsync::bench
{
namespace
{

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const std::vector<std::string> out_of_the_box{"fsync=on", "shared_buffers=128MB", "max_connections=100"};

} // namespace

std::string first_line_of(const std::string& file)
{
    for (const auto end = std::chrono::steady_clock::now() + 60s; std::chrono::steady_clock::now() < end;)
    {
        std::ifstream stream(file);
        std::string line;
        if (std::getline(stream, line) && !stream.eof())
            return line;
        std::this_thread::sleep_for(5ms);
    }
    throw std::runtime_error("nothing is said in " + file);
}

void migrate_by(
    const std::string& program, const test::Folder& folder, const std::string& url, const std::string& flag)
{
    // Without an account no configuration is one.
    const auto password = folder / "password";
    std::ofstream(password) << "partner\n";
    fs::permissions(password, fs::perms::owner_read | fs::perms::owner_write);
    const auto config = folder / "migrate.toml";
    std::ofstream(config) << "[database]\nurl = \"" << url
                          << "\"\n[[account]]\nname = \"none\"\nendpoint = \"http://127.0.0.1:1\"\n"
                             "username = \"partner\"\npassword_file = \"password\"\n";
    test::Command command{program, "--config", config, "migrate"};
    if (!flag.empty())
        command.push_back(flag);
    test::run(command, folder / "migrate.log");
}

Site::Site(std::string program, Width width)
    : program_(std::move(program)),
      width_(std::move(width)),
      cluster_(out_of_the_box),
      url_(cluster_.empty_database()),
      daemons_(width_.instances),
      session_(nullptr, &PQfinish)
{
    migrate_by(program_, folder_, url_);
    const auto log = folder_ / "simulator.log";
    simulator_ = std::make_unique<test::Process>(
        test::Command{
            "setpriv", "--pdeathsig=KILL", SIMSYNC_SIMULATOR, "--listen", "127.0.0.1:0", "--sims",
            std::to_string(width_.sims), "--token-ttl", "1d"},
        log);
    api_ = first_line_of(log);
    write_configuration(cluster_.as_member_of("simsync_writer", url_));
    session_ = test::connect(url_);
}

void Site::write_configuration(const std::string& url)
{
    std::ofstream config(folder_ / "simsync.toml");
    config << "[database]\nurl = \"" << url << "\"\n[http]\nlisten = \"\"\n";
    for (std::size_t i = 0; i < width_.accounts; ++i)
        config << "[[account]]\nname = \"account" << i << "\"\nendpoint = \"" << api_
               << "\"\nusername = \"partner\"\npassword_file = \"password\"\nsweep_interval = \""
               << width_.sweep_interval << "\"\n";
}

void Site::start(std::size_t instance)
{
    auto& daemon = daemons_.at(instance);
    daemon = std::make_unique<test::Process>(
        test::Command{"setpriv", "--pdeathsig=KILL", program_, "--config", folder_ / "simsync.toml", "run"},
        folder_ / ("daemon" + std::to_string(instance) + ".log"));
    instance_of_[std::to_string(daemon->id())] = instance;
}

void Site::kill(std::size_t instance)
{
    daemons_.at(instance)->end(SIGKILL);
    daemons_.at(instance).reset();
}

std::string Site::ask(const std::string& question) const
{
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer{
        PQexec(session_.get(), question.c_str()), &PQclear};
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK)
        throw std::runtime_error(PQerrorMessage(session_.get()));
    return PQntuples(answer.get()) > 0 ? PQgetvalue(answer.get(), 0, 0) : "";
}

std::map<std::size_t, std::size_t> Site::led() const
{
    std::istringstream rows(ask(R"(
        select coalesce(string_agg(leader_pid || ' ' || n, ' '), '')
          from (select leader_pid, count(*) as n from simsync.ledger where leader_pid is not null group by 1) each)"));
    std::map<std::size_t, std::size_t> led;
    std::size_t accounts = 0;
    for (std::string process; rows >> process >> accounts;)
        if (const auto found = instance_of_.find(process); found != instance_of_.end())
            led[found->second] += accounts;
    return led;
}

std::size_t Site::led_by_the_living() const
{
    std::string processes = "0";
    for (const auto& daemon : daemons_)
        if (daemon)
            processes += ',' + std::to_string(daemon->id());
    return std::stoul(ask("select count(*) from simsync.ledger where leader_pid in (" + processes + ")"));
}

std::size_t Site::swept() const
{
    return std::stoul(ask("select count(distinct account) from simsync.sweep where outcome = 'complete'"));
}

std::size_t Site::connections() const
{
    return std::stoul(ask("select count(*) from pg_stat_activity where usename = 'simsync_writer_login'"));
}

Spent Site::spent() const
{
    Spent spent;
    for (const auto& daemon : daemons_)
        if (daemon)
            spent.daemons += cpu_of(daemon->id());
    spent.database = cpu_of(cluster_);
    spent.transactions = std::stod(
        ask("select xact_commit + xact_rollback from pg_stat_database where datname = current_database()"));
    return spent;
}

} // namespace simsync::bench
