#include "sync/watched_sims.hpp"

#include "sync/queries.hpp"
#include "sync/refused_question.hpp"

#include <algorithm>
#include <compare>
#include <utility>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
using namespace std::chrono_literals;

// What follows from an action, or from what a person is doing, shows within that.
constexpr auto after_action = 1min;
constexpr auto after_reading = 5min;
// A tariff is renewed at the last moment, or when it is noticed to have ended.
constexpr auto ahead_of_deadline = 30s;
constexpr auto after_deadline = 5min;
// The database is asked so often who is about to change. The forecasts stand until it is asked again.
constexpr auto between_searches = 5min;
constexpr std::size_t most_found = 100;
constexpr int most_strikes = 3;
// Replicas lag by seconds; so long after a change none shows what was before.
constexpr auto longest_lag = 1min;
// An API that does not take such questions may have learnt it.
constexpr auto until_asked_again = 1h;

} // namespace

WatchedSims::WatchedSims(
    Source& source, AccountMirror& mirror, std::vector<Filter> scope, WatchOptions options)
    : source_(source),
      mirror_(mirror),
      scope_(std::move(scope)),
      options_(std::move(options)),
      watched_(options_.plan)
{
}

// Until it ends the mirror writes nothing of the SIM, and there is no use in asking.
void WatchedSims::expect_action(const std::string& sim)
{
    const auto now = options_.now();
    watched_.add(sim, WatchReason::action, now + after_action / 2, now + after_action);
    note_known(sim);
}

void WatchedSims::watch(const std::string& sim, WatchReason why)
{
    const auto now = options_.now();
    watched_.add(sim, why, now, now + (why == WatchReason::action ? after_action : after_reading));
    note_known(sim);
}

awaitable<void> WatchedSims::find_whom_to_watch()
{
    const auto now = options_.now();
    if (now < search_due_)
        co_return;
    search_due_ = now + between_searches;
    const auto today = mirror_.now();
    const auto soon = co_await mirror_.soon_to_change(
        today - after_deadline, today + between_searches + ahead_of_deadline, most_found);
    for (const auto& each : soon)
    {
        const auto comes = each.deadline ? now + (*each.deadline - today) : now;
        if (each.deadline)
            watched_.add(each.sim, WatchReason::deadline, comes - ahead_of_deadline, comes + after_deadline);
        else
            watched_.add(each.sim, WatchReason::forecast, now, now + between_searches);
    }
}

awaitable<void> WatchedSims::look(LookReport& report)
{
    co_await find_whom_to_watch();
    const auto now = options_.now();
    if (now < not_before_)
        co_return;
    auto sims = watched_.next(now);
    std::erase_if(sims, [this](const std::string& sim) { return !is_mirrored(sim); });
    if (sims.empty())
        co_return;
    ++report.requests;
    mirror_.begin_look();
    auto page = co_await source_.simcards(query_of_watched(sims, scope_), nullptr);
    if (!page)
    {
        mirror_.end_look();
        report.failure = page.error();
        if (co_await is_about_the_question(source_, scope_, Urgency::watched, *report.failure, report))
            strike();
        co_return;
    }
    if (shows_others(*page, sims))
        strike();
    else
        strikes_ = 0;
    if (!mirror_.may_look()) // a sweep may have begun a new baseline
        co_return mirror_.end_look();
    keep_only(*page, sims);
    const auto result = co_await mirror_.commit_look(
        std::move(page->items),
        [this](const ObservedSim& observed, const StoredSim& stored) { return is_newer(observed, stored); });
    report.watched_changed += result.written.changed;
    add(report.events, result.written.events);
}

bool WatchedSims::shows_others(const Page& page, const std::vector<std::string>& sims)
{
    return std::ranges::any_of(
        page.items,
        [&](const ObservedSim& item) { return std::ranges::find(sims, item.sim.id) == sims.end(); });
}

// Where answers show others than were asked for, or the question is refused, in a row: the API does not take
// `id IN`.
void WatchedSims::strike()
{
    if (++strikes_ < most_strikes)
        return;
    strikes_ = 0;
    not_before_ = options_.now() + until_asked_again;
}

// Of whom the API shows as he is known there is nothing to doubt any more.
void WatchedSims::keep_only(Page& page, const std::vector<std::string>& sims)
{
    std::erase_if(
        page.items, [&](const ObservedSim& item)
        { return std::ranges::find(sims, item.sim.id) == sims.end() || !is_mirrored(item.sim.id); });
    for (const auto& item : page.items)
    {
        note_known(item.sim.id);
        if (known(item.sim.id) == item.fingerprint)
            watched_.shows_known(item.sim.id);
    }
}

bool WatchedSims::is_newer(const ObservedSim& observed, const StoredSim& stored)
{
    const auto& sim = observed.sim;
    note_known(sim.id);
    const auto activity = sim.latest_activity <=> stored.sim.latest_activity;
    if (std::is_eq(activity) && has_an_unknown_past(stored))
        return false;
    return watched_.is_newer(sim.id, observed.fingerprint, activity);
}

// It changed a moment before it was watched: what a replica that lags shows of it is the state before that,
// which nobody here has seen.
bool WatchedSims::has_an_unknown_past(const StoredSim& stored) const
{
    return stored.revision > 1 && !watched_.knew_another(stored.sim.id) &&
           mirror_.now() - stored.changed_at < longest_lag;
}

void WatchedSims::note_known(const std::string& sim)
{
    if (is_mirrored(sim))
        watched_.note_known(sim, known(sim));
}

bool WatchedSims::is_mirrored(const std::string& sim) const
{
    return mirror_.fleet().find(sim) != Fleet::nowhere;
}

Fingerprint WatchedSims::known(const std::string& sim) const
{
    return mirror_.fleet().fingerprint(mirror_.fleet().find(sim));
}

} // namespace simsync
