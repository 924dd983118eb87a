// Fan-out by logical replication: the database that is published, and the ones that follow it.
#pragma once

#include "postgres/connection.hpp"
#include "simsync/postgres/errors.hpp"

#include <optional>
#include <string>
#include <vector>

namespace simsync
{

// Whether what the database holds is replicated from another one. False where it has no schema yet.
bool is_subscriber(Connection& session);

// To be asked by whoever writes the mirror. Throws DatabaseUnfit where the database is a subscriber.
void refuse_subscriber(Connection& session);

// The same, on a connection of its own.
void refuse_subscriber(const std::string& url);

// Throws DatabaseUnfit where the server is older than PostgreSQL 15, or where the database holds accounts
// that simsync mirrors into it: it cannot become a subscriber.
void require_fit_for_subscriber(Connection& session);

// What subscribes a subscriber, as SQL for its superuser; empty where it is subscribed already. The place of
// the publisher is the reader's to fill in.
std::string subscription_command(const std::string& url);

// Makes the publication `simsync`, or has it publish what this schema wants; false where it did already. As
// the owner. Throws any StoreError, DatabaseUnfit for a subscriber and a server older than PostgreSQL 15.
bool publish(const std::string& url);

// The same for a publication that is there and whose owner asks; else nothing. After every migration: what it
// adds goes to subscribers from then on.
void keep_published(Connection& session);

struct PublicationDoubt
{
    std::string what;
    std::string hint;
    bool fails = false; // subscribers get nothing; else it may come to that

    bool operator==(const PublicationDoubt&) const = default;
};

// What keeps subscribers from getting everything, or may fill this server's disk. Empty where all is well;
// nullopt where nothing is published. Throws any StoreError.
std::optional<std::vector<PublicationDoubt>> doubts_about_publication(Connection& session);

} // namespace simsync
