#include "sink/cloud_event.hpp"

#include "store/event_json.hpp"

#include <boost/json.hpp>

namespace simsync
{

namespace json = boost::json;

std::string cloud_event_id(const EventRecord& event, const std::string& stream_id)
{
    return event.id.empty() ? stream_id + ':' + std::to_string(event.seq) : event.id;
}

std::string partition_key(const EventRecord& event)
{
    return event.account + ':' + event.sim.value_or("");
}

std::string cloud_event(const EventRecord& event, const std::string& stream_id)
{
    json::object envelope{
        {"specversion", "1.0"},
        {"id", cloud_event_id(event, stream_id)},
        {"source", "/simsync/" + event.account},
        {"type", "simsync." + event.kind},
        {"time", event.observed_at},
        {"datacontenttype", "application/json"},
        {"severity", event.severity},
        {"partitionkey", partition_key(event)},
    };
    if (event.sim)
        envelope.emplace("subject", *event.sim);
    if (event.dedup_key)
        envelope.emplace("dedupkey", *event.dedup_key);
    envelope.emplace("data", event_object(event));
    return json::serialize(envelope);
}

} // namespace simsync
