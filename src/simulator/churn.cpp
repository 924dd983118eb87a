// One function for each thing that happens to a SIM, and the deck that decides how often.
#include "simulator/churn.hpp"

#include "simulator/population.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace simsync::simulator
{
namespace
{

using std::chrono::days;
using std::chrono::seconds;

constexpr Decimal low_balance = Decimal::whole(5);
constexpr std::size_t gone_kept = 1'000;
constexpr std::size_t due_kept = 1'000;
constexpr std::size_t due_least = 16; // ten seconds' worth at twenty changes a second

// How far to look for a SIM that fits before the change is dropped: rare states are 1 % of a fleet.
constexpr std::size_t patience = 10'000;

bool any(const Simcard& /*simcard*/)
{
    return true;
}
bool has_funds(const Simcard& simcard)
{
    return simcard.balance > Decimal{};
}
bool is_comfortable(const Simcard& simcard)
{
    return simcard.balance >= low_balance;
}
bool is_poor(const Simcard& simcard)
{
    return simcard.balance && *simcard.balance < low_balance;
}
bool has_data(const Simcard& simcard)
{
    return simcard.data_balance > Decimal{};
}
bool is_free(const Simcard& simcard)
{
    return !simcard.is_blocked;
}
bool is_blocked(const Simcard& simcard)
{
    return simcard.is_blocked;
}
bool is_kept(const Simcard& simcard)
{
    return !simcard.is_archived;
}
bool is_archived(const Simcard& simcard)
{
    return simcard.is_archived;
}
bool has_tariff(const Simcard& simcard)
{
    return simcard.current_tariff && simcard.tariff_expires_at;
}
bool shows_number(const Simcard& simcard)
{
    return !simcard.caller_ids.empty();
}
bool has_did(const Simcard& simcard)
{
    return !simcard.external_msisdns.empty();
}
bool has_fmc(const Simcard& simcard)
{
    return !simcard.fmcs.empty();
}
bool has_trusted_imei(const Simcard& simcard)
{
    return simcard.imei && simcard.imei->is_correct;
}
bool has_mistrusted_imei(const Simcard& simcard)
{
    return simcard.imei && !simcard.imei->is_correct;
}

} // namespace

// Comings and goings balance, so that the fleet keeps its size.
const std::vector<Churn::Card>& Churn::cards()
{
    static const std::vector<Card> all{
        {"spend", 28, &Churn::spend},
        {"spend_to_low", 3, &Churn::spend_to_low},
        {"spend_all", 3, &Churn::spend_all},
        {"recharge", 8, &Churn::recharge},
        {"spend_data", 8, &Churn::spend_data},
        {"block", 4, &Churn::block},
        {"unblock", 4, &Churn::unblock},
        {"archive", 1, &Churn::archive},
        {"unarchive", 1, &Churn::unarchive},
        {"join", 3, &Churn::join},
        {"leave", 4, &Churn::leave},
        {"come_back", 1, &Churn::come_back},
        {"change_tariff", 3, &Churn::change_tariff},
        {"lapse_soon", 4, &Churn::lapse_soon},
        {"approach_deadline", 4, &Churn::approach_deadline},
        {"renew", 5, &Churn::renew},
        {"attach_caller_id", 3, &Churn::attach_caller_id},
        {"detach_caller_id", 3, &Churn::detach_caller_id},
        {"attach_did", 1, &Churn::attach_did},
        {"detach_did", 1, &Churn::detach_did},
        {"attach_fmc", 1, &Churn::attach_fmc},
        {"detach_fmc", 1, &Churn::detach_fmc},
        {"change_phone", 1, &Churn::change_phone},
        {"mistrust_imei", 1, &Churn::mistrust_imei},
        {"trust_imei", 1, &Churn::trust_imei},
        {"describe", 2, &Churn::describe},
        {"relabel", 1, &Churn::relabel},
    };
    return all;
}

std::vector<std::string_view> Churn::kinds()
{
    std::vector<std::string_view> names;
    for (const auto& card : cards())
        names.push_back(card.name);
    return names;
}

std::string_view Churn::step(Fleet& fleet, Instant now)
{
    const auto& card = deal();
    return (this->*card.play)(fleet, now) ? card.name : std::string_view{};
}

const Churn::Card& Churn::deal()
{
    if (deck_.empty())
    {
        for (const auto& card : cards())
            deck_.insert(deck_.end(), card.copies, &card);
        for (std::size_t last = deck_.size() - 1; last > 0; --last)
            std::swap(deck_[last], deck_[random_.below(last + 1)]);
    }
    const auto* card = deck_.back();
    deck_.pop_back();
    return *card;
}

const Simcard* Churn::choose(const Fleet& fleet, Fits fits)
{
    const auto start = random_.below(fleet.size());
    const auto steps = std::min(fleet.size(), patience);
    for (std::size_t step = 0; step < steps; ++step)
        if (const auto& simcard = fleet.at((start + step) % fleet.size()); fits(simcard))
            return &simcard;
    return nullptr;
}

template<class Change>
bool Churn::change_one(Fleet& fleet, Fits fits, Change change)
{
    const auto* chosen = choose(fleet, fits);
    return chosen != nullptr && fleet.update(chosen->id, change);
}

bool Churn::spend(Fleet& fleet, Instant now)
{
    const auto price = Decimal::cents(random_.between(5, 250));
    return change_one(
        fleet, has_funds,
        [&](Simcard& simcard)
        {
            simcard.balance->millionths -= price.millionths;
            simcard.latest_activity = now;
        });
}

bool Churn::spend_to_low(Fleet& fleet, Instant now)
{
    const auto left = Decimal::cents(random_.between(1, 499));
    return change_one(
        fleet, is_comfortable,
        [&](Simcard& simcard)
        {
            simcard.balance = left;
            simcard.latest_activity = now;
        });
}

bool Churn::spend_all(Fleet& fleet, Instant now)
{
    const auto left = Decimal::cents(random_.percent(70) ? 0 : random_.between(-99, -1));
    return change_one(
        fleet, has_funds,
        [&](Simcard& simcard)
        {
            simcard.balance = left;
            simcard.latest_activity = now;
        });
}

bool Churn::recharge(Fleet& fleet, Instant /*now*/)
{
    const auto amount = Decimal::whole(random_.between(1, 10) * 10);
    return change_one(
        fleet, is_poor, [&](Simcard& simcard) { simcard.balance->millionths += amount.millionths; });
}

bool Churn::spend_data(Fleet& fleet, Instant now)
{
    const auto price = Decimal::cents(random_.between(1, 99));
    return change_one(
        fleet, has_data,
        [&](Simcard& simcard)
        {
            simcard.data_balance->millionths -= price.millionths;
            simcard.latest_activity = now;
        });
}

bool Churn::block(Fleet& fleet, Instant /*now*/)
{
    return change_one(fleet, is_free, [](Simcard& simcard) { simcard.is_blocked = true; });
}

bool Churn::unblock(Fleet& fleet, Instant /*now*/)
{
    return change_one(fleet, is_blocked, [](Simcard& simcard) { simcard.is_blocked = false; });
}

bool Churn::archive(Fleet& fleet, Instant /*now*/)
{
    return change_one(fleet, is_kept, [](Simcard& simcard) { simcard.is_archived = true; });
}

bool Churn::unarchive(Fleet& fleet, Instant /*now*/)
{
    return change_one(fleet, is_archived, [](Simcard& simcard) { simcard.is_archived = false; });
}

// Newcomers come after the SIMs that the fleet began with, as in any table with a serial key.
bool Churn::join(Fleet& fleet, Instant now)
{
    if (last_ordinal_ == 0)
        last_ordinal_ = fleet.size() + gone_.size();
    auto simcard = make_simcard(random_, ++last_ordinal_, now);
    if (fleet.find(simcard.id) != nullptr)
        return false;
    fleet.add(std::move(simcard));
    return true;
}

bool Churn::leave(Fleet& fleet, Instant /*now*/)
{
    const auto* chosen = choose(fleet, any);
    if (chosen == nullptr)
        return false;
    gone_.push_back(*fleet.remove(std::string{chosen->id}));
    if (gone_.size() > gone_kept)
        gone_.pop_front();
    return true;
}

bool Churn::come_back(Fleet& fleet, Instant /*now*/)
{
    if (gone_.empty() || fleet.find(gone_.front().id) != nullptr)
        return false;
    fleet.add(std::move(gone_.front()));
    gone_.pop_front();
    return true;
}

bool Churn::change_tariff(Fleet& fleet, Instant /*now*/)
{
    const auto tariff = make_tariff(random_);
    return change_one(fleet, any, [&](Simcard& simcard) { simcard.current_tariff = tariff; });
}

bool Churn::bring_near(Fleet& fleet, Instant deadline)
{
    const auto* chosen = choose(fleet, has_tariff);
    if (chosen == nullptr)
        return false;
    due_.push_back(chosen->id);
    if (due_.size() > due_kept)
        due_.pop_front();
    return fleet.update(chosen->id, [&](Simcard& simcard) { simcard.tariff_expires_at = deadline; });
}

// Close enough to be seen to expire by whoever watches for half a minute.
bool Churn::lapse_soon(Fleet& fleet, Instant now)
{
    return bring_near(fleet, now + seconds{random_.between(3, 10)});
}

// Seconds before a warning of one, three or seven days falls due.
bool Churn::approach_deadline(Fleet& fleet, Instant now)
{
    static constexpr std::array<days, 3> warnings{days{1}, days{3}, days{7}};
    const auto warning = random_.pick(warnings);
    return bring_near(fleet, now + warning + seconds{random_.between(2, 10)});
}

// Whoever was due first; while few are, a SIM that was not, so that those due have time to lapse.
bool Churn::renew(Fleet& fleet, Instant now)
{
    const auto term = days{random_.percent(50) ? 30 : 90};
    const auto later = [&](Simcard& simcard) { simcard.tariff_expires_at = now + term; };
    if (due_.size() < due_least)
        return change_one(fleet, has_tariff, later);
    const auto id = std::move(due_.front());
    due_.pop_front();
    return fleet.update(id, later);
}

bool Churn::attach_caller_id(Fleet& fleet, Instant /*now*/)
{
    auto number = make_msisdn(random_);
    return change_one(fleet, any, [&](Simcard& simcard) { simcard.caller_ids.push_back(std::move(number)); });
}

bool Churn::detach_caller_id(Fleet& fleet, Instant /*now*/)
{
    return change_one(fleet, shows_number, [](Simcard& simcard) { simcard.caller_ids.pop_back(); });
}

bool Churn::attach_did(Fleet& fleet, Instant /*now*/)
{
    auto number = make_msisdn(random_);
    return change_one(
        fleet, any, [&](Simcard& simcard) { simcard.external_msisdns.push_back(std::move(number)); });
}

bool Churn::detach_did(Fleet& fleet, Instant /*now*/)
{
    return change_one(fleet, has_did, [](Simcard& simcard) { simcard.external_msisdns.pop_back(); });
}

bool Churn::attach_fmc(Fleet& fleet, Instant /*now*/)
{
    auto number = make_internal_number(random_);
    return change_one(fleet, any, [&](Simcard& simcard) { simcard.fmcs.push_back(std::move(number)); });
}

bool Churn::detach_fmc(Fleet& fleet, Instant /*now*/)
{
    return change_one(fleet, has_fmc, [](Simcard& simcard) { simcard.fmcs.pop_back(); });
}

bool Churn::change_phone(Fleet& fleet, Instant now)
{
    auto imei = make_imei(random_);
    return change_one(
        fleet, has_trusted_imei,
        [&](Simcard& simcard)
        {
            simcard.imei->imei = std::move(imei);
            simcard.latest_activity = now;
        });
}

bool Churn::mistrust_imei(Fleet& fleet, Instant /*now*/)
{
    return change_one(fleet, has_trusted_imei, [](Simcard& simcard) { simcard.imei->is_correct = false; });
}

bool Churn::trust_imei(Fleet& fleet, Instant /*now*/)
{
    return change_one(fleet, has_mistrusted_imei, [](Simcard& simcard) { simcard.imei->is_correct = true; });
}

bool Churn::describe(Fleet& fleet, Instant /*now*/)
{
    auto text = make_description(random_);
    return change_one(fleet, any, [&](Simcard& simcard) { simcard.description = std::move(text); });
}

bool Churn::relabel(Fleet& fleet, Instant /*now*/)
{
    return change_one(
        fleet, any,
        [](Simcard& simcard) { simcard.allow_free_caller_id_change = !simcard.allow_free_caller_id_change; });
}

} // namespace simsync::simulator
