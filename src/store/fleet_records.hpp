// What the console asks of the mirror and what it gets, as plain values: the shapes that src/store fills and
// src/daemon/console turns into JSON. Nothing here touches a database.
#pragma once

#include "model/forecast.hpp"
#include "simsync/store/records.hpp"
#include "store/action_log.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// A part of a list. `next`: the key to ask on with; empty: there is no more. Keys name rows and not places,
// so that what comes and goes meanwhile neither repeats a row nor passes one over.
template<class Item, class Key>
struct ListPage
{
    std::vector<Item> items;
    std::optional<Key> next;
};

// SIMs
// --------------------------------------------------------------------------------------------------------

// Which SIMs. All but `removed` are of those that the account holds now.
enum class SimState
{
    all,
    blocked,
    low,          // balance.low stands
    spent,        // the balance is 0 or below
    runs_out,     // as simsync.balance_forecast has it: within `look_ahead`
    ending,       // the tariff ends within `look_ahead`
    ended,        // the tariff has ended
    wrong_device, // the IMEI is not the one that the SIM is bound to
    archived,
    removed, // proven gone
};
inline constexpr std::array all_sim_states{
    SimState::all,    SimState::blocked, SimState::low,          SimState::spent,    SimState::runs_out,
    SimState::ending, SimState::ended,   SimState::wrong_device, SimState::archived, SimState::removed};
inline constexpr std::chrono::days look_ahead{7};

std::string_view to_text(SimState state); // "runs_out"
std::optional<SimState> sim_state_named(std::string_view text);

enum class SimSort
{
    id,
    balance,
    tariff_expires_at,
    latest_activity,
};
inline constexpr std::array all_sim_sorts{
    SimSort::id, SimSort::balance, SimSort::tariff_expires_at, SimSort::latest_activity};

std::string_view to_text(SimSort sort); // "tariff_expires_at": the column
std::optional<SimSort> sim_sort_named(std::string_view text);

// The last row of a page. Rows stand by (value, account, id), falling ones the other way round in all three,
// but those without a value always come last; by id they stand by (account, id).
struct SimKey
{
    // Of what they are sorted by; empty: the row has none. Balances as written ("-1.2"), times in RFC 3339.
    // Always empty where they are sorted by id.
    std::optional<std::string> value;
    std::string account;
    std::string id;

    bool operator==(const SimKey&) const = default;
};

struct SimQuestion
{
    std::optional<std::string> account; // empty: all
    std::string words;                  // of the search, as typed; empty: no search
    SimState state = SimState::all;
    std::optional<std::string> tariff;  // exactly this tariff_name; the empty text: SIMs without one
    std::optional<std::string> profile; // exactly this; the empty text: SIMs without one
    SimSort sort = SimSort::id;
    bool falling = false;
    std::size_t limit = 50; // 1 at least
    std::optional<SimKey> after;
};

// Could this key end a page of the question: has it a value where one may be, and is that a number or a time?
// What does not fit must not be asked with. Pure.
bool fits(const SimKey& key, const SimQuestion& question);

// A condition that stands, as simsync.standing_condition has it.
struct SimCondition
{
    std::string kind; // "sim.blocked", "balance.low", "tariff.expiring" or "tariff.expired"
    Timestamp since;
    bool standing = false; // it stood before simsync first saw the SIM

    bool operator==(const SimCondition&) const = default;
};

struct FleetSim
{
    std::string account;
    Sim sim;
    Timestamp first_seen_at;
    Timestamp changed_at;
    std::optional<Timestamp> removed_at;
    std::int64_t revision = 1;
    bool left_scope = false;              // removed because the filter changed
    std::vector<SimCondition> conditions; // in the order of the kinds above
};

struct SimPage : ListPage<FleetSim, SimKey>
{
    // A search found more than `most_found` SIMs: the pages hold the first of them by (account, id).
    bool found_more = false;
};
inline constexpr std::size_t most_found = 1000;

// Balances of one SIM
// -----------------------------------------------------------------------------------------

struct BalanceQuestion
{
    std::string account;
    std::string id;
    std::optional<Timestamp> from; // empty: as far as events are kept
    std::optional<Timestamp> to;   // empty: until now
    std::size_t points = 2000;     // at most; 4 at least
};

// The balance from then on. Empty: the API told none.
struct BalanceStep
{
    Timestamp at;
    std::optional<Money> balance;

    bool operator==(const BalanceStep&) const = default;
};

struct BalanceHistory
{
    std::vector<BalanceStep> steps; // by time; the first tells what it was at `from` or when first known
    bool thinned = false;           // there were more: of each span its first, lowest, highest and last
    std::optional<Money> low_limit; // `[alert] balance_low`
    Forecast forecast;
    Timestamp now; // of the forecast, by the server's clock
};

// Events
// ------------------------------------------------------------------------------------------------------

struct EventQuestion
{
    std::optional<std::string> account;
    std::optional<std::string> sim;
    std::vector<Kind> kinds;          // empty: all
    std::vector<Kind> but;            // never these
    std::vector<Severity> severities; // empty: all
    std::vector<Cause> causes;        // empty: all
    std::optional<Timestamp> since;   // observed then or later
    std::optional<Timestamp> until;   // observed before
};

