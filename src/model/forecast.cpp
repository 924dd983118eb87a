// What is spent in a day, and how long a balance lasts. Calls nobody.
#include "model/forecast.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

using std::chrono::seconds;

constexpr auto horizon = static_cast<std::uint32_t>(seconds{forecast_horizon}.count());
constexpr std::uint32_t seconds_a_day = 86'400;
constexpr std::size_t decimals_of_a_rate = 4;

struct Spending
{
    Money amount{};
    int decreases = 0;
};

// Recharges are increases, and no negative spending.
Spending spending_of(std::span<const BalanceChange> changes, Timestamp after)
{
    Spending spending;
    for (const auto& change : changes)
        if (change.at > after && change.before && change.after && *change.after < *change.before)
        {
            spending.amount = spending.amount + (*change.before - *change.after);
            ++spending.decreases;
        }
    return spending;
}

bool is_paid_afterwards(const Sim& sim)
{
    return sim.tariff_type == "POSTPAID_MINUTE" || sim.tariff_type == "MARGIN_CALCULATE";
}

// How long `amount` lasts where `spent` was spent in `elapsed`: whole seconds, rounded down; empty where that
// is the horizon or longer. The largest q with spent * q <= amount * elapsed: exact, whatever the digits.
std::optional<seconds> lasts(const Money& amount, const Money& spent, std::uint32_t elapsed)
{
    const auto reach = amount * elapsed;
    if (reach >= spent * horizon)
        return std::nullopt;
    std::uint32_t within = 0;
    std::uint32_t beyond = horizon;
    while (beyond - within > 1)
    {
        const auto middle = within + (beyond - within) / 2;
        (spent * middle <= reach ? within : beyond) = middle;
    }
    return seconds{within};
}

Outlook outlook_of(const Sim& sim, const Spending& spending, seconds elapsed)
{
    if (sim.is_blocked.value_or(false) || !sim.balance || is_paid_afterwards(sim))
        return Outlook::none;
    if (*sim.balance <= Money{})
        return Outlook::spent;
    if (elapsed < forecast_needs || spending.decreases == 1)
        return Outlook::accumulating;
    return spending.decreases == 0 ? Outlook::steady : Outlook::runs_out;
}

} // namespace

std::string_view to_text(Outlook outlook)
{
    switch (outlook)
    {
    case Outlook::none:
        return "none";
    case Outlook::spent:
        return "spent";
    case Outlook::accumulating:
        return "accumulating";
    case Outlook::steady:
        return "steady";
    case Outlook::tariff_ends:
        return "tariff_ends";
    case Outlook::runs_out:
        return "runs_out";
    }
    return "none";
}

Forecast forecast(
    const Sim& sim, Timestamp known_since, std::span<const BalanceChange> changes,
    const std::optional<Money>& balance_low, Timestamp now)
{
    const auto since = std::max<Timestamp>(known_since, now - forecast_window);
    const auto elapsed = std::max(std::chrono::floor<seconds>(now - since), seconds{0});
    const auto spending = spending_of(changes, since);

    Forecast made;
    made.outlook = outlook_of(sim, spending, elapsed);
    made.based_on_days = static_cast<int>(std::chrono::floor<std::chrono::days>(elapsed).count());
    if (made.outlook != Outlook::steady && made.outlook != Outlook::runs_out)
        return made;

    const auto elapsed_count = static_cast<std::uint32_t>(elapsed.count());
    made.spend_per_day = (spending.amount * seconds_a_day).divided_by(elapsed_count, decimals_of_a_rate);
    if (made.outlook == Outlook::steady)
        return made;

    const auto until_spent = lasts(*sim.balance, spending.amount, elapsed_count);
    if (!until_spent)
    {
        made.outlook = Outlook::steady;
        return made;
    }
    const Timestamp from = std::chrono::floor<seconds>(now);
    made.runs_out_at = from + *until_spent;
    if (balance_low && *sim.balance >= *balance_low)
        if (const auto until_low = lasts(*sim.balance - *balance_low, spending.amount, elapsed_count))
            made.low_at = from + *until_low;
    if (sim.tariff_expires_at && *sim.tariff_expires_at < *made.runs_out_at)
        made.outlook = Outlook::tariff_ends;
    return made;
}

} // namespace simsync
