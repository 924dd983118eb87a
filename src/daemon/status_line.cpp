#include "daemon/status_line.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace simsync
{
namespace
{

using namespace std::chrono;

// " for 3 min", coarse, so that the line does not change with every look; empty for less than a second.
std::string lasting(const std::optional<AccountStanding::Time>& since, AccountStanding::Time now)
{
    const auto age = since ? floor<seconds>(now - *since) : seconds{0};
    if (age < seconds{1})
        return "";
    if (age < minutes{1})
        return " for " + std::to_string(age.count()) + " s";
    if (age < hours{1})
        return " for " + std::to_string(floor<minutes>(age).count()) + " min";
    return " for " + std::to_string(floor<hours>(age).count()) + " h";
}

bool in_trouble(const AccountStanding& account)
{
    return !account.database_error.empty() || (account.leading && !account.trouble.empty());
}

std::string does(const AccountStanding& account)
{
    if (!account.leading && !account.standby_for.empty())
        return "stands by for " + account.standby_for;
    if (account.loading)
        return "loads " + to_text(*account.loading);
    if (!account.last_sweep.empty())
        return account.last_sweep;
    if (!account.leading)
        return "connects to the database";
    if (account.last_complete) // of another process, or before the lead was lost
        return "leads, and sweeps";
    const auto so_far = account.first_sweep ? ": " + to_text(*account.first_sweep) : "";
    return "leads, and sweeps for the first time" + so_far;
}

std::string words(const AccountStanding& account, AccountStanding::Time now)
{
    auto text = account.account + ": ";
    if (!account.database_error.empty())
        return text + "the database is away" + lasting(account.waiting_since, now) + ": " +
               account.database_error;
    text += does(account);
    if (in_trouble(account))
        text += "; not mirrored" + lasting(account.waiting_since, now) + ": " + account.trouble;
    if (!account.housekeeping.empty())
        text += "; " + account.housekeeping;
    return text;
}

} // namespace

std::string status_line(std::span<const AccountStanding> accounts, AccountStanding::Time now)
{
    std::vector<const AccountStanding*> sorted;
    for (const auto& account : accounts)
        sorted.push_back(&account);
    std::ranges::stable_partition(sorted, [](const auto* account) { return in_trouble(*account); });

    const auto troubled = std::ranges::count_if(accounts, in_trouble);
    std::string line;
    if (troubled > 0 && accounts.size() > 1)
        line = std::to_string(troubled) + " of " + std::to_string(accounts.size()) + " accounts in trouble: ";
    for (const auto* account : sorted)
        line.append(account == sorted.front() ? "" : "; ").append(words(*account, now));
    return line;
}

} // namespace simsync
