#include "soak/patroni.hpp"

#include "harness/cluster.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <signal.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;
using boost::asio::ip::tcp;

// A leader that is gone is replaced after so long: Patroni's own default is three times that.
constexpr int ttl_seconds = 10;
constexpr auto longer_than_the_ttl = 15s;

unsigned short free_port()
{
    boost::asio::io_context io;
    return tcp::acceptor(io, {boost::asio::ip::address_v4::loopback(), 0}).local_endpoint().port();
}

std::string address(unsigned short port)
{
    return "127.0.0.1:" + std::to_string(port);
}

// Patroni's own HTTP interface; what it answers, empty where it does not.
std::string
ask(const std::string& method, unsigned short port, const std::string& path, const std::string& body)
{
    tcp::iostream connection;
    connection.expires_after(60s); // a switchover is answered when it is through
    connection.connect("127.0.0.1", std::to_string(port));
    connection << method << ' ' << path << " HTTP/1.0\r\nContent-Length: " << body.size() << "\r\n\r\n"
               << body << std::flush;
    return {std::istreambuf_iterator<char>(connection), {}};
}

void await(const std::string& what, const std::function<bool()>& come)
{
    const auto deadline = std::chrono::steady_clock::now() + 180s; // on a busy machine
    while (!come())
    {
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("waited in vain for " + what);
        std::this_thread::sleep_for(100ms);
    }
}

// Empty where nobody answers.
std::string answer(const std::string& url, const std::string& sql)
{
    try
    {
        return run_sql(url, sql);
    }
    catch (const std::runtime_error&)
    {
        return {};
    }
}

pid_t first_number_in(const std::filesystem::path& file)
{
    pid_t number = 0;
    std::ifstream(file) >> number;
    return number;
}

} // namespace

Patroni::Patroni()
    : etcd_port_(free_port()),
      etcd_peer_port_(free_port()),
      nodes_{{{"one", free_port(), free_port()}, {"two", free_port(), free_port()}}}
{
    start_etcd();
    for (auto& node : nodes_)
    {
        write_configuration(node);
        start(node);
        await("a primary", [this] { return !answer(url("postgres"), "select 1").empty(); });
    }
    await_two_of_them();
}

Patroni::~Patroni()
{
    for (auto& node : nodes_)
    {
        if (node.process)
            node.process->end(SIGTERM); // stops its PostgreSQL
        kill_postgres(node);
    }
}

std::string Patroni::url(const std::string& database) const
{
    std::string hosts;
    std::string ports;
    for (const auto& node : nodes_)
    {
        hosts += hosts.empty() ? "127.0.0.1" : ",127.0.0.1";
        ports += (ports.empty() ? "" : ",") + std::to_string(node.database_port);
    }
    return "host=" + hosts + " port=" + ports + " user=postgres dbname=" + database +
           " target_session_attrs=read-write connect_timeout=3";
}

void Patroni::write_configuration(const Node& node) const
{
    const auto folder = folder_.path().string();
    std::ofstream(folder_ / (node.name + ".yml"))
        << "scope: simsync\nname: " << node.name << "\nrestapi: {listen: '" << address(node.api_port)
        << "', connect_address: '" << address(node.api_port) << "'}\netcd3: {host: '" << address(etcd_port_)
        << "'}\n"
        << "bootstrap:\n  dcs:\n    ttl: " << ttl_seconds << R"(
    loop_wait: 2
    retry_timeout: 3
    failsafe_mode: true
    synchronous_mode: true
    postgresql: {use_pg_rewind: true, parameters: {wal_log_hints: 'on', wal_keep_size: 512MB}}
  initdb: [{encoding: UTF8}, {locale: C.UTF-8}, no-sync]
postgresql:
  bin_dir: /usr/lib/postgresql/15/bin
  authentication: {superuser: {username: postgres}, replication: {username: postgres}}
  pg_hba: [local all all trust, host all all 127.0.0.1/32 trust, host replication all 127.0.0.1/32 trust]
)"
        << "  listen: '" << address(node.database_port) << "'\n  connect_address: '"
        << address(node.database_port) << "'\n  data_dir: " << folder << "/" << node.name
        << "\n  pgpass: " << folder << "/pgpass-" << node.name
        << "\n  parameters: {fsync: 'off', unix_socket_directories: '" << folder << "'}\n";
}

