// Many accounts in several instances: a PostgreSQL as it comes out of the box, a simulated API, and daemons
// of any simsync, an old one too.
#pragma once

#include "harness/cluster.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace simsync::bench
{

struct Width
{
    std::size_t accounts = 150;
    std::size_t instances = 2;
    std::size_t sims = 20; // of each account
    std::string sweep_interval = "60s";
};

// What daemons and PostgreSQL's processes have used up so far.
struct Spent
{
    double daemons = 0; // CPU seconds
    double database = 0;
    double transactions = 0;
};

// Daemons come in by a login that is no superuser's, so that PostgreSQL's reserved connections are left to
// who measures.
class Site
{
public:
    // Migrated by this program; nothing runs yet.
    Site(std::string program, Width width);

    void start(std::size_t instance);
    void kill(std::size_t instance); // -9

    // Accounts led, of each instance by number; the dead ones' as well, as long as nobody took them over.
    std::map<std::size_t, std::size_t> led() const;
    std::size_t led_by_the_living() const;
    std::size_t swept() const; // accounts with a complete sweep
    std::size_t connections() const;
    Spent spent() const;

    const std::string& url() const noexcept { return url_; } // as superuser
    const Width& width() const noexcept { return width_; }

private:
    std::string ask(const std::string& question) const;
    void write_configuration(const std::string& url);

    std::string program_;
    Width width_;
    test::Folder folder_;
    test::Cluster cluster_;
    std::string url_;
    std::string api_;
    std::unique_ptr<test::Process> simulator_;
    std::vector<std::unique_ptr<test::Process>> daemons_;
    std::map<std::string, std::size_t> instance_of_; // by process id
    test::Session session_;                          // kept, for later there may be no other
};

// `simsync migrate` of that program, in this database.
void migrate_by(
    const std::string& program, const test::Folder& folder, const std::string& url,
    const std::string& flag = {});

// What stands before the first line end of a file, once there is one.
std::string first_line_of(const std::string& file);

} // namespace simsync::bench
