// Which SIMs are worth asking for between sweeps (model/watched), as far as the database knows.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/model/time.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// On which whoever reads a SIM of the API says so: "account:id".
inline const std::string watch_channel = "simsync_watch";

struct WatchedSim
{
    std::string account;
    std::string sim;
};
// Whom it names; empty: nobody.
std::optional<WatchedSim> watched_sim(std::string_view payload);

// Tells the account's leader that a person minds this SIM.
void notify_watched(Work& work, const std::string& account, const std::string& sim);

struct SoonToChange
{
    std::string sim;
    std::optional<Timestamp> deadline; // of its tariff; empty: its balance comes to a limit
};

// SIMs whose tariff ends from `since` to `until`, and those whose balance simsync.balance_forecast sees low
// or spent within a day: at most so many of each, the nearest first. Costs little however large the fleet is:
// the balances that fell last are looked at, and the forecast is asked for those alone.
std::vector<SoonToChange>
soon_to_change(Work& work, const std::string& account, Timestamp since, Timestamp until, std::size_t most);

} // namespace simsync
