#include "cli/consumer_text.hpp"

#include "cli/text.hpp"
#include "model/escape.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace simsync::cli
{
namespace
{

using namespace std::chrono;

constexpr std::size_t longest_error = 400;
constexpr std::size_t most_kinds = 6;

std::string since_text(Timestamp then, Timestamp now)
{
    return age_text(duration_cast<seconds>(std::max(now - then, microseconds{0})));
}

std::string events_text(std::int64_t count)
{
    return grouped(count) + (count == 1 ? " event" : " events");
}

std::string place_text(const ConsumerPosition& position, Timestamp now)
{
    if (position.state == ConsumerState::renumbered)
        return "cannot read on: the events were numbered anew since";
    if (position.state == ConsumerState::dropped)
        return "cannot read on: its next event has been dropped";
    if (position.behind == 0)
        return "has had every event";
    return events_text(position.behind) + " behind" +
           (position.waiting_since ? ", the oldest waits for " + since_text(*position.waiting_since, now)
                                   : std::string());
}

std::string acked_text(const ConsumerPosition& position, Timestamp now)
{
    return position.acked_seq == 0 ? "nothing acknowledged"
                                   : "acknowledged " + since_text(position.acked_at, now) + " ago";
}

std::string down_text(const ConsumerPosition& position, Timestamp now)
{
    if (!position.down_error)
        return {};
    return "    ! DOWN" +
           (position.down_since ? " for " + since_text(*position.down_since, now) : std::string()) + ": " +
           escape(*position.down_error, longest_error) + '\n';
}

std::string stuck_text(const ConsumerPosition& position, Timestamp now)
{
    if (!position.stuck_seq || position.down_error)
        return {};
    return "    ! STUCK at event " + grouped(*position.stuck_seq) +
           (position.stuck_since ? " for " + since_text(*position.stuck_since, now) : std::string()) + ": " +
           escape(position.stuck_error.value_or(""), longest_error) + '\n';
}

// "event 4,711 (balance.depleted of SIM 10000003)"
std::string event_text(const EventRecord& event)
{
    return "event " + grouped(event.seq) + " (" + event.kind +
           (event.sim ? " of SIM " + escape(*event.sim, 60) : std::string()) + ')';
}

// By kind; what of them matches is not counted here.
std::string posted(const std::vector<EventTally>& tallies, const Wanted& wanted)
{
    std::int64_t events = 0;
    for (const auto& each : tallies)
        if (wanted.takes(each.kind, each.standing))
            events += each.events;
    return (wanted.match == EventMatch{} ? "" : "at most ") + grouped(events);
}

std::string left_out_text(const ConsumerStep& step, const SinkFilter& filter)
{
    if (step.left_out.empty())
        return {};
    const auto all = total(step.left_out);
    std::string text = "    leaves out ";
    text += all == 1 && step.first_left_out ? event_text(*step.first_left_out) : tally_text(step.left_out);
    if (filter)
        text += "; its sink would post " + posted(step.left_out, *filter);
    return text + '\n';
}

std::string delivered_text(const ConsumerStep& step, const SinkFilter& filter)
{
    std::string text = "    delivers " + tally_text(step.delivered);
    if (!step.again.empty())
        text += "; " + grouped(total(step.again)) + " of them again";
    if (filter && !step.delivered.empty())
        text += "; its sink posts " + posted(step.delivered, *filter);
    return text + '\n';
}

// What stood before and what came since are one number of a kind; the most numerous kind first.
std::vector<EventTally> by_kind(const std::vector<EventTally>& tallies)
{
    std::vector<EventTally> kinds;
    for (const auto& each : tallies)
    {
        const auto found = std::ranges::find(kinds, each.kind, &EventTally::kind);
        if (found == kinds.end())
            kinds.push_back(each);
        else
            found->events += each.events;
    }
    std::ranges::stable_sort(kinds, std::ranges::greater{}, &EventTally::events);
    return kinds;
}

std::int64_t total_standing(const std::vector<EventTally>& tallies)
{
    return std::accumulate(
        tallies.begin(), tallies.end(), std::int64_t{0},
        [](std::int64_t sum, const EventTally& each) { return sum + (each.standing ? each.events : 0); });
}

} // namespace

std::int64_t total(const std::vector<EventTally>& tallies)
{
    return std::accumulate(
        tallies.begin(), tallies.end(), std::int64_t{0},
        [](std::int64_t sum, const EventTally& each) { return sum + each.events; });
}

std::string tally_text(const std::vector<EventTally>& tallies)
{
    const auto all = total(tallies);
    std::string text = all == 0 ? "nothing that waits" : events_text(all);
    std::size_t shown = 0;
    std::int64_t rest = all;
    for (const auto& each : by_kind(tallies))
    {
        if (shown == most_kinds)
            break;
        text += (shown++ == 0 ? ": " : ", ") + grouped(each.events) + ' ' + each.kind;
        rest -= each.events;
    }
    if (rest > 0)
        text += " and " + grouped(rest) + " others";
    if (const auto stood = total_standing(tallies); stood > 0)
        text += " (" + grouped(stood) + " of what stood before simsync came)";
    return text;
}

std::string positions_text(const std::vector<ConsumerPosition>& positions, Timestamp now)
{
    std::string text;
    std::string consumer;
    for (const auto& each : positions)
    {
        if (text.empty() || each.consumer != consumer)
            text += escape(consumer = each.consumer) + '\n';
        text += "  " + padded(each.account, 16) + "  event " + grouped(each.acked_seq) + " of " +
                grouped(each.last_seq) + ", " + place_text(each, now) + ", " + acked_text(each, now) + '\n' +
                down_text(each, now) + stuck_text(each, now);
    }
    return text;
}

std::string step_text(const ConsumerStep& step, const SinkFilter& filter)
{
    return "  " + step.from.account + ": from event " + grouped(step.from.acked_seq) + " to " +
           grouped(step.to) + " of " + grouped(step.from.last_seq) + '\n' + left_out_text(step, filter) +
           delivered_text(step, filter);
}

} // namespace simsync::cli
