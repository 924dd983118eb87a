// Judging readiness.
#include "daemon/readiness.hpp"

namespace simsync
{
namespace
{

using namespace std::chrono;

// The database is asked every second or two, but a large commit keeps the account's only connection busy.
constexpr seconds longest_silence{10};

// Where a thousand accounts are without the API, the first few say why.
constexpr std::size_t most_faults_told = 20;

// Why the last sweep was not complete, in brackets. To be added where an account's data are at fault: it
// explains nothing where the database is away.
std::string because(const AccountStanding& account)
{
    return account.trouble.empty() ? "" : " (" + account.trouble + ')';
}

std::string
age_where_stale(const AccountStanding& account, AccountStanding::Time now, milliseconds stale_after)
{
    if (!account.last_complete || now - *account.last_complete <= stale_after)
        return "";
    return "; the last complete sweep ended " +
           std::to_string(floor<seconds>(now - *account.last_complete).count()) + " s ago";
}

// A large fleet is read for half a minute. Where no row comes of it that is said as well: from outside a
// server that sorts them looks like one that hangs.
std::string loading(const AccountStanding& account, AccountStanding::Time now)
{
    auto text = "loads " + to_text(*account.loading);
    const auto silence = floor<seconds>(now - account.database_answered.value_or(now));
    if (silence > longest_silence)
        text += "; none has come for " + std::to_string(silence.count()) + " s";
    return text;
}

// What is still being tried is no fault yet.
std::string silence(const AccountStanding& account, AccountStanding::Time now)
{
    const bool tries = !account.database_answered && account.connects_since &&
                       now - *account.connects_since <= longest_silence;
    return tries ? "connects to the database" : "the database does not answer";
}

// Why this account keeps simsync from being ready; empty where it does not.
std::string fault(const AccountStanding& account, AccountStanding::Time now, milliseconds stale_after)
{
    if (!account.database_error.empty())
        return account.database_error + age_where_stale(account, now, stale_after);
    if (account.loading)
        return loading(account, now);
    if (!account.database_answered || now - *account.database_answered > longest_silence)
        return silence(account, now);
    if (!account.leading)
        return "";
    if (account.auth_failed)
        return "the API refuses the credentials" + because(account);
    if (account.shows_nobody)
        return "the API shows none of the SIMs that are known";
    if (!account.last_complete)
        return "no complete sweep yet" +
               (account.first_sweep ? ": the first has loaded " + to_text(*account.first_sweep) : "") +
               because(account);
    const auto age = now - *account.last_complete;
    if (age > stale_after)
        return "the last complete sweep ended " + std::to_string(floor<seconds>(age).count()) + " s ago" +
               because(account);
    return "";
}

} // namespace

std::string to_text(const Loaded& loaded)
{
    if (loaded == Loaded{})
        return "SIMs";
    const auto of = loaded.expected > 0 ? " of about " + std::to_string(loaded.expected) : "";
    return std::to_string(loaded.sims) + of + " SIMs";
}

Readiness judge_readiness(
    std::span<const AccountStanding> accounts, AccountStanding::Time now, milliseconds stale_after,
    std::span<const std::string> sinks_down)
{
    Readiness readiness;
    std::size_t faults = 0;
    for (const auto& account : accounts)
    {
        const auto wrong = fault(account, now, stale_after);
        if (wrong.empty())
            continue;
        readiness.ready = false;
        if (++faults <= most_faults_told)
            readiness.reason += account.account + ": " + wrong + '\n';
    }
    if (faults > most_faults_told)
        readiness.reason += "and " + std::to_string(faults - most_faults_told) +
                            " more accounts: simsync status tells of each\n";
    if (readiness.ready)
        readiness.reason = "ready\n";
    for (const auto& account : accounts)
        if (account.leading && !account.drifting.empty())
            readiness.reason +=
                account.account + ": not mirrored as it should be: " + account.drifting + '\n';
    for (const auto& sink : sinks_down)
        readiness.reason += sink + '\n';
    return readiness;
}

} // namespace simsync
