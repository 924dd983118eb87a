// One SIM of the world: all that it ever was, and what answers said of it.
#pragma once

#include "simsync/model/page.hpp"
#include "simsync/model/sim.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace simsync::simulation
{

// Counts the changes of the fleet: one each, SIMs that leave together included.
using Version = std::uint64_t;

// From `since` on the SIM was like this; null: it was not in the list.
struct State
{
    Version since = 0;
    Timestamp at;
    const ObservedSim* observed = nullptr;
};

// What is mirrored: the whole list, or the SIMs of one profile.
struct Scope
{
    std::optional<std::string> profile;

    // Null where the scope does not cover it.
    const ObservedSim* cover(const ObservedSim* observed) const
    {
        const bool covered = observed != nullptr && (!profile || observed->sim.profile == profile);
        return covered ? observed : nullptr;
    }
    std::vector<Filter> filter() const;
    std::string text() const { return profile ? "[" + *profile + "]" : "[]"; }
};

// What the answers of one sweep said of a SIM.
struct Account
{
    std::int64_t sweep = -1;
    bool excused = false;    // a list answer withheld it in a way that the sweep cannot notice
    bool shown = false;      // a page of the walk showed it
    Version shown_last = 0;  // the newest version that did
    int absences = 0;        // answers asked for it by name that did not show it
    int honest_absences = 0; // of those: it was not there
    bool present_when_last_named = false;
};

struct Card
{
    std::string id;
    std::vector<State> states; // oldest first
    bool illegible = false;    // answers hold it as an item that cannot be decoded
    bool lied_around =
        false; // by the last list answer that ought to have shown it, about this or another SIM
    bool hidden_by_name = false; // by the last answer to a question that named it
    Account account;

    const ObservedSim* now() const { return states.empty() ? nullptr : states.back().observed; }

    // Whether one of its states in the versions from `since` until now fits.
    template<class Fits>
    bool was_since(Version since, Fits fits) const
    {
        for (auto state = states.rbegin(); state != states.rend(); ++state)
        {
            if (fits(state->observed))
                return true;
            if (state->since <= since)
                return false;
        }
        return fits(nullptr);
    }

    // The same for a span of time.
    template<class Fits>
    bool was_between(Timestamp from, Timestamp until, Fits fits) const
    {
        for (auto state = states.rbegin(); state != states.rend(); ++state)
        {
            if (state->at <= until && fits(state->observed))
                return true;
            if (state->at < from)
                return false; // what was earlier ended before
        }
        return fits(nullptr);
    }

    // In the scope in every version from `since` until now, or in none.
    bool stays_since(Version since, const Scope& scope) const;
    bool away_since(Version since, const Scope& scope) const;

    Account& in_sweep(std::int64_t sweep);
};

} // namespace simsync::simulation
