// An event in a stream that a sink publishes into.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace simsync
{

struct HeldEvent
{
    std::string id;          // the event's public one
    std::uint64_t place = 0; // its number in the stream
    std::int64_t made = 0;   // when that stream was made, ns since 1970 UTC; made anew, it has the same name

    bool operator==(const HeldEvent&) const = default;
};

using HeldEvents = std::map<std::string, HeldEvent>; // by account

// A position that went back, for the stream lacks what it had acknowledged.
struct PutBack
{
    std::int64_t from = 0;          // it had acknowledged this one
    std::optional<std::int64_t> to; // and stands behind this one now; none: nothing tells where, it stays
};

} // namespace simsync
