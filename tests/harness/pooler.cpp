// Writes pgbouncer's configuration and runs it.
#include "harness/pooler.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace simsync::test
{
namespace
{

namespace fs = std::filesystem;

const fs::path program = "/usr/sbin/pgbouncer";

Command configured(const Folder& folder, const Cluster& cluster, const std::string& mode)
{
    std::ofstream(folder / "pgbouncer.ini")
        << "[databases]\n* = user=postgres host=" << cluster.folder().string() << "\n"
        << "[pgbouncer]\nlisten_addr =\nunix_socket_dir = " << folder.path().string()
        << "\nauth_type = any\npool_mode = " << mode << "\n";
    return unprivileged({program, folder / "pgbouncer.ini"});
}

} // namespace

bool Pooler::is_installed()
{
    return fs::exists(program);
}

Pooler::Pooler(const Cluster& cluster, const std::string& mode)
    : process_(configured(folder_, cluster, mode), folder_ / "pgbouncer.log")
{
    while (PQping(("port=6432 dbname=postgres user=postgres host=" + folder_.path().string()).c_str()) !=
           PQPING_OK)
    {
        if (process_.has_ended())
            throw std::runtime_error("pgbouncer does not start, see " + (folder_ / "pgbouncer.log").string());
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

std::string Pooler::url_of(const std::string& url) const
{
    return url + " port=6432 host=" + folder_.path().string(); // of two, the last one counts
}

} // namespace simsync::test
