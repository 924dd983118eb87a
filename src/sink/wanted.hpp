// What of the events a sink is to hand on. Pure.
#pragma once

#include "model/event_match.hpp"
#include "simsync/store/records.hpp"

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
    EventMatch match = {};               // and of these only what matches

    // By kind and `standing` alone.
    bool takes(std::string_view kind) const
    {
        return kinds.empty() || std::ranges::find(kinds, kind) != kinds.end();
    }
    bool takes(std::string_view kind, bool stood_before) const
    {
        return takes(kind) && (standing || !stood_before);
    }
    // By all three.
    bool takes(const EventRecord& event) const;

    bool operator==(const Wanted&) const = default;
};

// What can be matched; views of what is given.
EventFacts facts_of(const EventRecord& event);
EventFacts facts_of(const StandingCondition& condition); // of which nothing but the SIM and its kind is known

} // namespace simsync
