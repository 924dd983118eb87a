// A change event in the shape that other programs know: CloudEvents 1.0, structured mode, JSON
// (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md). Pure.
#pragma once

#include "simsync/store/records.hpp"

#include <string>

namespace simsync
{

inline constexpr const char* cloud_event_type = "application/cloudevents+json";

// The public id of the event where the store told it, else "<stream>:<seq>": the same however often the event
// is delivered, and never another's, also after a restore.
std::string cloud_event_id(const EventRecord& event, const std::string& stream_id);

// "<account>:<SIM>": events that share it are in order; an account's own, without a SIM, share one.
std::string partition_key(const EventRecord& event);

// One JSON object. `type` is "simsync." and the kind, `source` "/simsync/<account>", `subject` the SIM,
// `time` observed_at, `data` the event as event_json has it; `severity`, `dedupkey` and `partitionkey` are
// extensions.
std::string cloud_event(const EventRecord& event, const std::string& stream_id);

} // namespace simsync
