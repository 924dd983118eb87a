#include "cli/history_text.hpp"

#include "cli/chart.hpp"
#include "cli/sim_text.hpp"
#include "model/escape.hpp"
#include "store/event_json.hpp"
#include "store/or_null.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdlib>

namespace simsync::cli
{
namespace
{

namespace json = boost::json;

constexpr std::size_t chart_rows = 6;
constexpr std::size_t chart_columns = 64;

// "2026-11-25 17:57"
std::string minute_text(Timestamp time)
{
    auto text = to_text(time).substr(0, 16);
    std::ranges::replace(text, 'T', ' ');
    return text;
}

std::string heading(const SimLife& life)
{
    const auto& sim = life.stored.sim;
    std::string text = "SIM " + escape(sim.id) + " of account " + life.account;
    if (sim.iccid_plastic)
        text += ", ICCID " + escape(*sim.iccid_plastic);
    if (sim.description && !sim.description->empty())
        text += ", \"" + escape(*sim.description) + '"';
    return text + '\n';
}

std::string times_text(const SimLife& life)
{
    std::string text = "first seen " + minute_text(life.first_seen_at) + ", last changed " +
                       minute_text(life.stored.changed_at) + ", version " +
                       std::to_string(life.stored.revision);
    if (life.stored.removed_at)
        text += ", gone since " + minute_text(*life.stored.removed_at);
    return text + '\n';
}

std::string state_text(const SimLife& life)
{
    const auto& sim = life.stored.sim;
    std::string text = sim.is_blocked.value_or(false) ? "blocked" : "not blocked";
    if (sim.balance)
        text += ", balance " + sim.balance->text();
    if (sim.tariff_name)
        text += ", tariff " + escape(*sim.tariff_name);
    if (sim.tariff_expires_at)
        text += " until " + minute_text(*sim.tariff_expires_at);
    return text + '\n';
}

// A balance as an event has it: text, so that it stays exact.
std::optional<std::string> balance_in(const std::string& document)
{
    if (document.empty())
        return std::nullopt;
    const auto value = json::parse(document);
    const auto* columns = value.if_object();
    const auto* balance = columns != nullptr ? columns->if_contains("balance") : nullptr;
    if (balance == nullptr || !balance->is_string())
        return std::nullopt;
    return std::string(balance->get_string());
}

struct Balances
{
    std::vector<ChartPoint> points;
    std::string highest; // as text
    std::string lowest;
};

class BalancesReading
{
public:
    void add(Timestamp at, const std::string& text)
    {
        const double value = std::strtod(text.c_str(), nullptr); // for drawing alone
        const auto& known = balances_.points;
        if (known.empty() || value > std::ranges::max(known, {}, &ChartPoint::value).value)
            balances_.highest = text;
        if (known.empty() || value < std::ranges::min(known, {}, &ChartPoint::value).value)
            balances_.lowest = text;
        balances_.points.push_back({at, value});
    }

    bool empty() const noexcept { return balances_.points.empty(); }
    Balances take() { return std::move(balances_); }

private:
    Balances balances_;
};

// What it had before the first change that is known, each change, or what it has where none is known.
Balances balances_of(const SimLife& life, const std::vector<EventRecord>& events)
{
    BalancesReading reading;
    for (const auto& event : events)
    {
        if (event.kind != "balance.changed" && event.kind != "sim.added")
            continue;
        if (const auto before = balance_in(event.before); before && reading.empty())
            reading.add(life.first_seen_at, *before);
        const auto at = parse_date(event.observed_at);
        if (const auto after = balance_in(event.after); after && at)
            reading.add(*at, *after);
    }
    if (reading.empty() && life.stored.sim.balance)
        reading.add(life.first_seen_at, life.stored.sim.balance->text());
    return reading.take();
}

std::string balance_chart(const SimLife& life, const std::vector<EventRecord>& events, Timestamp now)
{
    const auto balances = balances_of(life, events);
    if (balances.points.empty())
        return {};
    const auto until = std::max(life.stored.removed_at.value_or(now), balances.points.back().at);
    const bool below_zero =
        std::ranges::any_of(balances.points, [](const ChartPoint& point) { return point.value < 0; });
    return '\n' + chart(
                      balances.points, until,
                      {balances.highest, below_zero ? balances.lowest : "0",
                       minute_text(balances.points.front().at), minute_text(until)},
                      chart_rows, chart_columns);
}

} // namespace

std::string history_text(
    const SimLife& life, const std::vector<EventRecord>& events, Timestamp now,
    std::string (*line)(const EventRecord&))
{
    auto text = heading(life) + times_text(life) + state_text(life) + balance_chart(life, events, now) + '\n';
    for (const auto& event : events)
        text += line(event) + '\n';
    if (events.empty())
        text += "no event since it was first seen\n";
    return text;
}

std::string history_json(const SimLife& life, const std::vector<EventRecord>& events)
{
    auto sim = json::parse(sim_json(life.stored.sim)).get_object();
    sim["first_seen_at"] = to_text(life.first_seen_at);
    sim["changed_at"] = to_text(life.stored.changed_at);
    sim["removed_at"] = or_null(life.stored.removed_at);
    sim["revision"] = life.stored.revision;
    json::array shown;
    for (const auto& event : events)
        shown.push_back(event_object(event));
    return json::serialize(json::object{
               {"account", life.account}, {"sim", std::move(sim)}, {"events", std::move(shown)}}) +
           '\n';
}

} // namespace simsync::cli
