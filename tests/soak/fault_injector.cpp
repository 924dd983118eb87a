#include "soak/fault_injector.hpp"

#include <csignal>
#include <thread>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;

// Longer than it may be silent to PostgreSQL, so that its session ends.
constexpr auto long_sleep = 12s;

} // namespace

void Service::start()
{
    program_.reset();
    program_.emplace(
        testbed_.folder(), "daemon" + std::to_string(++started_),
        Strings{"--config", testbed_.config_file(), "run"});
    lives_.begin();
}

void Service::signal(int signal)
{
    kill(id(), signal);
}

void Service::end(int signal)
{
    program_->process().end(signal);
    start();
}

int Service::stop()
{
    program_->process().end(SIGTERM);
    return program_->process().wait();
}

FaultInjector::FaultInjector(Testbed& testbed, Cluster& cluster, Service& service, unsigned seed)
    : chance_(seed)
{
    const auto sessions = [&testbed](const std::string& deed)
    {
        testbed.sql(
            "select " + deed +
            "(pid) from pg_stat_activity where application_name = 'simsync' and "
            "datname = current_database()");
    };
    deeds_ = {
        {"its sessions are cut", [=] { sessions("pg_terminate_backend"); }},
        {"its statements are cancelled", [=] { sessions("pg_cancel_backend"); }},
        {"its sessions are cut", [=] { sessions("pg_terminate_backend"); }},
        {"PostgreSQL falls and rises", [&cluster] { cluster.restart(); }},
        {"tokens are revoked", [&testbed] { testbed.api().revoke_tokens(); }},
        {"a new configuration", [&service] { service.signal(SIGHUP); }},
        {"kill -9", [&service] { service.end(SIGKILL); }},
        {"a restart", [&service] { service.end(SIGTERM); }},
        {"it stands still",
         [&service]
         {
             service.signal(SIGSTOP);
             std::this_thread::sleep_for(long_sleep);
             service.signal(SIGCONT);
         }},
    };
}

std::string_view FaultInjector::strike()
{
    const auto& [name, deed] = deeds_[chance_() % deeds_.size()];
    deed();
    return name;
}

} // namespace simsync::test
