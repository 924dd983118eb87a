// All that works for an account while this process leads it, put together in one place: for the daemon, and
// for the commands that lead for a moment.
#pragma once

#include "simsync/api/client.hpp"
#include "sync/account_mirror.hpp"
#include "sync/actions.hpp"
#include "sync/database_thread.hpp"
#include "sync/expiry_watcher.hpp"
#include "sync/recent_looker.hpp"
#include "sync/sweeper.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
#include <string>

namespace simsync
{

// Tries for the account's lease on the database thread's connection. Empty: it is ours for as long as the
// connection lasts. Else who has it: "host (pid 4711)". Throws StoreError.
boost::asio::awaitable<std::optional<std::string>>
take_lease(DatabaseThread& database, const std::string& endpoint);

struct LeadOptions
{
    AccountMirrorOptions mirror;
    SweeperOptions sweeper;
    RecentOptions recent;
    ActionOptions actions;
};

struct LeadObserver
{
    SweepObserver sweep{};
    RecentObserver recent{};
    ActionObserver action{};
    std::function<void(const EventCounts&)> due{}; // deadlines came, and these events were emitted of them
};

// To be made once the lease is taken, and let go with it: what it knows is what this connection read.
class Lead
{
public:
    Lead(
        const boost::asio::any_io_executor& executor, Client& client, DatabaseThread& database,
        LeadOptions options, LeadObserver observer = {});
    Lead(const Lead&) = delete; // its parts refer to each other
    Lead& operator=(const Lead&) = delete;

    // Reads what the database holds; before anything else is asked of its parts, but AccountMirror's
    // emit_degraded. Throws StoreError.
    boost::asio::awaitable<void> load() { return sweeper.load(); }

    // What runs ends soon.
    void stop();

    AccountMirror mirror;
    ExpiryWatcher expiry_watcher;
    Sweeper sweeper;
    RecentLooker recent_looker;
    Actions actions;

private:
    ActionObserver watching(ActionObserver observer);
};

} // namespace simsync
