// One request of a sweep for a part of the list. Pure data.
#pragma once

#include <cstdint>
#include <string>

namespace simsync
{

struct PageRequest
{
    enum class Way
    {
        offset, // from the row `offset` on, ids ascending
        after,  // what the API holds for greater than `pivot`, ids ascending
        upto,   // what it holds for `pivot` or less, ids descending
    };

    std::uint64_t offset = 0;
    std::uint64_t limit = 0;
    Way way = Way::offset;
    std::string pivot = {}; // an id; for `after` and `upto`

    bool by_key() const noexcept { return way != Way::offset; }
    bool operator==(const PageRequest&) const = default;
};

} // namespace simsync
