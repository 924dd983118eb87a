// A sorted list and a log of its changes.
#include "simulation/world.hpp"

#include "api/fingerprint.hpp"
#include "simulation/population.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace simsync::simulation
{
namespace
{

using namespace std::chrono_literals;

// So few that the same SIMs come, go and change over and over.
constexpr std::size_t restless_cards = 3;

constexpr Timestamp beginning{std::chrono::sys_days{std::chrono::January / 15 / 2026}};

} // namespace

World::World(const Scenario& scenario, Chance chance, const Findings& findings)
    : scenario_(scenario),
      chance_(chance),
      findings_(findings),
      now_(beginning)
{
    for (std::size_t i = 0; i < scenario_.sims; ++i)
        arrive();
}

void World::pass()
{
    now_ += std::chrono::milliseconds(chance_.between(1, 900));
    if (resting_)
        return;
    auto changes = static_cast<std::size_t>(scenario_.churn);
    changes += chance_.happens(scenario_.churn - static_cast<double>(changes)) ? 1 : 0;
    for (std::size_t i = 0; i < changes; ++i)
        change_something();
    if (chance_.happens(scenario_.burst))
        burst();
    if (chance_.happens(scenario_.illegible) && !cards_.empty())
    {
        auto& card = chosen();
        card.illegible = !card.illegible;
    }
}

void World::pass_idle()
{
    now_ += chance_.happens(0.2) ? std::chrono::hours(chance_.below(60)) : 60s;
    for (auto i = chance_.below(4); i > 0; --i)
        pass();
}

void World::rest()
{
    resting_ = true;
    for (auto& card : cards_)
        card.illegible = false;
}

// A replica that lags is the list with its last changes undone.
const List& World::list(std::size_t behind)
{
    if (behind == 0)
        return list_;
    older_ = list_;
    for (auto change = changes_.rbegin(); change != changes_.rend() && behind > 0; ++change, --behind)
        apply(older_, *change->card, change->before);
    return older_;
}

Card* World::find(std::string_view id) const
{
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

std::string World::new_id()
{
    if (scenario_.ids_grow)
        return std::to_string(last_id_ += chance_.between(1, 9));
    for (;;)
    {
        auto id = std::to_string(chance_.below(chance_.happens(0.5) ? 1'000 : 30'000));
        if (!by_id_.contains(id))
            return id;
    }
}

bool World::less(Ids as, std::string_view left, std::string_view right)
{
    if (as == Ids::sorted_as_numbers && left.size() != right.size())
        return left.size() < right.size();
    return left < right;
}

List::iterator World::place(List& list, const Card& card) const
{
    return std::ranges::lower_bound(
        list, std::string_view(card.id),
        [this](auto left, auto right) { return less(scenario_.ids, left, right); },
        [](const Entry& entry) { return std::string_view(entry.card->id); });
}

void World::apply(List& list, Card& card, const ObservedSim* observed) const
{
    const auto at = place(list, card);
    const bool there = at != list.end() && at->card == &card;
    if (there && observed == nullptr)
        list.erase(at);
    else if (there)
        at->observed = observed;
    else if (observed != nullptr)
        list.insert(at, {&card, observed});
}

void World::put(Card& card, const ObservedSim* observed)
{
    changes_.push_back({&card, card.now(), observed});
    card.states.push_back({version(), now_, observed});
    apply(list_, card, observed);
    findings_.log(
        [&]
        {
            return "    " + std::to_string(version()) + " " + to_text(now_) + ": " + card.id +
                   (observed == nullptr                 ? " leaves"
                    : changes_.back().before == nullptr ? " comes"
                                                        : " changes");
        });
}

const ObservedSim* World::keep(Sim sim)
{
    const auto print = fingerprint(sim);
    return &kept_.emplace_back(std::move(sim), print);
}

Card& World::chosen()
{
    if (chance_.happens(scenario_.restless))
        return cards_[chance_.below(std::min(restless_cards, cards_.size()))];
    return cards_[chance_.below(cards_.size())];
}

void World::change_something()
{
    const bool somebody_moves = chance_.happens(scenario_.moves);
    // A list that grows for ever can be followed for ever.
    const bool room = cards_.size() < 2 * scenario_.sims + 50;
    if (cards_.empty() || (room && somebody_moves && chance_.happens(0.3)))
        arrive();
    else if (somebody_moves)
        come_or_go(chosen());
    else
        change(chosen());
}

void World::arrive()
{
    auto& card = cards_.emplace_back();
    card.id = new_id();
    by_id_.emplace(card.id, &card);
    put(card, keep(make_sim(card.id, chance_, now_)));
}

// A SIM that comes back may look as it did before.
void World::come_or_go(Card& card)
{
    if (card.now() != nullptr)
        return put(card, nullptr);
    const auto* as_before = card.states[card.states.size() - 2].observed;
    if (chance_.happens(0.5))
        return put(card, as_before);
    auto sim = as_before->sim;
    alter(sim, chance_, now_);
    move_activity(sim);
    put(card, keep(std::move(sim)));
}

void World::change(Card& card)
{
    if (card.now() == nullptr)
        return;
    // Now and then back to what it was: the fingerprint is the one of long ago.
    const auto* before = card.states.size() > 1 ? card.states[card.states.size() - 2].observed : nullptr;
    if (before != nullptr && chance_.happens(0.3))
        return put(card, before);
    auto sim = card.now()->sim;
    alter(sim, chance_, now_);
    if (sim != card.now()->sim)
        move_activity(sim);
    if (sim != card.now()->sim)
        put(card, keep(std::move(sim)));
}

void World::move_activity(Sim& sim)
{
    if (scenario_.active == 0 || !chance_.happens(scenario_.active))
        return;
    sim.latest_activity = now_;
    if (chance_.happens(scenario_.clock_off))
        *sim.latest_activity += std::chrono::seconds(chance_.below(20'000)) - 10'000s;
}

// Half the fleet is gone, or back, between two requests: the first half of the list, the second, or any.
void World::burst()
{
    if (!away_.empty())
    {
        for (const auto& [card, observed] : std::exchange(away_, {}))
            if (card->now() == nullptr)
                put(*card, observed);
        return;
    }
    const auto half = list_.size() / 2;
    const auto kind = chance_.below(3);
    List leaving;
    std::copy_if(
        list_.begin(), list_.end(), std::back_inserter(leaving),
        [&, at = std::size_t{0}](const Entry&) mutable
        {
            const bool first = at++ < half;
            return kind == 0 ? first : kind == 1 ? !first : chance_.happens(0.5);
        });
    for (const auto& [card, observed] : leaving)
    {
        away_.emplace_back(card, observed);
        put(*card, nullptr);
    }
}

} // namespace simsync::simulation
