// One event as a line for people.
#pragma once

#include "simsync/store/records.hpp"

#include <string>

namespace simsync::cli
{

// "2026-11-24 09:10:40  main  #42  balance.low  100001  balance 4.9". Foreign text is escaped: one line
// whatever it is.
std::string event_line(const EventRecord& event);
std::string event_line_in_colour(const EventRecord& event);

} // namespace simsync::cli
