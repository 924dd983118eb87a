#include "model/watched.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <utility>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

// How long after it was asked for a SIM is asked for again. A day ahead of its limit there is no hurry.
constexpr std::array<WatchList::Time::duration, 4> spacing{1s, 1s, 5s, 60s};
constexpr std::size_t most_known_before = 8;

WatchList::Time::duration spacing_of(WatchReason why)
{
    return spacing[static_cast<std::size_t>(why)];
}

} // namespace

void WatchList::add(const std::string& sim, WatchReason why, Time from, Time until)
{
    if (until <= from)
        return;
    if (const auto found = watches_.find(sim); found != watches_.end())
    {
        auto& watch = found->second;
        watch.why = std::min(watch.why, why);
        watch.from = std::min(watch.from, from);
        watch.until = std::max(watch.until, until);
        return;
    }
    if (watches_.size() >= plan_.most && !make_room(why))
        return;
    watches_.emplace(sim, Watch{.why = why, .from = from, .until = until});
}

// Of the least urgent, the one that begins last.
bool WatchList::make_room(WatchReason why)
{
    const auto least = std::ranges::max_element(
        watches_, {}, [](const auto& entry) { return std::pair(entry.second.why, entry.second.from); });
    if (least == watches_.end() || least->second.why <= why)
        return false;
    watches_.erase(least);
    return true;
}

// What was shown once is soon asked for again.
WatchList::Time WatchList::due(const Watch& watch) const
{
    if (!watch.asked)
        return watch.from;
    return *watch.asked + spacing_of(watch.doubted ? WatchReason::action : watch.why);
}

std::vector<std::string> WatchList::next(Time now)
{
    std::erase_if(watches_, [now](const auto& entry) { return entry.second.until <= now; });
    std::vector<decltype(watches_)::iterator> waiting;
    for (auto each = watches_.begin(); each != watches_.end(); ++each)
        if (each->second.from <= now && due(each->second) <= now)
            waiting.push_back(each);
    std::ranges::stable_sort(
        waiting, {}, [](const auto& each) { return std::pair(each->second.why, each->second.asked); });
    if (waiting.size() > plan_.at_once)
        waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(plan_.at_once), waiting.end());
    std::vector<std::string> sims;
    for (const auto& each : waiting)
    {
        each->second.asked = now;
        sims.push_back(each->first);
    }
    return sims;
}

void WatchList::note_known(const std::string& sim, Fingerprint known)
{
    const auto found = watches_.find(sim);
    if (found == watches_.end())
        return;
    auto& watch = found->second;
    if (watch.known == known)
        return;
    if (watch.known)
        watch.known_before.push_back(*watch.known);
    if (watch.known_before.size() > most_known_before)
        watch.known_before.erase(watch.known_before.begin());
    watch.known = known;
    watch.doubted.reset();
}

bool WatchList::knew_another(const std::string& sim) const
{
    const auto found = watches_.find(sim);
    return found != watches_.end() && !found->second.known_before.empty();
}

void WatchList::shows_known(const std::string& sim)
{
    if (const auto found = watches_.find(sim); found != watches_.end())
        found->second.doubted.reset();
}

bool WatchList::is_newer(const std::string& sim, Fingerprint observed, std::strong_ordering activity)
{
    const auto found = watches_.find(sim);
    if (found == watches_.end() || std::is_lt(activity))
        return false;
    auto& watch = found->second;
    if (std::is_gt(activity))
        return true;
    if (std::ranges::find(watch.known_before, observed) != watch.known_before.end())
        return false;
    return std::exchange(watch.doubted, observed) == observed;
}

} // namespace simsync
