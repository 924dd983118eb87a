// The truth: the fleet that the API has, everything that it was before, and what changes it.
#pragma once

#include "simsync/model/sim.hpp"
#include "simulation/card.hpp"
#include "simulation/chance.hpp"
#include "simulation/findings.hpp"
#include "simulation/scenario.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace simsync::simulation
{

struct Entry
{
    Card* card = nullptr;
    const ObservedSim* observed = nullptr;
};
using List = std::vector<Entry>;

class World
{
public:
    World(const Scenario& scenario, Chance chance, const Findings& findings);

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
    // Which of two ids comes first where they are read as numbers, or as text.
    static bool less(Ids as, std::string_view left, std::string_view right);

    Scope scope; // of what is mirrored now

private:
    struct Change
    {
        Card* card = nullptr;
        const ObservedSim* before = nullptr;
        const ObservedSim* after = nullptr;
    };

    std::string new_id();
    List::iterator place(List& list, const Card& card) const;
    void apply(List& list, Card& card, const ObservedSim* observed) const;
    void put(Card& card, const ObservedSim* observed);
    const ObservedSim* keep(Sim sim);
    Card& chosen();

    void change_something();
    void arrive();
    void come_or_go(Card& card);
    void change(Card& card);
    void move_activity(Sim& sim);
    void burst();

    const Scenario& scenario_;
    Chance chance_;
    const Findings& findings_;
    Timestamp now_;
    std::deque<Card> cards_;
    std::unordered_map<std::string_view, Card*> by_id_;
    std::deque<ObservedSim> kept_;
    List list_;
    List older_;
    std::vector<Change> changes_;
    std::vector<std::pair<Card*, const ObservedSim*>> away_; // since the last burst
    std::size_t last_id_ = 0;
    bool resting_ = false;
};

} // namespace simsync::simulation
