// A throwaway PostgreSQL cluster for a test run, version 15 unless a test wants another, reached over a Unix
// socket in a folder of its own.
#pragma once

#include "harness/process.hpp"

#include <libpq-fe.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace simsync::test
{

// Runs as the calling user, as root under the user `postgres`. Make it on a thread that lives as long as it
// does (see Process). The folder goes with the object.
class Cluster
{
public:
    // One for the whole process, made at first use.
    static Cluster& shared();

    Cluster(); // a folder, initdb, a running server: about half a second
    explicit Cluster(std::vector<std::string> settings); // each "name=value", as of postgresql.conf
    ~Cluster();
    Cluster(Cluster&&) = delete;

    // Of another version: where initdb and postgres are.
    struct Programs
    {
        std::filesystem::path folder;
    };
    explicit Cluster(Programs programs);

    // A hot standby that follows `primary`, read-only until it is promoted.
    struct StandbyOf
    {
        const Cluster& primary;
    };
    explicit Cluster(StandbyOf);
    void promote();

    // The URL of a new database, as superuser: empty, or with simsync's schema.
    std::string empty_database();
    std::string mirror_database();

    // The same database for another role, made as needed: it may log in and is a member of `group`.
    std::string as_member_of(const std::string& group, const std::string& url);

    void stop_immediately(); // as if the power had failed; every connection is lost
    void start();
    void restart(); // both

    // As on a host whose kernel lives, which takes connections, and nothing else does; until it is thawed.
    void freeze() { send_to_all(SIGSTOP); }
    void thaw() { send_to_all(SIGCONT); }

    // A database of another cluster's, as this one's: of a standby, the primary's.
    std::string here(const std::string& url) const { return url + " host=" + folder_.path().string(); }

    const std::filesystem::path& folder() const noexcept { return folder_.path(); } // holds the socket

private:
    std::string url_of(const std::string& database, const std::string& user) const;
    std::string new_database(const std::string& source);

    void make();
    void send_to_all(int signal) const;

    Folder folder_;
    std::filesystem::path programs_;
    std::vector<std::string> settings_;
    std::optional<Process> server_; // empty while it is stopped
    int databases_ = 0;
    bool has_template_ = false;
};

// Runs SQL on a connection of its own; what the first column of the first row holds, empty where there is
// none. Throws std::runtime_error with the server's message, SQLSTATE included.
std::string run_sql(const std::string& url, const std::string& sql);

// A connection that a test keeps, to hold a lock or to listen. Whether it was made, PQstatus says.
using Session = std::unique_ptr<PGconn, decltype(&PQfinish)>;
Session connect(const std::string& url);

} // namespace simsync::test