void Patroni::start(Node& node)
{
    node.process.emplace(
        unprivileged({"patroni", folder_ / (node.name + ".yml")}), folder_ / (node.name + ".log"));
}

void Patroni::start_etcd()
{
    const auto client = "http://" + address(etcd_port_);
    etcd_.emplace(
        unprivileged(
            {"etcd", "--data-dir", folder_ / "etcd", "--listen-client-urls", client,
             "--advertise-client-urls", client, "--listen-peer-urls", "http://" + address(etcd_peer_port_),
             "--unsafe-no-fsync"}),
        folder_ / "etcd.log");
    await("etcd", [this] { return ask("GET", etcd_port_, "/health", "").find("true") != std::string::npos; });
}

Patroni::Node& Patroni::primary()
{
    std::string port;
    await(
        "a primary",
        [&] { return !(port = answer(url("postgres"), "select current_setting('port')")).empty(); });
    return std::to_string(nodes_.front().database_port) == port ? nodes_.front() : nodes_.back();
}

void Patroni::kill_postgres(const Node& node)
{
    if (const auto postmaster = first_number_in(folder_ / node.name / "postmaster.pid"); postmaster > 0)
        kill(postmaster, SIGKILL);
}

// As PostgreSQL has it and as Patroni does, which promotes nobody else and learns of it a little later.
bool Patroni::are_two() const
{
    const std::string follows = "select count(*) from pg_stat_replication where state = 'streaming' and "
                                "application_name in ('one', 'two') and sync_state = ";
    if (answer(url("postgres"), follows + (synchronous_ ? "'sync'" : "'async'")) != "1")
        return false;
    const auto known = ask("GET", nodes_.front().api_port, "/cluster", "");
    return known.find(R"("leader")") != std::string::npos &&
           known.find(synchronous_ ? R"("sync_standby")" : R"("replica")") != std::string::npos;
}

void Patroni::await_two_of_them()
{
    await("a standby that follows its primary, see " + folder_.path().string(), [this] { return are_two(); });
}

void Patroni::set_synchronous(bool synchronous)
{
    synchronous_ = synchronous;
    ask("PATCH", primary().api_port, "/config",
        std::string(R"({"synchronous_mode": )") + (synchronous ? "true" : "false") + '}');
    await_two_of_them();
}

void Patroni::kill_primary(std::chrono::milliseconds standby_behind)
{
    auto& dead = primary();
    const auto& other = &dead == &nodes_.front() ? nodes_.back() : nodes_.front();
    const auto receiver = standby_behind > 0ms ? stop_receiver(other) : 0;
    std::this_thread::sleep_for(standby_behind);
    dead.process->end(SIGKILL);
    kill_postgres(dead);
    if (receiver > 0) // what is on its way to it is lost with it
        kill(receiver, SIGTERM), kill(receiver, SIGCONT);
    await("the standby's promotion", [&] { return &primary() != &dead; });
    start(dead);
    await_two_of_them();
}

// Of the standby: it takes in nothing from here on.
pid_t Patroni::stop_receiver(const Node& standby)
{
    const auto of_standby =
        "host=127.0.0.1 user=postgres dbname=postgres port=" + std::to_string(standby.database_port);
    const auto receiver =
        static_cast<pid_t>(std::stol(run_sql(of_standby, "select pid from pg_stat_wal_receiver")));
    kill(receiver, SIGSTOP);
    return receiver;
}

void Patroni::crash_postgres()
{
    const std::string begun = "select pg_postmaster_start_time()";
    const auto before = answer(url("postgres"), begun);
    kill_postgres(primary());
    await(
        "another PostgreSQL",
        [&]
        {
            const auto now = answer(url("postgres"), begun);
            return !now.empty() && now != before;
        });
    await_two_of_them();
}

void Patroni::switch_over()
{
    const auto& from = primary();
    const auto& to = &from == &nodes_.front() ? nodes_.back() : nodes_.front();
    const auto wish = R"({"leader": ")" + from.name + R"(", "candidate": ")" + to.name + "\"}";
    await(
        "Patroni's consent",
        [&] { return ask("POST", from.api_port, "/switchover", wish).find(" 200 ") != std::string::npos; });
    await("the switchover", [&] { return &primary() == &to; });
    await_two_of_them();
}

void Patroni::stop_etcd()
{
    etcd_->end(SIGKILL);
    std::this_thread::sleep_for(longer_than_the_ttl);
    start_etcd();
    await_two_of_them();
}

} // namespace simsync::test
