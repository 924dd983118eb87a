// What a sweep did, for whoever asked for it: the sweeper itself does not log. Plain data.
#pragma once

#include "model/removal.hpp"
#include "simsync/model/failure.hpp"
#include "simsync/model/page.hpp"
#include "simsync/store/records.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

struct SweepReport
{
    SweepRecord record;
    EventCounts events;
    // Values that could not be read or did not fit, by the API's field name.
    std::map<std::string, std::int64_t> decode_errors;
    std::vector<DecodeError> set_aside;                // the first of them, each SIM's field once
    std::map<std::string, std::string> unknown_fields; // that the API did not know, and what it said
    std::set<std::string> left_out;                    // fields that were not asked for any more at its end
    std::optional<Failure> last_failure;               // the API's, even if a later try went well
    std::string by_offset_because;                     // the API surprised us by key; empty: it did not
    bool interrupted = false;                          // told to stop before it was complete
    bool shows_nobody = false; // of those who are known: it proves nothing, and nothing is fresh by it
    std::int64_t retries = 0;
    std::int64_t doubtful = 0; // absent SIMs that could not be proven gone, or not often enough
    std::int64_t awaited = 0;  // of those: proven gone, and more sweeps are to say so
    std::int64_t held = 0;     // removals that the guard holds for approval
    // A person's decision of held removals that ended with this sweep: others are missing than it was of.
    std::optional<LapsedDecision> lapsed;
};

// The error of a sweep that proved a list without anybody in it, although SIMs are known.
inline constexpr std::string_view shows_nobody_error = "the list shows none of the SIMs that are known";

// Events that a sweep emitted beside those of its rows.
inline void count(SweepReport& report, const EventCounts& events)
{
    report.record.events += total(events);
    add(report.events, events);
}

} // namespace simsync
