// The connection by which this instance watches the database for all of its accounts: who leads, which
// instances share them with us, what people asked for, how far consumers are; and by which it rings for what
// the accounts have committed. While nothing happens, this is all that an account costs. What it asks is
// store/watch's; what it means to the accounts, daemon/account_shares tells them.
//
// To watch for something else that all accounts have in common: a member of AccountWatch (what an account
// wants to hear) or a function of yours, and a Look with its interval in the constructor; what is notified is
// heard by `listen`.
#pragma once

#include "daemon/account_shares.hpp"
#include "daemon/watch_log.hpp"
#include "io/async_event.hpp"
#include "io/blocking_thread.hpp"
#include "io/socket_watch.hpp"
#include "store/watch.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace simsync
{

class Watcher
{
public:
    // `ended` is called when `run` has come to its end. `outage`, which accounts and sinks share, outlives
    // it.
    Watcher(
        const boost::asio::any_io_executor& executor, DatabaseOutage& outage, std::function<void()> ended);
    ~Watcher();
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    // Calls `hear` on the event loop with what is notified on the channel, at once. It is a wake-up only:
    // what is notified while there is no connection is not heard. Before `run`.
    void listen(std::string channel, std::function<void(const std::string& payload)> hear);

    // The database of this configuration, and its accounts as those that are shared with instances which have
    // the same; also while it runs.
    void watch(const Config& config);
    // The others share the accounts without us from now on.
    void leave();

    // Until `stop`, and then until what was handed on is rung. Survives whatever the database does.
    boost::asio::awaitable<void> run();
    void stop();
    bool has_left() const noexcept { return ended_ || !stopping_; } // where it was told to

    // Its first try to connect has ended, well or not: whoever connects from now on takes it no connection
    // away.
    bool has_begun() const noexcept { return begun_; }

    // The leases are looked at now rather than in their time: somebody has begun to stand by.
    void look_soon();

    // At the end of a sweep, of an account that is led here: whether it has to be given back now, of which
    // `gave` tells.
    bool begin_giving(const std::string& account);
    // We do not hold this account's lease any more: others are told.
    void gave(const std::string& account);
    // We hold it from now on: where there are others, whoever may have given it is told.
    void took(const std::string& account);

    // From any thread, as long as the event loop is there: rung for within 50 ms, together with what else
    // comes until then; kept while it cannot be.
    Ring ring();

    // Is heard as long as it is there, and ends before the Watcher does.
    class Seat
    {
    public:
        Seat(Watcher& watcher, AccountWatch watch);
        ~Seat();
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;

    private:
        Watcher& watcher_;
        AccountShares::Place place_;
    };

private:
    using Time = std::chrono::steady_clock::time_point;

    // Something that is looked at again and again while we are connected.
    struct Look
    {
        boost::asio::awaitable<void> (Watcher::*look)();
        std::chrono::milliseconds interval;
        Time due{};
    };

    boost::asio::awaitable<void> watch_until_lost();
    boost::asio::awaitable<void> rest(std::chrono::milliseconds duration);
    boost::asio::awaitable<void> connect();
    void watch_socket(int socket);
    void begin();
    boost::asio::awaitable<void> leave_in_time();
    boost::asio::awaitable<void> look_for_leases();
    void hear_of_free_lease(const std::string& account);
    boost::asio::awaitable<void> look_for_requests();
    boost::asio::awaitable<void> look_at_events();
    boost::asio::awaitable<void> note_loading();
    boost::asio::awaitable<void> look_at_consumers();
    boost::asio::awaitable<void> ring_pending();
    boost::asio::awaitable<void> tell_of_leases();
    boost::asio::awaitable<void> hear();
    void hear_who_is_asked_for(const std::string& payload);
    void hear_of_events(const std::string& payload);
    void ring_for(const std::string& account, std::int64_t seq);
    void has_failed(const StoreError& error);
    void look_within(std::chrono::milliseconds time); // for leases
    void look_within(boost::asio::awaitable<void> (Watcher::*look)(), std::chrono::milliseconds time);
    Time next_due() const;
    bool is_done() const { return stopping_ && pending_.empty() && accounts_.news().empty(); }

    // `co_await on_thread([](Watch& watch) { … })`.
    template<class Work>
    boost::asio::awaitable<std::invoke_result_t<Work&, Watch&>> on_thread(Work work)
    {
        return thread_([this, work = std::move(work)]() mutable { return work(*watch_); });
    }

    boost::asio::any_io_executor executor_;
    std::function<void()> on_end_;
    WatchLog log_;
    std::string url_;
    ConnectionSum sum_; // what this instance takes
    AccountShares accounts_;
    std::vector<Look> looks_;
    std::map<std::string, std::function<void(const std::string&)>> heard_by_; // channel by channel
    NewestEvents pending_;                                                    // to be rung for
    Time rung_{};
    bool begun_ = false;
    bool moved_ = false;   // to another database, or there is another sum to be judged there
    bool leaving_ = false; // the share
    bool has_left_share_ = false;
    bool stopping_ = false;
    bool ended_ = false;
    AsyncEvent news_;
    std::unique_ptr<SocketWatch> socket_; // of the connection, while there is one
    std::unique_ptr<Watch> watch_;        // touched on the thread only
    BlockingThread thread_;               // the first to go: it waits for what it has begun
};

} // namespace simsync
