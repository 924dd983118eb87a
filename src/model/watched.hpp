// Which SIMs are asked for by their id between sweeps, because something about them is about to change or has
// just been changed, and which readings of them are believed. Pure: the time arrives as an argument.
#pragma once

#include "simsync/model/page.hpp"

#include <chrono>
#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// The most urgent first.
enum class WatchReason
{
    action,   // of ours: it was done a moment ago, and what follows from it may come later
    person,   // who has just read the SIM, and may be about to do something
    deadline, // of the tariff, that passes: it may be renewed
    forecast, // the balance is within a day of its limit
};

struct WatchPlan
{
    std::size_t most = 300;   // that are watched
    std::size_t at_once = 20; // that are asked for: a handful
};

// Each watch has its end, and there are never more than so many: a more urgent one takes the place of the
// least urgent.
//
// Of what changes without moving `latestActivity` nobody can tell from one answer whether it is newer than
// what is known, or comes from a replica that lags. So a reading that shows the same activity counts once it
// was shown twice in a row, and only if it is none of the states that were known before: a stale answer is
// one of those, unless two changes came between two readings. A SIM that does go back to such a state is the
// sweeps' business.
class WatchList
{
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit WatchList(WatchPlan plan = {}) : plan_(plan) {}

    // Where it is watched already: from the earlier and until the later of both, for the more urgent reason.
    // Nothing where `until` has passed.
    void add(const std::string& sim, WatchReason why, Time from, Time until);

    // Whom to ask for now, a handful: the most urgent first, and of equals whoever was not asked for the
    // longest. They count as asked; what has ended is forgotten.
    std::vector<std::string> next(Time now);

    // The fingerprint of a watched SIM is known to be this; tell it whenever one is looked at.
    void note_known(const std::string& sim, Fingerprint known);
    // It has changed since it was first noted.
    bool knew_another(const std::string& sim) const;
    // An answer shows it as it is known.
    void shows_known(const std::string& sim);
    // May what an answer shows be written in place of what is known (as note_known was told)? `activity`: of
    // the observed SIM as against the stored one's.
    bool is_newer(const std::string& sim, Fingerprint observed, std::strong_ordering activity);

    std::size_t size() const noexcept { return watches_.size(); }

private:
    struct Watch
    {
        WatchReason why;
        Time from;
        Time until;
        std::optional<Time> asked{};
        std::optional<Fingerprint> known{};
        std::vector<Fingerprint> known_before{}; // while it was watched
        std::optional<Fingerprint> doubted{};    // was shown by the last answer, and once only
    };

    Time due(const Watch& watch) const;
    bool make_room(WatchReason why);

    WatchPlan plan_;
    std::map<std::string, Watch> watches_;
};

} // namespace simsync
