// A change event in the shape that other programs know: CloudEvents 1.0, structured mode, JSON
// (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md). Pure.
#pragma once

#include "simsync/store/records.hpp"

#include <span>
#include <string>

namespace simsync
{

inline constexpr const char* cloud_event_type = "application/cloudevents+json";
inline constexpr const char* cloud_event_batch_type = "application/cloudevents-batch+json";

// The public id of the event where the store told it, else "<stream>:<seq>": the same however often the event
// is delivered, and never another's, also after a restore.
std::string cloud_event_id(const EventRecord& event, const std::string& stream_id);

// "<account>:<SIM>": events that share it are in order; an account's own, without a SIM, share one.
std::string partition_key(const EventRecord& event);

// One JSON object. `type` is "simsync." and the kind, `source` "/simsync/<account>", `subject` the SIM,
// `time` observed_at, `data` the event as event_json has it; `severity`, `dedupkey` and `partitionkey` are
// extensions.
std::string cloud_event(const EventRecord& event, const std::string& stream_id);

// Several in batch mode: a JSON array of them, in order. Their ids are known to the store.
std::string cloud_event_batch(std::span<const EventRecord* const> events);

// Of a request that holds these: the one event's id, or one of the batch. The same events, the same id.
std::string request_id(std::span<const EventRecord* const> events);

} // namespace simsync
