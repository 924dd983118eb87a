// What the log says of an account: the sentences, and by daemon/log_once whether they are news.
#pragma once

#include "config/config.hpp"
#include "daemon/log_once.hpp"
#include "daemon/outage.hpp"
#include "model/load_progress.hpp"
#include "simsync/model/failure.hpp"
#include "simsync/postgres/errors.hpp"
#include "sync/recent_looker.hpp"
#include "sync/sweep_report.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// "sweep 12 complete: 1000 SIMs, 0 added, …".
std::string summary(const SweepRecord& sweep);
// "dataBalance (the API does not know it)"; empty where all fields are mirrored as they should be.
std::string drift_text(const Drifts& drifts);

// A sweep that has finished, and what of it is news. `sims`: those that are mirrored. What an API does to all
// accounts that mirror it the first of them warns of.
void log_sweep(
    const AccountConfig& account, const SweepReport& report, std::size_t sims, LogOnce& once,
    ApiOutage& outage);
// It answers all again whom it did not answer; of none, nothing.
void log_answered(std::size_t struck);
// A look between sweeps, of which is news that the API answers none.
void log_look(const std::string& account, const LookReport& report, LogOnce& once);
// They are taken seldom from now on, or often again. `share`: of what changed, what they had found.
void log_looks_worth(const std::string& account, std::optional<double> share, bool seldom, LogOnce& once);
// Fields begin and cease to be left out, as the ledger has it after a sweep.
void log_drifts(const std::string& account, const Drifts& drifts, LogOnce& once);
// An earlier leader told of these: they are no news.
void know_drifts(const Drifts& drifts, LogOnce& once);

// SIMs are being loaded, and so far that has come.
void log_loading(const std::string& account, std::string_view what, const Loaded& loaded);
// Where events began to be numbered anew with this very lead. That another server or another database serves
// now is told by the first of all accounts that find it so after one outage.
void log_numbering(const std::string& account, const AccountRecord& ledger, DatabaseOutage& outage);
// How many of them were lost with it, as far as is known.
std::int64_t events_lost(const AccountRecord& ledger);
// The database fails, which strikes whoever uses it; `news`: of this cause, which is told from others by its
// hint, nobody has told yet.
void log_outage(const std::string& account, const StoreError& error, bool news);
// It serves again all that it struck; of none, nothing.
void log_served(std::size_t struck);
void log_housekeeping(
    const std::string& account, const std::vector<HousekeepingTrouble>& troubles, LogOnce& once);

void log_due(const std::string& account, const EventCounts& emitted);
void log_action(const std::string& account, const ActionRecord& action, const ActionEnd& end);

// Nothing worse comes of it than that commands log in themselves.
void log_lending(const std::string& account, const std::string& why_not, LogOnce& once);
// Larger pages are refused, as `larger` tells; ones of so many rows are not.
void log_page_size(const AccountConfig& account, std::uint64_t rows, const Failure& larger);

} // namespace simsync
