// Dates as the stacks behind an API write them, beyond what its reference documents (model/time).
#pragma once

#include "simsync/model/time.hpp"

#include <optional>
#include <string_view>

namespace simsync
{

struct Date
{
    std::optional<Timestamp> at; // empty: whoever wrote it means that there is none

    bool operator==(const Date&) const = default;
};

// All that parse_date reads, and of the same: basic form ("20230716T115820Z"), no seconds, 24:00 (midnight
// that follows), any number of fractional digits, blanks around it and before the zone, zones as "+03",
// "+0300", "+03:00:00", "UTC" and "GMT", a zone's name behind its offset ("+0300 MSK",
// "+03:00[Europe/Moscow]"), the Unix time of read_epoch as text, and "/Date(…)/". None are: blank text,
// "infinity", year 0000, and a day that stands for nothing in some stack: 0001-01-01, 1970-01-01, 9999-12-31.
// Empty for anything else: a day that is guessed at is worse than none.
std::optional<Date> read_date(std::string_view text);

// Unix time in decimal digits, a fraction allowed: seconds (from 1973 on), milliseconds, microseconds or
// nanoseconds, which their size tells. 0 is none, as are the first and the last day of the calendar. Empty
// for anything else.
std::optional<Date> read_epoch(std::string_view number);

} // namespace simsync
