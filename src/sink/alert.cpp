#include "sink/alert.hpp"

#include "simsync/model/event.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cctype>

namespace simsync
{
namespace
{

namespace json = boost::json;

// Why an account is degraded.
std::optional<std::string> error_in(const EventRecord& event)
{
    boost::system::error_code unreadable;
    const auto after = json::parse(event.after, unreadable);
    const auto* object = unreadable ? nullptr : after.if_object();
    const auto* error = object ? object->if_contains("error") : nullptr;
    if (!error || !error->is_string())
        return std::nullopt;
    return std::string(error->as_string());
}

Alert alert(Kind kind, const EventRecord& event, const AlertContext& context, bool standing)
{
    Alert alert;
    alert.kind = to_text(kind);
    alert.account = event.account;
    alert.dedup_key = dedup_key(kind, event.account, event.sim.value_or("")).value_or("");
    alert.sim = event.sim;
    alert.iccid_plastic = event.iccid_plastic;
    alert.facts = context.sim;
    alert.error = event.sim ? std::nullopt : error_in(event);
    alert.standing = standing;
    return alert;
}

Alert firing(Kind kind, const EventRecord& event, const AlertContext& context)
{
    auto fires = alert(kind, event, context, event.standing);
    fires.since = event.observed_at;
    return fires;
}

Alert resolved(Kind kind, const EventRecord& event, const AlertContext& context, bool standing)
{
    auto over = alert(kind, event, context, standing);
    over.ended = event.observed_at;
    return over;
}

// An account that recovers was told of as degraded: by this program, which tells of nothing else.
std::vector<RaisedBefore> raised_before(Kind emitted, const AlertContext& context)
{
    if (emitted == Kind::account_recovered)
        return {{std::string(to_text(Kind::account_degraded)), false}};
    return context.raised;
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

// "balance 1.50 is low"
std::string predicate_of(const Alert& alert)
{
    const auto& facts = alert.facts;
    const auto kind = kind_named(alert.kind);
    const auto tariff = "tariff" + (facts.tariff_name ? ' ' + *facts.tariff_name : std::string());
    const auto at = facts.tariff_expires_at ? ' ' + *facts.tariff_expires_at : std::string();
    if (kind == Kind::balance_low)
        return "balance " + facts.balance.value_or("") + (facts.balance ? " " : "") + "is low";
    if (kind == Kind::sim_blocked)
        return "is blocked";
    if (kind == Kind::tariff_expiring)
        return tariff + " ends" + at;
    if (kind == Kind::tariff_expired)
        return tariff + " has ended" + at;
    if (kind == Kind::account_degraded)
        return "no complete sweep for too long: what simsync tells is old";
    return alert.kind;
}

std::string summary_of(const Alert& alert)
{
    if (!alert.sim)
        return "Account " + alert.account + ": " + predicate_of(alert);
    const auto& description = alert.facts.description;
    return "SIM " + *alert.sim + (description && !description->empty() ? " (" + *description + ')' : "") +
           " of account " + alert.account + ": " + predicate_of(alert);
}

json::object annotations_of(const Alert& alert)
{
    json::object annotations{{"summary", summary_of(alert)}};
    const auto annotate = [&](const char* name, const std::optional<std::string>& value)
    {
        if (value && !value->empty())
            annotations.emplace(name, *value);
    };
    annotate("iccid_plastic", alert.iccid_plastic);
    annotate("description", alert.facts.description);
    annotate("balance", alert.facts.balance);
    annotate("tariff", alert.facts.tariff_name);
    annotate("tariff_expires_at", alert.facts.tariff_expires_at);
    annotate("error", alert.error);
    return annotations;
}

// One segment of a path (RFC 3986): the API's ids may hold anything.
std::string in_path(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char each : text)
    {
        const auto c = static_cast<unsigned char>(each);
        if (std::isalnum(c) || std::string_view("-._~").find(each) != std::string_view::npos)
            encoded += each;
        else
            encoded.append(1, '%').append(1, digits[c / 16]).append(1, digits[c % 16]);
    }
    return encoded;
}

std::string page_of(const Alert& alert, const std::string& console_url)
{
    if (!alert.sim)
        return console_url + "#/sweeps?account=" + in_path(alert.account);
    return console_url + "#/sim/" + in_path(alert.account) + '/' + in_path(*alert.sim);
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

std::vector<Alert> alerts_of(const EventRecord& event, const AlertContext& context, const Wanted& wanted)
{
    std::vector<Alert> alerts;
    const auto emitted = kind_named(event.kind);
    if (!emitted || (event.standing && !wanted.standing))
        return alerts;
    const bool raises = raises_condition(*emitted);
    if (raises && wanted.takes(event.kind, event.standing))
        alerts.push_back(firing(*emitted, event, context));
    for (const auto& before : raised_before(*emitted, context))
        if (const bool goes_on = raises && before.kind == event.kind && before.standing == event.standing;
            !goes_on && wanted.takes(before.kind, before.standing))
            alerts.push_back(resolved(kind_named(before.kind).value(), event, context, before.standing));
    std::erase_if(alerts, [&](const Alert& each) { return !is_matched(each, event, wanted.match); });
    return alerts;
}

std::vector<Alert> alerts_of(std::span<const StandingCondition> standing, const Wanted& wanted)
{
    std::vector<Alert> alerts;
    for (const auto& each : standing)
        if (wanted.takes(each.kind, each.standing) && wanted.match.takes(facts_of(each)))
            alerts.push_back(
                {each.kind, each.account, each.dedup_key, each.sim, each.iccid_plastic, each.facts,
                 each.error, each.since, std::nullopt, each.standing});
    return alerts;
}

std::string alerts_json(std::span<const Alert> alerts, Timestamp now, const std::string& console_url)
{
    json::array body;
    for (const auto& alert : alerts)
    {
        json::object entry{{"labels", labels_of(alert)}, {"annotations", annotations_of(alert)}};
        entry.emplace("endsAt", alert.ended ? at_most(*alert.ended, now) : to_text(now + alerts_hold_for));
        if (alert.since)
            entry.emplace("startsAt", at_most(*alert.since, now));
        if (!console_url.empty())
            entry.emplace("generatorURL", page_of(alert, console_url));
        body.push_back(std::move(entry));
    }
    return json::serialize(body);
}

} // namespace simsync
