// The schema's migrations: embedded in the binary, one checksum each, safe to run twice or side by side.
#pragma once

#include "simsync/store/errors.hpp"

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
// Polls an advisory lock, so that several may run at once. Throws any StoreError.
std::vector<MigrationStatus> migrate(const std::string& url);

} // namespace simsync
