// The schema as it describes itself: what its comments say of every table, view, column and function.
#pragma once

#include "simsync/postgres/errors.hpp"

#include <string>
#include <vector>

namespace simsync
{

class Work;

struct ColumnEntry
{
    std::string name;
    std::string type; // as psql shows it: "timestamp with time zone"
    bool required = false;
    std::string meaning;
};

struct RelationEntry
{
    std::string name; // without its schema
    bool is_view = false;
    std::string meaning;
    std::vector<std::string> key; // of a table
    std::vector<ColumnEntry> columns;
};

struct FunctionEntry
{
    std::string name;
    std::string arguments; // "consumer text, max integer DEFAULT 100"
    std::string result;
    std::string meaning;
};

struct RoleEntry
{
    std::string name;
    std::string meaning;
};

struct Dictionary
{
    std::vector<RelationEntry>
        relations; // tables, then views, by name; a log's months are not told one by one
    std::vector<FunctionEntry> functions; // by name
    std::vector<RoleEntry> roles;
};

// Throws any StoreError.
Dictionary read_dictionary(const std::string& url);

// The same within a transaction, whose search_path is another one afterwards.
Dictionary dictionary_of(Work& work);

} // namespace simsync
