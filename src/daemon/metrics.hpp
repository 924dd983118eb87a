// The metrics by prometheus-cpp: one registry for each account, one text for all.
#pragma once

#include "model/load_progress.hpp"
#include "simsync/model/time.hpp"
#include "simsync/store/records.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

private:
    friend class Metrics;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// What one sink counts, labelled `sink`.
class SinkMetrics
{
public:
    explicit SinkMetrics(const std::string& sink);
    ~SinkMetrics();
    SinkMetrics(const SinkMetrics&) = delete;
    SinkMetrics& operator=(const SinkMetrics&) = delete;

    void holds_lock(bool has_it); // this instance delivers, or another
    void delivered(std::int64_t events, Timestamp now);
    void refused(std::string_view reason);
    void stream_lost_events(); // which it had acknowledged
    void set_aside(std::size_t alerts); // one by one refused by an Alertmanager
    void is_down(bool down);            // it delivers nothing until a person acts

private:
    friend class Metrics;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// What the console counts, of the whole process.
class ConsoleMetrics
{
public:
    ConsoleMetrics();
    ~ConsoleMetrics();
    ConsoleMetrics(const ConsoleMetrics&) = delete;
    ConsoleMetrics& operator=(const ConsoleMetrics&) = delete;

    // `endpoint`: one of few, with {account} and {id} in the place of what was asked for.
    void answered(std::string_view endpoint, unsigned status, std::chrono::nanoseconds took);
    void streams(std::size_t under_way);
    void dropped(std::size_t events); // that a stream took too slowly
    void database_error();

private:
    friend class Metrics;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

class Metrics
{
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // The account's metrics; they begin with the first call and count on until `forget`.
    AccountMetrics& account(const std::string& name);
    void forget(const std::string& name); // the account is not configured any more

    // The same for a sink.
    SinkMetrics& sink(const std::string& name);
    void forget_sink(const std::string& name);

    ConsoleMetrics& console() noexcept { return console_; }

    // Prometheus text format 0.0.4. By `now` consumers wait longer and longer, whether or not the database
    // answers.
    std::string text(Timestamp now) const;

private:
    std::map<std::string, std::unique_ptr<AccountMetrics>> accounts_;
    std::map<std::string, std::unique_ptr<SinkMetrics>> sinks_;
    ConsoleMetrics console_;
};

} // namespace simsync
