#include "sink/alert.hpp"

#include "simsync/model/event.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace simsync
{
namespace
{

namespace json = boost::json;

Alert alert(Kind kind, const EventRecord& event, bool standing)
{
    Alert alert;
    alert.kind = to_text(kind);
    alert.account = event.account;
    alert.dedup_key = dedup_key(kind, event.account, event.sim.value_or("")).value_or("");
    alert.sim = event.sim;
    alert.iccid_plastic = event.iccid_plastic;
    alert.standing = standing;
    return alert;
}

Alert firing(Kind kind, const EventRecord& event)
{
    auto fires = alert(kind, event, event.standing);
    fires.since = event.observed_at;
    return fires;
}

Alert resolved(Kind kind, const EventRecord& event, bool standing)
{
    auto over = alert(kind, event, standing);
    over.ended = event.observed_at;
    return over;
}

// With the labels of each way in which it may have been told.
void resolve(std::vector<Alert>& alerts, Kind kind, const EventRecord& event, const Wanted& wanted)
{
    if (!wanted.takes(to_text(kind)))
        return;
    alerts.push_back(resolved(kind, event, false));
    if (wanted.standing)
        alerts.push_back(resolved(kind, event, true));
}

// The same kind, told with the other labels.
void fire(std::vector<Alert>& alerts, Kind kind, const EventRecord& event, const Wanted& wanted)
{
    if (!wanted.takes(to_text(kind), event.standing))
        return;
    alerts.push_back(firing(kind, event));
    if (wanted.standing)
        alerts.push_back(resolved(kind, event, !event.standing));
}

std::vector<Alert> all_resolved(const EventRecord& removal, const Wanted& wanted)
{
    std::vector<Alert> alerts;
    for (const auto kind : all_kinds())
        if (raises_condition(kind) && !to_text(kind).starts_with("account."))
            resolve(alerts, kind, removal, wanted);
    return alerts;
}

json::object labels_of(const Alert& alert)
{
    json::object labels{
        {"alertname", alert.kind},
        {"account", alert.account},
        {"severity", to_text(severity_of(kind_named(alert.kind).value()))},
        {"dedup_key", alert.dedup_key}};
    if (alert.sim)
        labels.emplace("sim", *alert.sim);
    if (alert.standing)
        labels.emplace("standing", "true");
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

// By a clock that was set back since, or another host's, it may lie ahead.
std::string at_most(const std::string& time, Timestamp now)
{
    const auto instant = parse_date(time);
    return instant && *instant > now ? to_text(now) : time;
}

// An alert ends as what it was raised as: by its own kind and severity, not by those of the event that ends
// it.
bool is_matched(const Alert& alert, const EventRecord& event, const EventMatch& match)
{
    auto facts = facts_of(event);
    facts.kind = alert.kind;
    facts.severity = to_text(severity_of(kind_named(alert.kind).value()));
    facts.standing = alert.standing ? "true" : "false";
    return match.takes(facts);
}

} // namespace

std::vector<Alert> alerts_of(const EventRecord& event, const Wanted& wanted)
{
    const auto emitted = kind_named(event.kind);
    if (!emitted || (event.standing && !wanted.standing))
        return {};
    std::vector<Alert> alerts;
    if (*emitted == Kind::sim_removed)
        alerts = all_resolved(event, wanted);
    for (const auto kind : raised_alike(*emitted))
        if (kind == *emitted)
            fire(alerts, kind, event, wanted);
        else
            resolve(alerts, kind, event, wanted);
    std::erase_if(alerts, [&](const Alert& each) { return !is_matched(each, event, wanted.match); });
    return alerts;
}

std::vector<Alert> alerts_of(std::span<const StandingCondition> standing, const Wanted& wanted)
{
    std::vector<Alert> alerts;
    for (const auto& each : standing)
        if (wanted.takes(each.kind, each.standing) && wanted.match.takes(facts_of(each)))
            alerts.push_back(
                {each.kind, each.account, each.dedup_key, each.sim, each.iccid_plastic, each.since,
                 std::nullopt, each.standing});
    return alerts;
}

std::string alerts_json(std::span<const Alert> alerts, Timestamp now)
{
    json::array body;
    for (const auto& alert : alerts)
    {
        json::object entry{{"labels", labels_of(alert)}, {"annotations", annotations_of(alert)}};
        entry.emplace("endsAt", alert.ended ? at_most(*alert.ended, now) : to_text(now + alerts_hold_for));
        if (alert.since)
            entry.emplace("startsAt", at_most(*alert.since, now));
        body.push_back(std::move(entry));
    }
    return json::serialize(body);
}

} // namespace simsync
