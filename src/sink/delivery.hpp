// From events to what is sent, and what is done with once it has arrived. Pure.
#pragma once

#include "simsync/store/records.hpp"
#include "sink/alert.hpp"
#include "sink/wanted.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

// Something to send, or nothing but what may be acknowledged.
struct Delivery
{
    std::string id; // of the event that a webhook gets, and where it is in the log
    std::string account;
    std::int64_t seq = 0;
    std::string kind;          // of the event: what it is published as
    std::string body;          // of a webhook
    std::vector<Alert> alerts; // for an Alertmanager: written down when they are sent, for they bear the time
    std::map<std::string, std::int64_t> upto; // of each account: what may be acknowledged behind it

    bool empty() const { return body.empty() && alerts.empty(); }
};

// One delivery for each wanted event, in order. What is not wanted goes along with its neighbours.
std::vector<Delivery> webhook_deliveries(
    std::span<const EventRecord> events, const Wanted& wanted,
    const std::map<std::string, std::string>& streams);

// All alerts of the events in one. `contexts`: one for each event.
std::vector<Delivery> alert_deliveries(
    std::span<const EventRecord> events, std::span<const AlertContext> contexts, const Wanted& wanted);

// What stands now, some hundred conditions in each.
std::vector<Delivery> alert_deliveries(std::span<const StandingCondition> standing, const Wanted& wanted);

} // namespace simsync
