// The connection by which this instance watches the database for all of its accounts: who leads, which
// instances share them with us, what people asked for, how far consumers are; and by which it rings for what
// the accounts have committed. While nothing happens, this is all that an account costs. What it asks is
// store/watch's; what follows for our share of the accounts is decided by model/share_keeper.
//
// To watch for something else that all accounts have in common: a member of AccountWatch (what an account
// wants to hear) or a function of yours, and a Look with its interval in the constructor; what is notified is
// heard by `listen`.
#pragma once

#include "daemon/capacity.hpp"
#include "daemon/outage.hpp"
#include "io/async_event.hpp"
#include "io/blocking_thread.hpp"
#include "model/share_keeper.hpp"
#include "store/watch.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

// What one account wants to hear. All are called on the event loop, and not while they are added or removed.
struct AccountWatch
{
    std::string account;
    std::function<void()> begun; // Watcher::has_begun from now on
    // Whether it stands by. Only then one of the next two is called, when the leases were looked at: who
    // holds it, or (empty) that nobody does and it is ours to take; or that nobody knows.
    std::function<bool()> stands_by;
    std::function<void(const std::optional<Lease>&)> lease;
    std::function<void(const std::exception_ptr& failed)> lease_unknown; // a StoreError
    // How far the events are; while it stands by. Whoever takes over tells by it which are missing then.
    std::function<void(const LastEvent&)> last_event;
    // Whether it is led here; and with no sweep under way. Only then the next is called: it belongs to
    // another instance, and has to be given back, of which `gave` tells.
    std::function<bool()> is_led;
    std::function<bool()> is_idle;
    std::function<void()> hand_over;
    // How far it has come with loading what the mirror holds; empty while it does not.
    std::function<std::optional<Loaded>()> loading;
    std::function<void()> requested;                                     // an action waits
    std::function<void(const std::string& sim)> asked_for;               // by a person, who has read it
    std::function<void(const std::vector<ConsumerPosition>&)> consumers; // of this account
};

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

    // Calls `hear` on the event loop with what is notified on the channel, within half a second. It is a
    // wake-up only: what is notified while there is no connection is not heard. Before `run`.
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
        std::list<AccountWatch>::iterator place_;
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
    void begin();
    boost::asio::awaitable<void> leave_in_time();
    boost::asio::awaitable<void> look_for_leases();
    void tell_standbys(const std::vector<std::string>& standing, const std::map<std::string, Lease>& held);
    void hand_over_one();
    std::vector<std::string> accounts_that(std::function<bool()> AccountWatch::*are) const;
    boost::asio::awaitable<void> look_for_requests();
    boost::asio::awaitable<void> look_at_events();
    boost::asio::awaitable<void> note_loading();
    boost::asio::awaitable<void> look_at_consumers();
    boost::asio::awaitable<void> look_for_notifications();
    boost::asio::awaitable<void> ring_pending();
    boost::asio::awaitable<void> tell_of_free_leases();
    void hear_who_is_asked_for(const std::string& payload);
    void hear_of_events(const std::string& payload);
    void ring_for(const std::string& account, std::int64_t seq);
    void has_failed(const StoreError& error);
    void goes_on();
    void judge(const ConnectionRoom& room);
    void look_within(std::chrono::milliseconds time); // for leases
    void look_within(boost::asio::awaitable<void> (Watcher::*look)(), std::chrono::milliseconds time);
    Time next_due() const;
    bool is_done() const { return stopping_ && pending_.empty() && free_leases_.empty(); }

    // `co_await on_thread([](Watch& watch) { … })`.
    template<class Work>
    boost::asio::awaitable<std::invoke_result_t<Work&, Watch&>> on_thread(Work work)
    {
        return thread_([this, work = std::move(work)]() mutable { return work(*watch_); });
    }

    boost::asio::any_io_executor executor_;
    DatabaseOutage& outage_;
    std::function<void()> on_end_;
    std::string url_;
    ConnectionSum sum_; // what this instance takes
    std::list<AccountWatch> accounts_;
    std::vector<Look> looks_;
    std::map<std::string, std::function<void(const std::string&)>> heard_by_; // channel by channel
    std::vector<std::string> names_; // of the accounts that are shared, in order
    ShareKeeper shares_{{}};
    std::vector<std::string> free_leases_; // to be told of
    NewestEvents pending_;                 // to be rung for
    Time rung_{};
    std::string doubt_;  // the last about connections
    std::string logged_; // the cause of trouble that the log was told; empty while all is well
    int failures_ = 0;
    Time blind_since_{}; // while there are failures
    bool begun_ = false;
    bool moved_ = false;   // to another database, or there is another sum to be judged there
    bool leaving_ = false; // the share
    bool has_left_share_ = false;
    bool stopping_ = false;
    bool ended_ = false;
    AsyncEvent news_;
    std::unique_ptr<Watch> watch_; // touched on the thread only
    BlockingThread thread_;        // the first to go: it waits for what it has begun
};

} // namespace simsync
