// What the mirror answered, as the JSON of the API: fields have the names of the columns, money, ids and
// decimals are text, times are RFC 3339 in UTC.
#pragma once

#include "daemon/console/ring.hpp"
#include "store/dictionary.hpp"
#include "store/fleet_records.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

struct SessionFacts
{
    std::string version;
    SchemaFacts schema;
    std::string user; // empty: nobody was asked
    std::vector<std::string> accounts;
};
std::string session_json(const SessionFacts& session);

// `counts`: empty where none could be made yet. `account`: of this one alone.
std::string overview_json(
    const std::vector<AccountNow>& accounts, const std::optional<FleetOverview>& counts,
    const std::optional<std::string>& account, Timestamp now);

// `next` is the cursor; `total` of all pages where it is known for nothing.
std::string sims_json(
    const SimPage& page, const std::optional<std::string>& next, const std::optional<std::int64_t>& total);
std::string sim_json(const FleetSim& sim);
std::string balances_json(const BalanceHistory& history);

// `position`: where to follow the events from, for whoever has this page.
std::string events_json(
    const EventPage& page, const std::optional<std::string>& next,
    const std::optional<std::string>& position);
std::string sweeps_json(const SweepPage& page, const std::optional<std::string>& next);
std::string removals_json(const RemovalPage& page, const std::optional<std::string>& next);
std::string actions_json(const ActionPage& page, const std::optional<std::string>& next);

// Of tables and views: name → column → what its comment says.
std::string dictionary_json(const Dictionary& dictionary);

// Of an account whose sweep has ended, for the stream.
std::string status_json(const AccountNow& account);

// As the stream has them: the first eight digits of each stream's id.
LivePositions live_positions(const std::map<std::string, StreamPosition>& streams);

} // namespace simsync
