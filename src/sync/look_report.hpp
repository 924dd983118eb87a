// What came of a look between sweeps.
#pragma once

#include "simsync/model/event.hpp"
#include "simsync/model/failure.hpp"

#include <cstdint>
#include <optional>

namespace simsync
{

struct LookReport
{
    std::int64_t requests = 0;
    std::int64_t changed = 0;         // SIMs, found by what moved lately
    std::int64_t watched_changed = 0; // and by asking for those that are watched
    EventCounts events;
    std::optional<Failure> failure; // the API's, of the last question
    bool impossible = false;        // the API answers no question for what moved lately
};

} // namespace simsync
