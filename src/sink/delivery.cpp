#include "sink/delivery.hpp"

#include "sink/cloud_event.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

constexpr std::size_t alerts_a_delivery = 500;

// An account that was not there when the streams were read is told with the next look.
std::string stream_of(const std::map<std::string, std::string>& streams, const std::string& account)
{
    const auto found = streams.find(account);
    return found == streams.end() ? account : found->second;
}

Delivery webhook_delivery(const EventRecord& event, const std::string& stream)
{
    Delivery delivery;
    delivery.id = cloud_event_id(event, stream);
    delivery.account = event.account;
    delivery.seq = event.seq;
    delivery.kind = event.kind;
    delivery.body = cloud_event(event, stream);
    return delivery;
}

} // namespace

std::vector<Delivery> webhook_deliveries(
    std::span<const EventRecord> events, const Wanted& wanted,
    const std::map<std::string, std::string>& streams)
{
    std::vector<Delivery> deliveries;
    for (const auto& event : events)
    {
        if (wanted.takes(event))
            deliveries.push_back(webhook_delivery(event, stream_of(streams, event.account)));
        else if (deliveries.empty())
            deliveries.emplace_back();
        deliveries.back().upto[event.account] = event.seq;
    }
    return deliveries;
}

std::vector<Delivery> alert_deliveries(
    std::span<const EventRecord> events, std::span<const AlertContext> contexts, const Wanted& wanted)
{
    Delivery delivery;
    for (std::size_t i = 0; i < events.size(); ++i)
    {
        std::ranges::move(alerts_of(events[i], contexts[i], wanted), std::back_inserter(delivery.alerts));
        delivery.upto[events[i].account] = events[i].seq;
    }
    return {std::move(delivery)};
}

std::vector<Delivery> alert_deliveries(std::span<const StandingCondition> standing, const Wanted& wanted)
{
    const auto alerts = alerts_of(standing, wanted);
    std::vector<Delivery> deliveries;
    for (std::span<const Alert> rest = alerts; !rest.empty();)
    {
        const auto some = rest.first(std::min(rest.size(), alerts_a_delivery));
        deliveries.emplace_back().alerts.assign(some.begin(), some.end());
        rest = rest.subspan(some.size());
    }
    return deliveries;
}

} // namespace simsync
