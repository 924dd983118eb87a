// Whether simsync is ready: judged from how its accounts stand. Pure.
#pragma once

#include "model/load_progress.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>

namespace simsync
{

struct AccountStanding
{
    using Time = std::chrono::steady_clock::time_point;

    std::string account;
    bool leading = false;
    std::optional<Time> database_answered; // the last time
    std::optional<Time> last_complete;     // the end of the last sweep that was proven complete
    bool auth_failed = false;              // credentials refused, and no complete sweep since
    std::string trouble;                   // why the last sweep was not complete; empty if it was
    std::string database_error{};          // the last, while the database has not served us since
    bool shows_nobody = false;             // the last sweep saw none of the SIMs that are known
    std::optional<Time> waiting_since{};   // for a complete sweep, or for the database: whichever is missing
    std::string last_sweep{};              // a sentence; empty where there was none yet
    std::string standby_for{};             // the leader behind whom we wait; empty where we do not
    std::string housekeeping{};      // what is under way or has to wait beside the sweeps; empty: nothing
    std::string drifting{};          // fields that are not mirrored as they should be
    std::optional<Loaded> loading{}; // the SIMs that the database holds are being read, before anything else
    std::optional<Loaded> first_sweep{}; // it is under way, and so far it has come
    // Since then we have waited for the database's first answer; counts until it came.
    std::optional<Time> connects_since{};
};

// "3200000 of about 10000000 SIMs"; "SIMs" while neither is known.
std::string to_text(const Loaded& loaded);

struct Readiness
{
    bool ready = true;
    // One line for each account that is not ready; "ready" where all are. Then one for each account of which
    // some fields are not mirrored, and each sink that is down: that makes none less ready.
    std::string reason;
};

// Ready only while the database answers every account and every led account is fresh: its last complete sweep
// ended no longer than `stale_after` ago, and its credentials are not refused. A standby is ready as long as
// the database answers it. `sinks_down`: a sentence for each.
Readiness judge_readiness(
    std::span<const AccountStanding> accounts, AccountStanding::Time now,
    std::chrono::milliseconds stale_after, std::span<const std::string> sinks_down = {});

} // namespace simsync
