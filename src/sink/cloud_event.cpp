#include "sink/cloud_event.hpp"

#include "store/event_json.hpp"

#include <boost/json.hpp>
#include <openssl/evp.h>

#include <array>

namespace simsync
{

namespace json = boost::json;

namespace
{

// Hexadecimal, of half of SHA-256: nobody finds two texts of the same.
std::string fingerprint(const std::string& text)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    std::string hexadecimal;
    for (std::size_t i = 0; i < size / 2; ++i)
        for (const auto nibble : {digest[i] / 16U, digest[i] % 16U})
            hexadecimal += "0123456789abcdef"[nibble];
    return hexadecimal;
}

} // namespace

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

std::string cloud_event_batch(std::span<const EventRecord* const> events)
{
    std::string batch = "[";
    for (const auto* const event : events)
    {
        if (batch.size() > 1)
            batch += ',';
        batch += cloud_event(*event, event->account);
    }
    return batch + ']';
}

std::string request_id(std::span<const EventRecord* const> events)
{
    if (events.size() == 1)
        return cloud_event_id(*events.front(), events.front()->account);
    std::string ids;
    for (const auto* const event : events)
        ids += cloud_event_id(*event, event->account) + '\n';
    return "batch_" + fingerprint(ids);
}

} // namespace simsync
