// When a prepaid balance will be low and when it will be spent. Pure: the time arrives as an argument.
#pragma once

#include "simsync/model/sim.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

namespace simsync
{

// The view `simsync.balance_forecast` says the same, to the second and the last digit: a change here is a
// change there (a migration), and a test compares them.

// A change of the balance as the event balance.changed tells it. An amount that is empty was not readable.
struct BalanceChange
{
    Timestamp at; // observed_at
    std::optional<Money> before;
    std::optional<Money> after;
};

// What comes first if it goes on so.
enum class Outlook
{
    none,         // blocked, the balance is not known, or the tariff is paid afterwards
    spent,        // at 0 or below already
    accumulating, // seen for less than forecast_needs, or only once to fall
    steady,       // nothing was spent, or so little that it lasts for forecast_horizon
    tariff_ends,  // the tariff ends before the balance does, or has ended
    runs_out,
};

std::string_view to_text(Outlook outlook); // "runs_out"

struct Forecast
{
    Outlook outlook = Outlook::none;
    std::optional<Money> spend_per_day;   // rounded to 4 decimals; only where steady, tariff_ends or runs_out
    std::optional<Timestamp> low_at;      // only where it lies ahead, tariff_ends or runs_out
    std::optional<Timestamp> runs_out_at; // only where tariff_ends, as it would be without that, or runs_out
    int based_on_days = 0;                // whole days that were looked at

    bool operator==(const Forecast&) const = default;
};

inline constexpr std::chrono::days forecast_window{14}; // how far back it looks
inline constexpr std::chrono::days forecast_needs{3};
inline constexpr std::chrono::days forecast_horizon{3650};

// `known_since`: from when on each change of this SIM is among `changes`: when it was first seen, or came
// back, or since when events are kept, whichever is latest. Changes may come in any order, and from longer
// ago than the window. `balance_low`: of [alert]; empty: no low_at.
Forecast forecast(
    const Sim& sim, Timestamp known_since, std::span<const BalanceChange> changes,
    const std::optional<Money>& balance_low, Timestamp now);

} // namespace simsync
