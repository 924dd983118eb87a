// An event as the JSON that programs read: `simsync events --json`, the sinks.
#pragma once

#include "simsync/store/records.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>

namespace simsync
{

// An event's `before` or `after`; null for the empty text. Whoever writes to the log beside simsync may nest
// deeper than it does. Throws boost::system::system_error where it is no JSON.
boost::json::value event_document(const std::string& text);

// Every column of the event in the table's order.
boost::json::object event_object(const EventRecord& event);

// The same as text, no line end.
std::string event_json(const EventRecord& event);

} // namespace simsync
