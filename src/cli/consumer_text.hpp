// Where consumers stand, and what a step would deliver, for the person who decides on it. Pure.
#pragma once

#include "simsync/store/records.hpp"
#include "sink/wanted.hpp"
#include "store/consumer_registry.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace simsync::cli
{

// A step in one account: from where the consumer is to another place.
struct ConsumerStep
{
    ConsumerPosition from;
    std::int64_t to = 0;               // done with every event up to this one
    std::vector<EventTally> left_out;  // that are never delivered
    std::vector<EventTally> again;     // that are delivered although it has had them
    std::vector<EventTally> delivered; // all that it gets from now on, those of `again` included
    std::optional<EventRecord> first_left_out;
};

// What a sink of the configuration posts of these; empty where the consumer is none.
using SinkFilter = std::optional<Wanted>;

std::int64_t total(const std::vector<EventTally>& tallies);

// "90 events: 60 balance.changed, 30 sim.blocked (12 of them stood before)"; of many kinds the first few.
std::string tally_text(const std::vector<EventTally>& tallies);

// One consumer after the other, each account in a line, with what keeps it from reading on.
std::string positions_text(const std::vector<ConsumerPosition>& positions, Timestamp now);

// Several lines: what is left out, what is delivered, what of it the sink posts.
std::string step_text(const ConsumerStep& step, const SinkFilter& filter);

} // namespace simsync::cli
