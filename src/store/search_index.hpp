// The optional index by which any part of a SIM's ids, numbers or description is found at once.
#pragma once

#include "simsync/postgres/errors.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace simsync
{

// How far the building of an index is, in PostgreSQL's own words and figures.
struct IndexProgress
{
    std::string phase;      // "building index: scanning table"
    std::int64_t done = 0;  // of `total`: blocks or rows
    std::int64_t total = 0; // 0: not known
};

enum class SearchIndex
{
    built,
    was_there,
    dropped,
    was_not_there,
};

// Builds the index `simsync.sim_search` where it is missing, and the extension pg_trgm that it is made with;
// what an interrupted attempt has left is dropped first. As the schema's owner. Nobody is kept from reading
// or writing meanwhile; it waits for older transactions of the database to end. `tell` is called now and then
// from another thread. Throws any StoreError.
SearchIndex build_search_index(const std::string& url, const std::function<void(const IndexProgress&)>& tell);

// Drops it; the extension stays. As the owner. Throws any StoreError.
SearchIndex drop_search_index(const std::string& url);

} // namespace simsync
