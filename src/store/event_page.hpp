// The console's lists of events, newest first. Reads simsync.change_event.
#pragma once

#include "postgres/driver.hpp"
#include "store/bound_values.hpp"
#include "store/fleet_records.hpp"

#include <optional>
#include <string>
#include <vector>

namespace simsync
{

EventPage event_page(
    Work& work, const EventQuestion& question, std::size_t limit, const std::optional<EventKey>& after);

// That an event `n` of simsync.change_event is one that the question asks for, whichever its account; for the
// CSV too.
std::string event_condition(const EventQuestion& question, BoundValues& values);

// The kinds that the question leaves, in the order of the enumeration. Pure.
std::vector<Kind> kinds_asked_for(const EventQuestion& question);

} // namespace simsync
