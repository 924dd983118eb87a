// One account's work: take the lease, sweep at the cadence, watch deadlines, do what people ask for.
// Everything of an account is one coroutine tree with its own API connections; its database thread is a
// lane's, and who leads, or what people ask for, the watcher tells it. What works while we lead is put
// together by sync/lead; what is made known of it is daemon/account_reporter's.
#pragma once

#include "config/config.hpp"
#include "daemon/account_reporter.hpp"
#include "daemon/lanes.hpp"
#include "daemon/token_file.hpp"
#include "daemon/watcher.hpp"
#include "io/async_event.hpp"
#include "simsync/api/client.hpp"
#include "sync/database_thread.hpp"
#include "sync/lead.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>

namespace simsync
{

// What the accounts of an instance have in common. It outlives them.
struct SharedParts
{
    std::shared_ptr<const Config> config;
    Lanes& lanes;
    Watcher& watcher;
    DatabaseOutage& outage;
    ApiOutage& api_outage;
};

class Account
{
public:
    // `stands` is called whenever the account stands otherwise than before, for systemd's STATUS.
    Account(
        const boost::asio::any_io_executor& executor, const SharedParts& shared, const AccountConfig& account,
        AccountMetrics& metrics, std::function<void()> stands);
    ~Account();

    // Until `stop`. Survives whatever the API and the database do; throws for defects only.
    boost::asio::awaitable<void> run();

    // Asks for nothing more; what was read is committed, then `run` returns.
    void stop();
    // The same where many are told to at once, whose log tells of all of them in one line.
    void stop_with_others();
    // Cuts the API's connections, for one that would not end in time.
    void cut();

    const AccountConfig& config() const noexcept { return account_; }
    AccountStanding standing() const { return reporter_.standing(); }
    // For the metrics, before they are shown; and for the log, every now and then.
    void note_loading() { reporter_.note_loading(); }
    void tell_loading() { reporter_.tell_loading(); }

private:
    using Time = std::chrono::steady_clock::time_point;

    // One life of the database's connection.
    boost::asio::awaitable<void> mirror_while_leading();
    boost::asio::awaitable<bool> become_leader();
    boost::asio::awaitable<void> stand_by();
    boost::asio::awaitable<void> begin_leading();
    boost::asio::awaitable<void> load();
    void has_failed(const StoreError& error);
    void lose_lead();
    void hand_over();
    boost::asio::awaitable<void> give_lease_back();

    // What is done side by side while we lead (account_work.cpp).
    boost::asio::awaitable<void> work_side_by_side();
    boost::asio::awaitable<void> guarded(boost::asio::awaitable<void> work);
    void end_work();
    boost::asio::awaitable<void> sweep_loop();
    double phase() const;
    std::chrono::milliseconds first_delay() const;
    boost::asio::awaitable<void> sweep();
    std::optional<std::chrono::milliseconds> delay_of_taken_over() const;
    boost::asio::awaitable<void> watch_loop();
    boost::asio::awaitable<void> judge_freshness();
    boost::asio::awaitable<void> count_conditions();
    boost::asio::awaitable<void> keep_history();

    // Waits that are cut short where all is to end.
    boost::asio::awaitable<void> rest(std::chrono::milliseconds duration);
    boost::asio::awaitable<void> rest_until(Time time);
    bool ending() const noexcept { return stopping_ || handing_over_ || error_; }

    ClientObserver client_observer();
    LaneUser lane_user();
    AccountWatch watch();
    void is_lost(const std::exception_ptr& why);

    boost::asio::any_io_executor executor_;
    std::shared_ptr<const Config> config_;
    AccountConfig account_;
    AccountReporter reporter_;
    TokenFile token_file_;
    Client client_;
    Lanes::Seat lane_;
    DatabaseThread database_;
    std::optional<Lead> lead_; // while we lead
    AsyncEvent alarm_;         // wakes those that rest
    std::exception_ptr error_; // what ended the work side by side
    bool stopping_ = false;
    bool connected_ = false; // since then, and until we gave up on the connection
    bool standing_by_ = false;
    bool may_lead_ = false;   // nobody held the lease when it was looked at, and it is ours to take
    bool held_lease_ = false; // and others were not told that we do not any more
    bool loaded_ = false;     // all that works while we lead may work
    bool sweeping_ = false;
    bool handing_over_ = false; // to another instance
    Watcher& watcher_;
    Watcher::Seat watch_; // the last: it calls what is above
};

} // namespace simsync