// Where a list of events, newest first, goes on.
struct EventKey
{
    // Where all kinds that are asked for are rare (those without balances) and no SIM is: events stand by
    // (observed_at, account, seq). Then the last row's time, and one position, that row's. Else empty.
    std::optional<Timestamp> observed_at;
    // Account → seq: on below it. Else every account of the question has one; events stand by seq in each,
    // accounts merged by recorded_at.
    std::map<std::string, std::int64_t> positions;

    bool operator==(const EventKey&) const = default;
};

// As fits(SimKey). Pure.
bool fits(const EventKey& key, const EventQuestion& question);

using EventPage = ListPage<EventRecord, EventKey>;

// Where an account's events are.
struct StreamPosition
{
    std::string stream_id; // a UUID
    std::int64_t last_seq = 0;

    bool operator==(const StreamPosition&) const = default;
};

// Accounts
// ----------------------------------------------------------------------------------------------------

// What makes an account's page top: asked anew each time, it costs a millisecond.
struct AccountNow
{
    std::string account;
    std::string stream_id;
    std::int64_t last_seq = 0;
    bool fresh = false; // as simsync.freshness: a complete sweep, and not degraded
    std::optional<Timestamp> last_complete_sweep_at;
    std::optional<std::int64_t> age_seconds; // since then, by the server's clock
    std::optional<Timestamp> baselined_at;
    std::optional<Timestamp> degraded_since;
    std::optional<std::string> degraded_error; // why, as account.degraded told it
    // Of the process that leads it now; on a standby, which cannot know, of the last one.
    std::optional<std::string> leader_host;
    std::optional<std::int64_t> leader_pid;
    std::optional<Timestamp> leader_since;
    std::optional<LoadingRecord> loading; // by that process, of what the mirror holds
    std::int64_t held_removals = 0;       // 0 where a person has rejected them
    std::optional<Timestamp> held_since;
    std::optional<Money> balance_low;     // `[alert] balance_low`
    std::vector<SweepRecord> last_sweeps; // the newest first, at most 5; the first may run
    std::vector<ConsumerPosition> consumers;
};

// Counts
// ------------------------------------------------------------------------------------------------------

// Of one account. All but `removed` of SIMs that it holds now; each as the SimState of that name counts.
struct FleetCounts
{
    std::int64_t sims = 0;
    std::int64_t blocked = 0;
    std::int64_t low = 0;
    std::int64_t depleted = 0; // SimState::spent
    std::int64_t expired = 0;  // SimState::ended
    std::int64_t expiring = 0; // SimState::ending
    std::int64_t imei_mismatched = 0;
    std::int64_t archived = 0;
    std::int64_t removed = 0;
    std::optional<std::int64_t> runs_out; // empty: reading the events took too long

    bool operator==(const FleetCounts&) const = default;
};

struct TariffCount
{
    std::string account;
    std::optional<std::string> tariff_name;
    std::int64_t sims = 0;

    bool operator==(const TariffCount&) const = default;
};

// Events of an hour that was recorded, by severity.
struct HourCount
{
    std::string account;
    Timestamp at; // the hour's begin, UTC
    std::int64_t info = 0;
    std::int64_t warning = 0;
    std::int64_t critical = 0;

    bool operator==(const HourCount&) const = default;
};

// What counting found: the dear part of the overview, for whoever keeps it (console/counting).
struct FleetOverview
{
    Timestamp computed_at;                     // by the server's clock
    std::map<std::string, FleetCounts> counts; // of every account that is not retired
    std::vector<TariffCount> tariffs;          // by account, the largest first
    std::vector<HourCount> hours; // of the last 24 hours, by time; hours without events are left out
    std::vector<EventRecord>
        last_critical; // the newest first, at most 5 of each account, of the newest of all
};

// Lists of one account
// ----------------------------------------------------------------------------------------

struct SweepQuestion
{
    std::string account;
    std::size_t limit = 50;
    std::optional<std::int64_t> before; // its id: on with older ones
};
using SweepPage = ListPage<SweepRecord, std::int64_t>;

struct RemovalQuestion
{
    std::string account;
    std::string words; // a part of id, ICCID or description, in any case; empty: all
    std::size_t limit = 50;
    std::optional<std::string> after; // its SIM's id
};
using RemovalPage = ListPage<HeldRemoval, std::string>;

struct ActionQuestion
{
    std::string account;
    std::optional<std::string> sim;
    std::size_t limit = 50;
    std::optional<std::int64_t> before; // its id: on with older ones
};

using ActionPage = ListPage<PastAction, std::int64_t>;

// The session
// -------------------------------------------------------------------------------------------------

struct SchemaFacts
{
    int version = 0;             // of the last migration
    bool search_indexed = false; // a valid index `sim_search` is there (simsync migrate --search)
    bool standby = false;        // it serves reads, and nobody is woken by it
};

} // namespace simsync
