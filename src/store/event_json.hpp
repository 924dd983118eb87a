// An event as the JSON that programs read: `simsync events --json`, the sinks.
#pragma once

#include "simsync/store/records.hpp"

#include <string>

namespace simsync
{

// Every column of the event in the table's order, one JSON object, no line end.
std::string event_json(const EventRecord& event);

} // namespace simsync
