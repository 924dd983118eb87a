// The truth: the fleet that the API has, everything that it was before, and what changes it.
#pragma once

#include "simsync/model/sim.hpp"
#include "simulation/chance.hpp"
#include "simulation/findings.hpp"
#include "simulation/setting.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
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
    const Sighting* sighting = nullptr;
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

// A SIM, whether it is in the list or not.
struct Card
{
    std::string id;
    std::vector<State> states; // oldest first
    bool illegible = false;    // answers hold it as an item that cannot be decoded
    bool lied_around =
        false; // by the last list answer that ought to have shown it, about this or another SIM
    bool hidden_by_name = false; // by the last answer to a question that named it
    Account account;

    const Sighting* now() const { return states.empty() ? nullptr : states.back().sighting; }
    // In the list in every version from `since` until now.
    bool stays_since(Version since) const;
    bool away_since(Version since) const;
    // Looked like this at some time in the versions from `since` until now.
    bool looked_like(const Fingerprint& fingerprint, Version since) const;
    bool unchanged_since(Version since) const { return states.empty() || states.back().since <= since; }

    // Whether `fits` any of its states between the two times; null: it was not in the list.
    bool was(Timestamp from, Timestamp until, const std::function<bool(const Sighting*)>& fits) const;

    Account& in_sweep(std::int64_t sweep);
};

struct Entry
{
    Card* card = nullptr;
    const Sighting* sighting = nullptr;
};
using List = std::vector<Entry>;

class World
{
public:
    World(const Setting& setting, Chance chance, const Findings& findings);

    // The time between two requests: as much changes as the setting says.
    void pass();
    // Between two sweeps nobody asks, and time goes on.
    void pass_idle();
    // From now on nothing changes, and every SIM can be decoded.
    void rest();

    Timestamp now() const { return now_; }
    Version version() const { return changes_.size(); }

    // The list as it was so many changes ago. Valid until the next call.
    const List& list(std::size_t behind);
    std::deque<Card>& cards() { return cards_; }
    Card* find(std::string_view id) const;

private:
    struct Change
    {
        Card* card = nullptr;
        const Sighting* before = nullptr;
        const Sighting* after = nullptr;
    };

    std::string new_id();
    bool less(std::string_view left, std::string_view right) const;
    List::iterator place(List& list, const Card& card) const;
    void apply(List& list, Card& card, const Sighting* sighting) const;
    void put(Card& card, const Sighting* sighting);
    const Sighting* keep(Sim sim);
    Card& chosen();

    void change_something();
    void arrive();
    void come_or_go(Card& card);
    void change(Card& card);
    void burst();

    const Setting& setting_;
    Chance chance_;
    const Findings& findings_;
    Timestamp now_;
    std::deque<Card> cards_;
    std::unordered_map<std::string_view, Card*> by_id_;
    std::deque<Sighting> kept_;
    List list_;
    List older_;
    std::vector<Change> changes_;
    std::vector<std::pair<Card*, const Sighting*>> away_; // since the last burst
    std::size_t last_id_ = 0;
    bool resting_ = false;
};

} // namespace simsync::simulation
