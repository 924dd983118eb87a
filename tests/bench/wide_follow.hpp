// From a commit of simsync's database to whoever waits at a subscriber.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace simsync::bench
{

// Seconds from an event's commit until a client of another cluster, which subscribes to the mirror, is told
// of it; of so many events, one after the other. `program`: a simsync that knows of subscribers.
std::vector<double> ways_to_subscriber(const std::string& program, std::size_t events);

} // namespace simsync::bench
