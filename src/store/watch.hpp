// What an instance asks for all of its accounts together, on one connection, so that an account at which
// nothing happens costs the database nothing. Blocking; the daemon calls it on a thread of its own
// (daemon/watcher.hpp).
#pragma once

#include "model/load_progress.hpp"
#include "postgres/driver.hpp"
#include "simsync/postgres/errors.hpp"
#include "simsync/store/records.hpp"
#include "store/connection_room.hpp"
#include "store/membership.hpp"
#include "store/ringing.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace simsync
{

// How far an account's events are.
struct LastEvent
{
    std::string stream_id;
    std::int64_t seq = 0;
};

// One connection. Throws StoreError; after DatabaseUnavailable make another.
class Watch
{
public:
    // Connects. Refuses a pooler, and a schema that is not ours.
    explicit Watch(const std::string& url);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    // store/membership's, among the instances that are configured with these accounts.
    void enter(const std::vector<std::string>& accounts);
    LocksSeen look(const std::vector<std::string>& accounts);
    void leave() noexcept;
    void tell(const LeaseNews& news);

    // Accounts with actions that wait to be taken.
    std::vector<std::string> accounts_with_requests();

    // Of those of these accounts that were ever led.
    std::map<std::string, LastEvent> last_events(std::span<const std::string> accounts);

    // How far these accounts, which are led here, have come with loading what the mirror holds: for whoever
    // reads it elsewhere.
    void note_loading(const std::map<std::string, Loaded>& loaded);

    // How far each consumer is in the events of each account.
    std::vector<ConsumerPosition> consumers();

    // Begins to LISTEN on a channel; `notifications` hands out what was notified on any since the last time,
    // and does not wait.
    void listen(const std::string& channel);
    std::vector<Notification> notifications();

    // For an event loop that waits for what comes; what it has to be read by is `notifications`. Negative
    // where it is lost.
    int socket() const noexcept;

    // store/ringing's.
    void ring(const NewestEvents& newest);

    ConnectionRoom room(const std::vector<std::string>& accounts);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
