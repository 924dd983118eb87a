// Whether the daemon could live with this database: each question by itself, for `simsync check`.
#pragma once

#include "simsync/postgres/errors.hpp"
#include "store/connection_room.hpp"
#include "store/subscriber.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

// Each throws the StoreError that the daemon would meet, and writes nothing.
class DatabaseChecks
{
public:
    explicit DatabaseChecks(const std::string& url); // connects
    ~DatabaseChecks();
    DatabaseChecks(const DatabaseChecks&) = delete;
    DatabaseChecks& operator=(const DatabaseChecks&) = delete;

    std::string server() const; // "PostgreSQL 15.5, database "simsync" on /run/postgresql, as simsync"
    void require_no_pooler();
    void require_schema();
    void require_rights(); // those of simsync_writer
    void require_writable();
    void require_no_subscriber();

    // What is published for subscribers, and what stands in their way or may fill the disk: see
    // store/subscriber.hpp. Nullopt where nothing is published.
    std::optional<std::vector<PublicationDoubt>> doubts_about_publication();
    // Among the instances that are configured with these accounts.
    ConnectionRoom room(const std::vector<std::string>& accounts);

    // How many standbys there are, and for how many of them a commit waits; subscribers are none. Nullopt
    // where none is there, or the role may not see whether a commit waits for them.
    struct Standbys
    {
        std::int64_t all = 0;
        std::int64_t synchronous = 0;
    };
    std::optional<Standbys> standbys();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
