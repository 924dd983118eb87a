#include "daemon/account_shares.hpp"

#include <algorithm>

namespace simsync
{

// In order, which is the same on all instances.
void AccountShares::share(std::vector<std::string> accounts, bool elsewhere)
{
    std::ranges::sort(accounts);
    if (elsewhere || accounts != shared_)
        shares_ = ShareKeeper(accounts);
    shared_ = std::move(accounts);
}

std::vector<std::string> AccountShares::those_that(std::function<bool()> AccountWatch::*are) const
{
    std::vector<std::string> accounts;
    for (const auto& each : accounts_)
        if ((each.*are)())
            accounts.push_back(each.account);
    std::ranges::sort(accounts);
    return accounts;
}

bool AccountShares::stands_by(const std::string& account) const
{
    const auto found = std::ranges::find(accounts_, account, &AccountWatch::account);
    return found != accounts_.end() && found->stands_by();
}

// One whose lease is free, but not for us to take, goes on waiting; and one whom the ledger still names as
// the leader, for whoever has just taken what we gave has not entered his name yet.
void AccountShares::saw(const LocksSeen& seen, Time asked, const std::vector<std::string>& standing_by)
{
    shares_.saw(seen.shares, asked);
    for (const auto& each : accounts_)
    {
        if (!std::ranges::binary_search(standing_by, each.account) || !each.stands_by())
            continue;
        if (const auto lease = seen.leases.find(each.account); lease != seen.leases.end())
        {
            if (!lease->second.names_us)
                each.lease(lease->second);
        }
        else if (shares_.may_take(each.account, asked))
            each.lease(std::nullopt);
    }
}

void AccountShares::lost_sight(const std::exception_ptr& failed)
{
    shares_.lost_sight();
    for (const auto& each : accounts_)
        if (each.stands_by())
            each.lease_unknown(failed);
}

// Ours is taken at once. Of another's a look shows why it is free: who leaves has left the share before.
bool AccountShares::heard_free(const std::string& account, Time now)
{
    if (!shares_.heard_free(account, now))
        return false;
    if (stands_by(account))
        std::ranges::find(accounts_, account, &AccountWatch::account)->lease(std::nullopt);
    return true;
}

void AccountShares::heard_taken(const std::string& account, Time now)
{
    if (shares_.heard_taken(account))
        hand_over_one(now);
}

void AccountShares::hand_over_one(Time now)
{
    const auto chosen =
        shares_.choose(those_that(&AccountWatch::is_led), those_that(&AccountWatch::is_idle), now);
    if (!chosen)
        return;
    shares_.gives(*chosen);
    std::ranges::find(accounts_, *chosen, &AccountWatch::account)->hand_over();
}

bool AccountShares::begin_giving(const std::string& account, Time now)
{
    if (!shares_.may_give(account, those_that(&AccountWatch::is_led), now))
        return false;
    shares_.gives(account);
    return true;
}

void AccountShares::gave(const std::string& account, Time now)
{
    shares_.gave(account, now);
    news_.free.push_back(account);
}

// While we are alone nobody waits for it.
void AccountShares::took(const std::string& account)
{
    if (shares_.alive() > 1)
        news_.taken.push_back(account);
}

} // namespace simsync
