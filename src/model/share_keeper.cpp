#include "model/share_keeper.hpp"

#include <algorithm>
#include <utility>

namespace simsync
{

ShareKeeper::ShareKeeper(std::vector<std::string> accounts) : accounts_(std::move(accounts)) {}

void ShareKeeper::saw(const LeasesSeen& seen, Time asked)
{
    know(seen, asked);
    judge_giving(seen, asked);
}

void ShareKeeper::know(const LeasesSeen& seen, Time asked)
{
    auto alive = seen.alive;
    std::ranges::sort(alive);
    if (alive != alive_ || seen.self != self_)
    {
        self_ = seen.self;
        alive_ = std::move(alive);
        alive_since_ = asked;
        shares_ = fair_shares(accounts_, alive_);
        std::erase_if(
            rests_, [this](const auto& rest) { return !std::ranges::binary_search(alive_, rest.first); });
    }
    for (const auto& account : accounts_)
        if (seen.led.contains(account))
        {
            free_since_.erase(account);
            take_back_.erase(account);
        }
        else
            free_since_.try_emplace(account, asked);
}

void ShareKeeper::judge_giving(const LeasesSeen& seen, Time asked)
{
    // A look from before it was given back still shows our own lease.
    if (!awaits_taking() || asked < *giving_->free_since)
        return;
    if (seen.led.contains(giving_->account))
        was_taken();
    else if (asked - *giving_->free_since >= taken_within)
        was_not_taken(asked);
}

void ShareKeeper::was_taken()
{
    rests_.erase(giving_->to);
    in_vain_.erase(giving_->account);
    giving_.reset();
}

void ShareKeeper::was_not_taken(Time now)
{
    take_back_.insert(giving_->account);
    ++in_vain_[giving_->account];
    rests(giving_->to, now);
    giving_.reset();
}

bool ShareKeeper::heard_free(const std::string& account, Time now)
{
    if (!is_ours(account))
        return false;
    free_since_.try_emplace(account, now);
    return may_take(account, now);
}

bool ShareKeeper::heard_taken(const std::string& account)
{
    if (!awaits_taking() || giving_->account != account)
        return false;
    was_taken();
    return true;
}

void ShareKeeper::rests(InstanceId instance, Time now)
{
    constexpr int most_doublings = 10;
    auto& rest = rests_[instance];
    const auto length = std::min(longest_rest, first_rest * (1 << std::min(rest.times, most_doublings)));
    ++rest.times;
    rest.until = now + length;
}

void ShareKeeper::lost_sight()
{
    alive_.clear();
    shares_.clear();
    free_since_.clear();
    if (giving_ && giving_->free_since) // who has it now is seen later
    {
        take_back_.insert(giving_->account);
        giving_.reset();
    }
}

bool ShareKeeper::is_ours(const std::string& account) const
{
    const auto share = shares_.find(account);
    return share != shares_.end() && share->second.owner == self_;
}

bool ShareKeeper::may_take(const std::string& account, Time now) const
{
    const auto since = free_since_.find(account);
    if (since == free_since_.end())
        return false;
    if (giving_ && giving_->account == account)
        return false;
    return is_ours(account) || take_back_.contains(account) || now - since->second >= owners_turn;
}

bool ShareKeeper::may_begin(Time now) const
{
    return !giving_ && alive_.size() > 1 && now - alive_since_ >= settled_after;
}

// Of those that are one more than everybody has, one may stay with whoever leads it.
bool ShareKeeper::belongs_elsewhere(const std::string& account, std::span<const std::string> led) const
{
    const auto is_one_more = [this](const std::string& each)
    {
        const auto share = shares_.find(each);
        return share != shares_.end() && share->second.is_one_more;
    };
    if (!shares_.contains(account) || is_ours(account))
        return false;
    return !is_one_more(account) || std::ranges::count_if(led, is_one_more) > 1;
}

bool ShareKeeper::may_give(const std::string& account, std::span<const std::string> led, Time now) const
{
    if (!may_begin(now) || !belongs_elsewhere(account, led))
        return false;
    const auto rest = rests_.find(shares_.at(account).owner);
    return rest == rests_.end() || now >= rest->second.until;
}

std::optional<std::string>
ShareKeeper::choose(std::span<const std::string> led, std::span<const std::string> idle, Time now) const
{
    const auto times_in_vain = [this](const std::string* account)
    {
        const auto times = in_vain_.find(*account);
        return times == in_vain_.end() ? 0 : times->second;
    };
    const std::string* chosen = nullptr;
    for (const auto& account : idle)
        if (may_give(account, led, now) && (!chosen || times_in_vain(&account) < times_in_vain(chosen)))
            chosen = &account;
    return chosen ? std::optional(*chosen) : std::nullopt;
}

void ShareKeeper::gives(const std::string& account)
{
    const auto share = shares_.find(account);
    giving_ = Giving{account, share == shares_.end() ? InstanceId{} : share->second.owner, std::nullopt};
}

void ShareKeeper::gave(const std::string& account, Time now)
{
    if (giving_ && giving_->account == account)
        giving_->free_since = now;
}

std::size_t ShareKeeper::share() const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(shares_, [this](const auto& share) { return share.second.owner == self_; }));
}

} // namespace simsync
