// The SQL files of migrations/, embedded in the binary by embed_migrations.cmake.
#pragma once

#include <span>
#include <string_view>

namespace simsync
{

struct EmbeddedMigration
{
    int version;
    std::string_view name;     // "0001_mirror"
    std::string_view checksum; // SHA-256 of the file, hex
    std::string_view sql;
};

// In order of version, from 1 and without gaps.
std::span<const EmbeddedMigration> embedded_migrations();

// Makes the schema and the list of applied migrations.
std::string_view bootstrap_sql();

} // namespace simsync
