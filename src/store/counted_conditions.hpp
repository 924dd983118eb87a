// What of an account stands, counted by kind for some of its SIMs after the other.
#pragma once

#include "simsync/model/event.hpp"

#include <optional>
#include <string>

namespace simsync
{

struct CountedConditions
{
    EventCounts counts;              // each kind, also where there are none
    std::optional<std::string> upto; // the SIM behind which it goes on; empty: these were the last
};

} // namespace simsync
