// From events to what is sent, and what is done with once it has arrived. Pure.
#pragma once

#include "simsync/model/time.hpp"
#include "simsync/store/records.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

struct Parcel
{
    std::string id; // of the event; empty where it is about several
    std::string content_type;
    std::string body;                         // empty: nothing to send
    std::map<std::string, std::int64_t> upto; // of each account: what may be acknowledged behind it
};

using Kinds = std::vector<std::string>; // the ones that are wanted; none is all

// One parcel for each wanted event, in order. What is not wanted goes along with its neighbours.
std::vector<Parcel> webhook_parcels(std::span<const EventRecord> events, const Kinds& wanted,
                                    const std::map<std::string, std::string>& streams);

// All alerts of the events in one.
std::vector<Parcel> alert_parcels(std::span<const EventRecord> events, const Kinds& wanted, Timestamp now);

// What stands now, some hundred conditions in each.
std::vector<Parcel> alert_parcels(std::span<const StandingCondition> standing, const Kinds& wanted,
                                  Timestamp now);

} // namespace simsync
