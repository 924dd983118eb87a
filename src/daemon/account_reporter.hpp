// What is made known of one account: the log, the metrics and how it stands (readiness, systemd's STATUS). Is
// told what happens and asks nobody; the sentences are daemon/account_log's.
#pragma once

#include "config/config.hpp"
#include "daemon/account_metrics.hpp"
#include "daemon/count_pace.hpp"
#include "daemon/database_health.hpp"
#include "daemon/log_once.hpp"
#include "daemon/outage.hpp"
#include "daemon/readiness.hpp"
#include "simsync/api/client.hpp"
#include "sync/lead.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

class AccountReporter
{
public:
    using Time = std::chrono::steady_clock::time_point;

    // `stands`: it stands otherwise than before, for systemd's STATUS. `account`, `metrics` and `outage`,
    // which all accounts and sinks share, outlive it.
    AccountReporter(
        const AccountConfig& account, AccountMetrics& metrics, DatabaseOutage& outage, ApiOutage& api_outage,
        std::function<void()> stands);
    ~AccountReporter();
    AccountReporter(const AccountReporter&) = delete; // observers refer to it
    AccountReporter& operator=(const AccountReporter&) = delete;

    // What the parts do, all but the client's tokens: whose log is not_lent.
    ClientObserver client_observer();
    LeadObserver lead_observer();
    void not_lent(const std::string& why_not); // empty: it was

    // The lead.
    void wants_to_lead();
    void stands_by(std::string leader);
    void leads(const AccountMirror& mirror);
    // The ledger was read: what an earlier leader left is no news, but where events are numbered anew.
    void takes_over(const AccountMirror& mirror);
    // It is given back to another instance, which is told once that one has it, or once we have it again.
    void hands_over() { handed_over_ = true; }
    void loses_lead();
    // Many are about to lose it at once, which was told for all of them.
    void ends_with_others() { told_with_others_ = true; }
    // Where SIMs are being loaded: how far that has come, for the metrics; and for the log too.
    void note_loading();
    void tell_loading();
    // Of the SIMs that the database holds; empty: that is done, or not ours to do.
    std::optional<Loaded> loading() const;

    // Sweeps. `emitted`: of the account, after the sweep.
    void sweep_finished(const SweepReport& report, const AccountMirror& mirror);
    void emitted(const EventCounts& emitted, const AccountMirror& mirror);
    // After each sweep: of what changed, the share that recent looks had found; empty: nothing changed.
    void looks_are_worth(std::optional<double> share, bool seldom);

    // Why the mirror is stale: no sweep was complete for so long. Empty: it is not.
    std::optional<std::string> why_stale(Time now, std::chrono::milliseconds stale_after) const;
    void degraded(const std::string& why);

    void database_answers();
    void database_failed(const StoreError& error);
    int database_failures() const noexcept { return database_.failures(); } // since it served last

    void keeps_house();
    void has_kept_house(const std::vector<HousekeepingTrouble>& troubles); // empty: all is done

    // What stands is to be counted again; `begins`, and then either of the others.
    bool wants_conditions(Time now) const { return count_pace_.is_due(now); }
    void counts_conditions() { count_pace_.begins(); }
    void conditions(const EventCounts& standing, Time began);
    void conditions_unknown(const StoreError& error, Time began);
    void consumers_are(const std::vector<ConsumerPosition>& positions);

    AccountStanding standing() const;

private:
    std::optional<Loaded> first_sweep() const;
    Time patient_since() const;
    void comes_to(const SweepProgress& progress);
    void is_served();
    void log_lead(std::string_view what);
    void count(const SweepReport& report, const AccountMirror& mirror);
    void count(const EventCounts& emitted);
    void note(const AccountRecord& ledger);

    const AccountConfig& account_;
    AccountMetrics& metrics_;
    DatabaseOutage& outage_;
    ApiOutage& api_outage_;
    bool tells_of_outage_ = false; // it found a cause that nobody had told of
    std::function<void()> stands_;
    LogOnce log_once_;
    DatabaseHealth database_;
    CountPace count_pace_;
    bool leading_ = false;
    const AccountMirror* loads_ = nullptr;   // until it has loaded what it knows
    std::optional<Loaded> sweep_so_far_;     // the one that is under way
    bool handed_over_ = false;               // and nobody was seen to take it yet
    bool told_with_others_ = false;          // that it leads no longer
    std::optional<std::string> standby_for_; // the leader, while we wait for it
    Time sweep_got_on_;                      // it showed more SIMs than before
    // We have wanted to lead, or nobody else has led, since then.
    Time patience_since_ = std::chrono::steady_clock::now();
    std::optional<Time> last_complete_;
    bool shows_nobody_ = false; // the last sweep
    bool auth_failed_ = false;
    Drifts drifts_;            // that last
    std::string trouble_;      // why the last sweep was not complete
    std::string last_sweep_;   // a sentence
    std::string housekeeping_; // what is under way beside the sweeps
};

} // namespace simsync
