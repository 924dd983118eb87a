// The metrics of one account, labelled `account`.
#pragma once

#include "model/load_progress.hpp"
#include "simsync/model/time.hpp"
#include "simsync/store/records.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus
{
struct MetricFamily;
}

namespace simsync
{

// What one account counts. Each verb is a thing that happened; names and labels are an interface:
// dashboards and rules ask for them.
class AccountMetrics
{
public:
    explicit AccountMetrics(const std::string& account);
    ~AccountMetrics();
    AccountMetrics(const AccountMetrics&) = delete;
    AccountMetrics& operator=(const AccountMetrics&) = delete;

    void leads();
    // What a leader alone knows (sims, freshness, held removals, its token) is not shown any more: another
    // instance does.
    void stands_by();
    // The same, but how old the mirror is goes on being shown: as far as we know, nobody leads.
    void loses_lead();

    void sims(std::int64_t count);
    void loading(const std::optional<Loaded>& loaded); // empty: nothing is; then neither is shown
    void last_complete(Timestamp finished_at);         // the epoch: none yet
    void removals_held(std::int64_t held);
    void conditions(const EventCounts& standing); // SIMs, by kind; kinds that are left out are not known

    void sweep_finished(std::string_view outcome, std::chrono::nanoseconds took);
    void items(std::int64_t seen);
    void events(std::string_view kind, std::int64_t written);
    void recent_share(std::optional<double> share); // of what changed, found by looks; empty: nothing did
    void changed_sims(std::string_view found_by, std::int64_t sims); // "recent", "sweep"
    void drifting(const Drifts& drifts); // fields that are not mirrored as they should be
    void decode_errors(const std::string& field, std::int64_t count);

    void api_request(std::string_view operation, std::string_view outcome, std::chrono::nanoseconds took);
    void retry(std::string_view reason);
    void login(std::string_view outcome);
    void token_expiry(std::chrono::system_clock::time_point server_time);
    void database_error();
    void events_lost(std::int64_t events);    // with a server that another replaced without them
    void housekeeping(std::int64_t troubles); // was tried; 0: all is done
    // How far each consumer is in the account's events, which the leader alone shows.
    void consumers(const std::vector<ConsumerPosition>& positions);

    // As Prometheus's text is made of them. By `now` consumers wait longer and longer, whether or not
    // anything else was told of them.
    std::vector<prometheus::MetricFamily> collect(Timestamp now) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
