// A list query: which SIMs, in which order, from where to where.
#pragma once

#include "simulator/filter.hpp"
#include "simulator/fleet.hpp"

#include <cstddef>
#include <vector>

namespace simsync::simulator
{

struct SortKey
{
    const FilterField* field = nullptr;
    bool descending = false;
};

// Reads `sort: [SortInput]`; ASC where no order is given. Throws graphql::Refusal for a field that cannot be
// sorted by.
std::vector<SortKey> read_sort(const graphql::Value* sort);

struct Query
{
    std::vector<Condition> filter;
    std::vector<SortKey> sort;
    std::size_t offset = 0;
    std::size_t limit = 0;
};

struct Found
{
    std::vector<const Simcard*> simcards; // valid until the fleet changes
    std::size_t count = 0;                // all that match, whatever offset and limit
};

// Filters compare ids in the order `ids`; sorts use the fleet's own. Null sorts last ascending, first
// descending; equal SIMs keep the order of their ids. Without a sort the order is that of the last change, as
// from a table without ORDER BY: it moves while it is paged.
Found run(const Query& query, const Fleet& fleet, IdOrder ids);

} // namespace simsync::simulator
