// The schema's migrations: embedded in the binary, one checksum each, safe to run twice or side by side.
#pragma once

#include "simsync/postgres/errors.hpp"

#include <string>
#include <vector>

namespace simsync
{

struct MigrationStatus
{
    int version = 0;
    std::string name;     // "0001_mirror"
    std::string checksum; // SHA-256 of the file, hex
    bool applied = false;
    std::string applied_at; // RFC 3339; empty where it is not applied
};

// The embedded migrations against what the database has, in order.
// Throws SchemaMismatch where the database has one that we do not know or whose checksum differs.
std::vector<MigrationStatus> migration_status(const std::string& url);

// Applies what is missing, each in one transaction with its version row; returns what it applied.
// Polls an advisory lock, so that several may run at once. What is published goes with the schema. Throws any
// StoreError, DatabaseUnfit for a subscriber.
std::vector<MigrationStatus> migrate(const std::string& url);

// The same for a database that follows another one by logical replication, and makes a subscriber of an empty
// one. Throws any StoreError, DatabaseUnfit for a database that holds accounts of its own and for a server
// older than PostgreSQL 15.
std::vector<MigrationStatus> migrate_subscriber(const std::string& url);

struct MovedAccount
{
    std::string account;
    bool adopted = false; // its numbering goes on; else it has begun anew, and events were told since
};

// A person states that the database was moved while simsync was stopped, by dump and restore or pg_upgrade:
// the numbering of its accounts goes on. Those concerned; none where nothing was moved. As the owner. Throws
// any StoreError; while an account is led it changes nothing.
std::vector<MovedAccount> adopt_moved(const std::string& url);

} // namespace simsync
