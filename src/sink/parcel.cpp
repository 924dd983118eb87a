#include "sink/parcel.hpp"

#include "sink/cloud_event.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

constexpr std::size_t alerts_a_parcel = 500;

// An account that was not there when the streams were read is told with the next look.
std::string stream_of(const std::map<std::string, std::string>& streams, const std::string& account)
{
    const auto found = streams.find(account);
    return found == streams.end() ? account : found->second;
}

Parcel webhook_parcel(const EventRecord& event, const std::string& stream)
{
    Parcel parcel;
    parcel.id = cloud_event_id(event, stream);
    parcel.account = event.account;
    parcel.seq = event.seq;
    parcel.body = cloud_event(event, stream);
    return parcel;
}

} // namespace

std::vector<Parcel> webhook_parcels(
    std::span<const EventRecord> events, const Wanted& wanted,
    const std::map<std::string, std::string>& streams)
{
    std::vector<Parcel> parcels;
    for (const auto& event : events)
    {
        if (wanted.takes(event.kind, event.standing))
            parcels.push_back(webhook_parcel(event, stream_of(streams, event.account)));
        else if (parcels.empty())
            parcels.emplace_back();
        parcels.back().upto[event.account] = event.seq;
    }
    return parcels;
}

std::vector<Parcel> alert_parcels(std::span<const EventRecord> events, const Wanted& wanted)
{
    Parcel parcel;
    for (const auto& event : events)
    {
        std::ranges::move(alerts_of(event, wanted), std::back_inserter(parcel.alerts));
        parcel.upto[event.account] = event.seq;
    }
    return {std::move(parcel)};
}

std::vector<Parcel> alert_parcels(std::span<const StandingCondition> standing, const Wanted& wanted)
{
    const auto alerts = alerts_of(standing, wanted);
    std::vector<Parcel> parcels;
    for (std::span<const Alert> rest = alerts; !rest.empty();)
    {
        const auto some = rest.first(std::min(rest.size(), alerts_a_parcel));
        parcels.emplace_back().alerts.assign(some.begin(), some.end());
        rest = rest.subspan(some.size());
    }
    return parcels;
}

} // namespace simsync
