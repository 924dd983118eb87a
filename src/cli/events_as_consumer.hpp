// `simsync events --consumer`: reads on where a consumer was, prints or hands over, and acknowledges.
#pragma once

#include "cli/events_job.hpp"

#include <optional>
#include <string>

namespace simsync::cli
{

struct ConsumerJob
{
    std::string consumer;
    std::string match; // model/event_match: what is told; the position moves past the rest
    std::string (*text)(const EventRecord&); // what is printed of each
    std::optional<std::string> exec;         // run for each instead
    bool from_now = false;                   // where it is new, with what happens from now on
    bool follow = false;
    std::int64_t left = 0;    // so many are still to be told
    Positions positions = {}; // what was told, but the database has not noted yet: it outlives the connection
};

// Until there is nothing more, or nobody to tell; with `follow` for ever. Throws any StoreError, and
// CommandError where another process reads as the consumer.
void read_as_consumer(const std::string& database_url, ConsumerJob job);

} // namespace simsync::cli
