// What of the events a sink is to hand on. Pure.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

struct Wanted
{
    std::vector<std::string> kinds = {}; // none is all
    bool standing = false;               // also what stood before simsync came

    bool takes(std::string_view kind) const
    {
        return kinds.empty() || std::ranges::find(kinds, kind) != kinds.end();
    }
    bool takes(std::string_view kind, bool stood_before) const
    {
        return takes(kind) && (standing || !stood_before);
    }
    bool operator==(const Wanted&) const = default;
};

} // namespace simsync
