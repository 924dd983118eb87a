// Conditions that time alone fulfils: tariffs about to end and ended, told with no sweep needed.
#pragma once

#include "io/async_event.hpp"
#include "simsync/store/records.hpp"
#include "sync/account_mirror.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace simsync
{

// Runs beside the sweeps of the same mirror. Exactly-once is the database's (store/mirror, raise_due); the
// watcher only knows when to ask: where deadlines may have changed, and when one comes. It may ask too often
// without harm.
class ExpiryWatcher
{
public:
    ExpiryWatcher(
        const boost::asio::any_io_executor& executor, AccountMirror& mirror,
        std::function<void(const EventCounts&)> emitted = {});

    // Tells what is due now; returns what was told. Throws StoreError.
    boost::asio::awaitable<EventCounts> emit_due();

    // Tells whatever becomes due until `stop`. Throws StoreError.
    boost::asio::awaitable<void> run();

    void wake(); // deadlines may have changed
    void stop();

private:
    boost::asio::awaitable<AccountMirror::Due> look();

    AccountMirror& mirror_;
    std::function<void(const EventCounts&)> emitted_;
    AsyncEvent changed_;
    bool stale_ = true; // what was read of deadlines may be outdated
    bool stopping_ = false;
};

} // namespace simsync
