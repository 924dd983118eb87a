#include "sink/alert.hpp"

#include "simsync/model/event.hpp"

#include <boost/json.hpp>

namespace simsync
{
namespace
{

namespace json = boost::json;

Alert alert(Kind kind, const EventRecord& event)
{
    Alert alert;
    alert.kind = to_text(kind);
    alert.account = event.account;
    alert.dedup_key = dedup_key(kind, event.account, event.sim.value_or("")).value_or("");
    alert.sim = event.sim;
    alert.iccid_plastic = event.iccid_plastic;
    return alert;
}

Alert firing(Kind kind, const EventRecord& event, Timestamp now)
{
    auto fires = alert(kind, event);
    fires.since = event.observed_at;
    fires.until = to_text(now + alerts_hold_for);
    return fires;
}

Alert resolved(Kind kind, const EventRecord& event)
{
    auto over = alert(kind, event);
    over.until = event.observed_at;
    return over;
}

std::vector<Alert> all_resolved(const EventRecord& removal)
{
    std::vector<Alert> alerts;
    for (const auto kind : all_kinds())
        if (raises_condition(kind) && !to_text(kind).starts_with("account."))
            alerts.push_back(resolved(kind, removal));
    return alerts;
}

json::object labels_of(const Alert& alert)
{
    json::object labels{{"alertname", alert.kind},
                        {"account", alert.account},
                        {"severity", to_text(severity_of(kind_named(alert.kind).value()))},
                        {"dedup_key", alert.dedup_key}};
    if (alert.sim)
        labels.emplace("sim", *alert.sim);
    return labels;
}

std::string summary_of(const Alert& alert)
{
    if (!alert.sim)
        return "Account " + alert.account + ": " + alert.kind;
    return "SIM " + *alert.sim + " of account " + alert.account + ": " + alert.kind;
}

json::object annotations_of(const Alert& alert)
{
    json::object annotations{{"summary", summary_of(alert)}};
    if (alert.iccid_plastic)
        annotations.emplace("iccid_plastic", *alert.iccid_plastic);
    return annotations;
}

} // namespace

std::vector<Alert> alerts_of(const EventRecord& event, Timestamp now)
{
    const auto told = kind_named(event.kind);
    if (!told)
        return {};
    if (*told == Kind::sim_removed)
        return all_resolved(event);
    std::vector<Alert> alerts;
    for (const auto kind : raised_alike(*told))
        alerts.push_back(kind == *told ? firing(kind, event, now) : resolved(kind, event));
    return alerts;
}

Alert alert_of(const StandingCondition& standing, Timestamp now)
{
    return {standing.kind,
            standing.account,
            standing.dedup_key,
            standing.sim,
            standing.iccid_plastic,
            standing.since,
            to_text(now + alerts_hold_for)};
}

std::string alerts_json(std::span<const Alert> alerts)
{
    json::array body;
    for (const auto& alert : alerts)
    {
        json::object entry{
            {"labels", labels_of(alert)}, {"annotations", annotations_of(alert)}, {"endsAt", alert.until}};
        if (alert.since)
            entry.emplace("startsAt", *alert.since);
        body.push_back(std::move(entry));
    }
    return json::serialize(body);
}

} // namespace simsync
