// What came of a look between sweeps.
#pragma once

#include "model/backoff.hpp"
#include "simsync/model/event.hpp"
#include "simsync/model/failure.hpp"

#include <chrono>
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

// What passes before the next look after so many that failed in a row; `chance` in [0, 1). The sweeps tell
// what is wrong with the API: a look only waits. One that was told for how long waits no longer, for a limit
// of requests ends nothing: behind one, looks come to be a minute apart where they were two seconds.
inline std::chrono::milliseconds pause_after(const Failure& failure, int failures, double chance)
{
    if (failure.kind == FailureKind::throttled && failure.retry_after)
        return *failure.retry_after;
    constexpr Backoff backoff{
        .first = std::chrono::milliseconds{2'000},
        .longest = std::chrono::milliseconds{60'000},
        .patience = 0};
    return *backoff.delay(failures, chance, failure.retry_after);
}

} // namespace simsync
