// From a commit of simsync's database to whoever waits at a subscriber.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace simsync::bench
{

// Seconds from the beginning of each transaction that writes an event. A client can be told of it before its
// writer hears that it is committed.
struct Ways
{
    std::vector<double> committed; // as its writer hears
    std::vector<double> told;      // as a client hears that LISTENs in another cluster, which subscribes
};

// Of so many events, one after the other. `program`: a simsync that knows of subscribers.
Ways ways_to_subscriber(const std::string& program, std::size_t events);

} // namespace simsync::bench
