// Rows of simsync.change_event.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/model/event.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace simsync
{

// On which it is notified, soon after, that events were committed (store/ringing).
inline const std::string events_channel = "simsync_events";

// The months that the log is known to have partitions for.
struct Months
{
    Timestamp since;
    Timestamp until;

    bool contain(Timestamp time) const { return since <= time && time < until; }
};

// Makes the partitions around `at` where they are missing.
Months ensure_partitions(Work& work, Timestamp at);

// Numbers the events through the account's ledger and writes them; the last seq given. Two transactions of
// one account take turns here until commit: that is what makes seq gapless and its order that of the commits.
std::int64_t
append_events(Work& work, const std::string& account, std::span<const Event> events, Months& months);

} // namespace simsync
