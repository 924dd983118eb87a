#include "sink/parcel.hpp"

#include "sink/alert.hpp"
#include "sink/cloud_event.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

constexpr std::size_t alerts_a_parcel = 500;

bool is_wanted(const Kinds& wanted, const std::string& kind)
{
    return wanted.empty() || std::ranges::find(wanted, kind) != wanted.end();
}

// An account that was not there when the streams were read is told with the next look.
std::string stream_of(const std::map<std::string, std::string>& streams, const std::string& account)
{
    const auto found = streams.find(account);
    return found == streams.end() ? account : found->second;
}

Parcel parcel_of(std::span<const Alert> alerts)
{
    Parcel parcel;
    parcel.content_type = "application/json";
    if (!alerts.empty())
        parcel.body = alerts_json(alerts);
    return parcel;
}

} // namespace

std::vector<Parcel> webhook_parcels(std::span<const EventRecord> events, const Kinds& wanted,
                                    const std::map<std::string, std::string>& streams)
{
    std::vector<Parcel> parcels;
    for (const auto& event : events)
    {
        if (is_wanted(wanted, event.kind))
        {
            const auto stream = stream_of(streams, event.account);
            parcels.push_back(
                {cloud_event_id(event, stream), cloud_event_type, cloud_event(event, stream), {}});
        }
        else if (parcels.empty())
            parcels.emplace_back();
        parcels.back().upto[event.account] = event.seq;
    }
    return parcels;
}

std::vector<Parcel> alert_parcels(std::span<const EventRecord> events, const Kinds& wanted, Timestamp now)
{
    std::vector<Alert> alerts;
    std::map<std::string, std::int64_t> upto;
    for (const auto& event : events)
    {
        for (auto& alert : alerts_of(event, now))
            if (is_wanted(wanted, alert.kind))
                alerts.push_back(std::move(alert));
        upto[event.account] = event.seq;
    }
    auto parcel = parcel_of(alerts);
    parcel.upto = std::move(upto);
    return {std::move(parcel)};
}

std::vector<Parcel> alert_parcels(std::span<const StandingCondition> standing, const Kinds& wanted,
                                  Timestamp now)
{
    std::vector<Alert> alerts;
    for (const auto& each : standing)
        if (is_wanted(wanted, each.kind))
            alerts.push_back(alert_of(each, now));
    std::vector<Parcel> parcels;
    for (std::span<const Alert> rest = alerts; !rest.empty();)
    {
        const auto some = rest.first(std::min(rest.size(), alerts_a_parcel));
        parcels.push_back(parcel_of(some));
        rest = rest.subspan(some.size());
    }
    return parcels;
}

} // namespace simsync
