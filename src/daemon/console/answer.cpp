#include "daemon/console/answer.hpp"

#include "model/sim_columns.hpp"
#include "store/event_json.hpp"
#include "store/or_null.hpp"
#include "store/record_json.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace simsync
{
namespace
{

namespace json = boost::json;

constexpr std::size_t most_tariffs = 100;
constexpr std::size_t most_critical = 10;
constexpr std::size_t stream_digits = 8;
constexpr const char* degraded_hint =
    "simsync status says how its last sweeps ended; simsync check tries the API, the login and the database";

// {"items":[…],"next":…}: the items are JSON already.
std::string list_json(const std::vector<std::string>& items, const json::object& rest)
{
    std::string text = "{\"items\":[";
    for (std::size_t i = 0; i < items.size(); ++i)
        text.append(i == 0 ? "" : ",").append(items[i]);
    const auto members = json::serialize(rest); // "{…}"
    return text + "]" + (rest.empty() ? "" : ",") + members.substr(1);
}

template<class Items, class Render>
std::vector<std::string> rendered(const Items& items, Render render)
{
    std::vector<std::string> texts;
    texts.reserve(items.size());
    for (const auto& item : items)
        texts.push_back(render(item));
    return texts;
}

json::object condition_object(const SimCondition& condition)
{
    return {{"kind", condition.kind}, {"since", to_text(condition.since)}, {"standing", condition.standing}};
}

json::object sim_object(const FleetSim& fleet_sim)
{
    json::object object{{"account", fleet_sim.account}};
    each_sim_column([&]<class Column>(Column)
                    { object.emplace(Column::name, json_of(Column::of(fleet_sim.sim))); });
    object["first_seen_at"] = to_text(fleet_sim.first_seen_at);
    object["changed_at"] = to_text(fleet_sim.changed_at);
    object["removed_at"] = or_null(fleet_sim.removed_at);
    object["revision"] = fleet_sim.revision;
    object["left_scope"] = fleet_sim.left_scope;
    json::array conditions;
    for (const auto& condition : fleet_sim.conditions)
        conditions.push_back(condition_object(condition));
    object["conditions"] = std::move(conditions);
    return object;
}

json::object sweep_with_duration(const SweepRecord& sweep)
{
    using Milliseconds = std::chrono::milliseconds;
    auto object = sweep_object(sweep);
    object["duration_ms"] =
        sweep.finished_at
            ? json::value(
                  std::chrono::duration_cast<Milliseconds>(*sweep.finished_at - sweep.started_at).count())
            : json::value(nullptr);
    return object;
}

json::object consumer_object(const ConsumerPosition& consumer)
{
    return {
        {"consumer", consumer.consumer},
        {"behind", consumer.behind},
        {"acked_seq", consumer.acked_seq},
        {"acked_at", to_text(consumer.acked_at)},
        {"waiting_since", or_null(consumer.waiting_since)},
        {"on_this_stream", consumer.state != ConsumerState::renumbered},
        {"state", to_text(consumer.state)},
        {"down_since", or_null(consumer.down_since)},
        {"down_error", or_null(consumer.down_error)},
        {"down_hint", or_null(consumer.down_hint)},
        {"stuck_since", or_null(consumer.stuck_since)},
        {"stuck_seq", or_null(consumer.stuck_seq)},
        {"stuck_error", or_null(consumer.stuck_error)},
    };
}

json::value leader_value(const AccountNow& account)
{
    if (!account.leader_host)
        return nullptr;
    return json::object{
        {"host", *account.leader_host},
        {"pid", or_null(account.leader_pid)},
        {"since", or_null(account.leader_since)}};
}

// While an account's first sweep is under way there is little to be seen: how far it is.
json::value first_sweep_value(const AccountNow& account)
{
    if (account.baselined_at || account.last_sweeps.empty() ||
        account.last_sweeps.front().outcome != Outcome::running)
        return nullptr;
    const auto& sweep = account.last_sweeps.front();
    return json::object{
        {"id", sweep.id},
        {"started_at", to_text(sweep.started_at)},
        {"items", sweep.items},
        {"expected", or_null(sweep.expected)}};
}

json::value loading_value(const AccountNow& account)
{
    if (!account.loading)
        return nullptr;
    return json::object{{"sims", account.loading->sims}, {"expected", or_null(account.loading->expected)}};
}

// Null where the account was not counted yet.
void add_counts(json::object& object, const FleetCounts* counts)
{
    const auto add = [&](const char* name, std::int64_t FleetCounts::*count)
    { object[name] = counts != nullptr ? json::value(counts->*count) : json::value(nullptr); };
    add("sims", &FleetCounts::sims);
    add("blocked", &FleetCounts::blocked);
    add("low", &FleetCounts::low);
    add("depleted", &FleetCounts::depleted);
    object["runs_out_in_7_days"] = counts != nullptr ? json_of(counts->runs_out) : json::value(nullptr);
    add("expired", &FleetCounts::expired);
    add("expiring", &FleetCounts::expiring);
    add("imei_mismatched", &FleetCounts::imei_mismatched);
    add("archived", &FleetCounts::archived);
    add("removed", &FleetCounts::removed);
}

const FleetCounts* counts_of(const std::string& account, const std::optional<FleetOverview>& counts)
{
    if (!counts)
        return nullptr;
    const auto found = counts->counts.find(account);
    return found == counts->counts.end() ? nullptr : &found->second;
}

json::object account_object(const AccountNow& account, const FleetCounts* counts)
{
    json::object object{
        {"account", account.account},
        {"fresh", account.fresh},
        {"age_seconds", json_of(account.age_seconds)},
        {"last_complete_sweep_at", or_null(account.last_complete_sweep_at)},
        {"baselined_at", or_null(account.baselined_at)},
        {"first_sweep", first_sweep_value(account)},
        {"loading", loading_value(account)},
        {"degraded_since", or_null(account.degraded_since)},
        {"degraded_error", or_null(account.degraded_error)},
        {"degraded_hint", account.degraded_since ? json::value(degraded_hint) : json::value(nullptr)},
        {"leader", leader_value(account)}};
    add_counts(object, counts);
    object["held_removals"] = account.held_removals;
    object["held_since"] = or_null(account.held_since);
    object["balance_low"] = json_of(account.balance_low);
    object["last_seq"] = account.last_seq;
    object["stream_id"] = account.stream_id;
    json::array sweeps;
    for (const auto& sweep : account.last_sweeps)
        sweeps.push_back(sweep_with_duration(sweep));
    object["sweeps"] = std::move(sweeps);
    json::array consumers;
    for (const auto& consumer : account.consumers)
        consumers.push_back(consumer_object(consumer));
    object["consumers"] = std::move(consumers);
    return object;
}

// Each hour of the last 24 and the one that is under way, those without events too.
json::array hours_array(const FleetOverview& counts, const std::optional<std::string>& account)
{
    using Hour = std::chrono::sys_time<std::chrono::hours>;
    const auto last = std::chrono::floor<std::chrono::hours>(counts.computed_at);
    std::map<Hour, HourCount> hours;
    for (auto hour = last - std::chrono::hours{24}; hour <= last; hour += std::chrono::hours{1})
        hours[hour] = {};
    for (const auto& each : counts.hours)
    {
        if (account && each.account != *account)
            continue;
        auto& sum = hours[std::chrono::floor<std::chrono::hours>(each.at)];
        sum.info += each.info;
        sum.warning += each.warning;
        sum.critical += each.critical;
    }
    json::array array;
    for (const auto& [hour, sum] : hours)
        array.push_back(json::object{
            {"at", to_text(Timestamp(hour))},
            {"info", sum.info},
            {"warning", sum.warning},
            {"critical", sum.critical}});
    return array;
}

json::array tariffs_array(const FleetOverview& counts, const std::optional<std::string>& account)
{
    std::map<std::optional<std::string>, std::int64_t> sums;
    for (const auto& tariff : counts.tariffs)
        if (!account || tariff.account == *account)
            sums[tariff.tariff_name] += tariff.sims;
    std::vector<std::pair<std::optional<std::string>, std::int64_t>> all(sums.begin(), sums.end());
    std::ranges::stable_sort(all, std::ranges::greater{}, [](const auto& each) { return each.second; });
    all.resize(std::min(all.size(), most_tariffs));
    json::array array;
    for (const auto& [name, sims] : all)
        array.push_back(json::object{{"tariff_name", or_null(name)}, {"sims", sims}});
    return array;
}

json::array critical_array(const FleetOverview& counts, const std::optional<std::string>& account)
{
    std::vector<const EventRecord*> events;
    for (const auto& event : counts.last_critical)
        if (!account || event.account == *account)
            events.push_back(&event);
    // RFC 3339 with fractions as short as they can be does not sort as text.
    std::ranges::stable_sort(
        events, std::ranges::greater{},
        [](const EventRecord* event) { return parse_date(event->recorded_at).value_or(Timestamp{}); });
    events.resize(std::min(events.size(), most_critical));
    json::array array;
    for (const auto* event : events)
        array.push_back(event_object(*event));
    return array;
}

json::object action_object(const PastAction& each)
{
    const auto& action = each.action;
    return {
        {"id", action.id},
        {"sim", action.sim},
        {"operation", action.operation},
        {"arguments", json_of(action.arguments)},
        {"requested_at", to_text(action.requested_at)},
        {"requested_by", or_null(action.requested_by)},
        {"state", to_text(action.state)},
        {"finished_at", or_null(each.finished_at)},
        {"error", or_null(action.error)},
    };
}

json::object forecast_object(const Forecast& forecast)
{
    return {
        {"state", to_text(forecast.outlook)},
        {"spend_per_day", json_of(forecast.spend_per_day)},
        {"low_at", or_null(forecast.low_at)},
        {"runs_out_at", or_null(forecast.runs_out_at)},
        {"based_on_days", forecast.based_on_days}};
}

template<class Items, class Object>
std::string objects_json(const Items& items, Object object, const std::optional<std::string>& next)
{
    return list_json(
        rendered(items, [&object](const auto& item) { return json::serialize(object(item)); }),
        {{"next", or_null(next)}});
}

} // namespace

std::string session_json(const SessionFacts& session)
{
    return json::serialize(json::object{
        {"version", session.version},
        {"schema", session.schema.version},
        {"user", null_if_empty(session.user)},
        {"actions", json::array{}},
        {"search_indexed", session.schema.search_indexed},
        {"standby", session.schema.standby},
        {"accounts", json_of(session.accounts)}});
}

std::string overview_json(
    const std::vector<AccountNow>& accounts, const std::optional<FleetOverview>& counts,
    const std::optional<std::string>& account, Timestamp now)
{
    json::array objects;
    for (const auto& each : accounts)
        objects.push_back(account_object(each, counts_of(each.account, counts)));
    json::object overview{
        {"now", to_text(now)},
        {"computed_at", counts ? json::value(to_text(counts->computed_at)) : json::value(nullptr)},
        {"accounts", std::move(objects)}};
    overview["events_by_hour"] = counts ? hours_array(*counts, account) : json::array{};
    overview["tariffs"] = counts ? tariffs_array(*counts, account) : json::array{};
    overview["last_critical"] = counts ? critical_array(*counts, account) : json::array{};
    return json::serialize(overview);
}

std::string sims_json(
    const SimPage& page, const std::optional<std::string>& next, const std::optional<std::int64_t>& total)
{
    return list_json(
        rendered(page.items, sim_json),
        {{"next", or_null(next)}, {"total", json_of(total)}, {"found_more", page.found_more}});
}

std::string sim_json(const FleetSim& sim)
{
    return json::serialize(sim_object(sim));
}

std::string balances_json(const BalanceHistory& history)
{
    json::array points;
    for (const auto& step : history.steps)
        points.push_back(json::array{to_text(step.at), json_of(step.balance)});
    return json::serialize(json::object{
        {"now", to_text(history.now)},
        {"points", std::move(points)},
        {"thinned", history.thinned},
        {"low_limit", json_of(history.low_limit)},
        {"forecast", forecast_object(history.forecast)}});
}

std::string events_json(
    const EventPage& page, const std::optional<std::string>& next, const std::optional<std::string>& position)
{
    return list_json(
        rendered(page.items, event_json),
        {{"next", or_null(next)}, {"total", nullptr}, {"position", or_null(position)}});
}

std::string sweeps_json(const SweepPage& page, const std::optional<std::string>& next)
{
    return objects_json(page.items, sweep_with_duration, next);
}

std::string removals_json(const RemovalPage& page, const std::optional<std::string>& next)
{
    return objects_json(page.items, held_object, next);
}

std::string actions_json(const ActionPage& page, const std::optional<std::string>& next)
{
    return objects_json(page.items, action_object, next);
}

std::string dictionary_json(const Dictionary& dictionary)
{
    json::object relations;
    for (const auto& relation : dictionary.relations)
    {
        json::object columns;
        for (const auto& column : relation.columns)
            columns[column.name] = column.meaning;
        relations[relation.name] = std::move(columns);
    }
    return json::serialize(relations);
}

std::string status_json(const AccountNow& account)
{
    const auto ended = std::ranges::find_if(
        account.last_sweeps, [](const SweepRecord& sweep) { return sweep.outcome != Outcome::running; });
    const bool any = ended != account.last_sweeps.end();
    return json::serialize(json::object{
        {"account", account.account},
        {"sweep_id", any ? json::value(ended->id) : json::value(nullptr)},
        {"outcome", any ? json::value(to_text(ended->outcome)) : json::value(nullptr)},
        {"last_complete_sweep_at", or_null(account.last_complete_sweep_at)},
        {"fresh", account.fresh},
        {"age_seconds", json_of(account.age_seconds)},
        {"degraded_since", or_null(account.degraded_since)},
        {"held_removals", account.held_removals},
        {"last_seq", account.last_seq}});
}

LivePositions live_positions(const std::map<std::string, StreamPosition>& streams)
{
    LivePositions positions;
    for (const auto& [account, stream] : streams)
        positions[account] = {stream.stream_id.substr(0, stream_digits), stream.last_seq};
    return positions;
}

} // namespace simsync
