// One SIM's life: who it is, how its balance went, what happened. Pure.
#pragma once

#include "simsync/model/time.hpp"
#include "simsync/store/reader.hpp"

#include <string>
#include <vector>

namespace simsync::cli
{

// For people; `line` writes an event. The events are all that are kept of it, in order.
std::string history_text(
    const SimLife& life, const std::vector<EventRecord>& events, Timestamp now,
    std::string (*line)(const EventRecord&));

// One JSON document: the row of simsync.sim and the events, each as `simsync events --json` has it.
std::string history_json(const SimLife& life, const std::vector<EventRecord>& events);

} // namespace simsync::cli
