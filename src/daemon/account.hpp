// One account's work: take the lease, sweep at the cadence, watch what expires, tell how it stands.
// Everything of an account is one coroutine tree with its own API connections and its own database thread.
#pragma once

#include "config/config.hpp"
#include "daemon/metrics.hpp"
#include "daemon/readiness.hpp"
#include "daemon/token_file.hpp"
#include "io/async_event.hpp"
#include "simsync/api/client.hpp"
#include "sync/actions.hpp"
#include "sync/database_thread.hpp"
#include "sync/expiry_watcher.hpp"
#include "sync/sweeper.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace simsync
{

class Account
{
public:
    // `stands`: it stands otherwise than before, for systemd's STATUS.
    Account(
        const boost::asio::any_io_executor& executor, const Config& config, const AccountConfig& account,
        AccountMetrics& metrics, std::function<void()> stands);
    ~Account();

    // Until `stop`. Survives whatever the API and the database do; throws for defects only.
    boost::asio::awaitable<void> run();

    // Asks for nothing more; what was read is committed, then `run` returns.
    void stop();
    // Cuts the API's connections, for one that would not end in time.
    void cut();

    const AccountConfig& config() const noexcept { return account_; }
    AccountStanding standing() const;

private:
    using Time = std::chrono::steady_clock::time_point;

    boost::asio::awaitable<void> mirror_while_leading();
    boost::asio::awaitable<bool> take_lease();
    boost::asio::awaitable<void> begin_leading();
    boost::asio::awaitable<void> load();
    boost::asio::awaitable<void> work_side_by_side();
    boost::asio::awaitable<void> guarded(boost::asio::awaitable<void> work);
    boost::asio::awaitable<void> sweep_loop();
    boost::asio::awaitable<void> watch_loop();
    boost::asio::awaitable<void> keep_history();
    boost::asio::awaitable<void> sweep();
    boost::asio::awaitable<void> judge_freshness();
    boost::asio::awaitable<void> rest(std::chrono::milliseconds duration);
    boost::asio::awaitable<void> rest_until(Time time);

    ClientObserver observe();
    void lend(const LentToken& token);
    void log_page_size(std::uint64_t rows, const Failure& larger);
    void stand_by(std::string leader);
    void adopt(const AccountRecord& ledger);
    void on_sweep_finished(const SweepReport& report);
    void count(const SweepReport& report);
    void log_sweep(const SweepReport& report);
    void log_set_aside(const SweepReport& report);
    void log_drifts();
    void on_expiries_emitted(const EventCounts& emitted);
    void on_action_finished(const ActionRecord& action, const ActionEnd& end, const EventCounts& emitted);
    void log_database_error(const StoreError& error);
    void log_numbering(const AccountRecord& ledger);
    void log_housekeeping(std::vector<HousekeepingTrouble> troubles);
    void database_serves();
    void lose_lead();
    void end_work();
    bool ending() const noexcept { return stopping_ || error_; }

    boost::asio::any_io_executor executor_;
    Config config_;
    AccountConfig account_;
    AccountMetrics& metrics_;
    std::function<void()> stands_;
    TokenFile token_file_;
    Client client_;
    DatabaseThread database_;
    std::unique_ptr<Sweeper> sweeper_; // while we lead
    std::unique_ptr<ExpiryWatcher> expiry_watcher_;
    std::unique_ptr<Actions> actions_;
    std::set<AsyncEvent*> resting_; // those who wait, to be woken when all is to end
    std::exception_ptr error_;      // what ended the work side by side
    bool stopping_ = false;
    bool leading_ = false;
    bool auth_failed_ = false;
    bool shows_nobody_ = false;              // the last sweep
    bool logged_lending_ = false;            // that it fails
    std::optional<std::string> standby_for_; // the leader of whom the log was told
    std::optional<Time> last_complete_;
    Time patience_since_; // we have wanted to lead, or nobody else has led, since then
    std::optional<Time> database_answered_;
    std::string database_error_; // the last, until it served us again
    std::optional<Time> database_away_since_;
    std::string last_sweep_;    // a sentence
    std::string housekeeping_;  // what is under way beside the sweeps
    int database_failures_ = 0; // since it last served us
    std::set<std::string>
        logged_database_errors_; // by their hints; the log was told, until a sweep is complete
    std::optional<FailureKind>
        logged_failure_kind_; // the API's, with a hint in the log; until a sweep is complete
    // SIMs and their fields that could not be read, of which the log was told; until all can be.
    std::set<std::pair<std::string, std::string>> logged_set_aside_;
    Drifts drifts_;                                        // that last
    std::string trouble_;                                  // why the last sweep was not complete
    std::vector<HousekeepingTrouble> logged_housekeeping_; // the log was told, until it is done
    std::string surprise_;                                 // why it went on by offset where it paged by key
};

} // namespace simsync
