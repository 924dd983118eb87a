// Which instances share our accounts and which accounts somebody leads. PostgreSQL's own locks tell: each
// instance holds one for as long as its connection lasts, so that there is no table of heartbeats, nobody
// writes to say that he lives, and whoever dies is gone at once.
// Blocking; the daemon calls it on the thread of the connection that it is given.
#pragma once

#include "model/share_keeper.hpp"
#include "postgres/connection.hpp"
#include "postgres/session_lock.hpp"
#include "store/lease.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

inline const std::string free_channel = "simsync_lease";
inline const std::string taken_channel = "simsync_lease_taken";

// What has become of leases that others may wait for.
struct LeaseNews
{
    std::vector<std::string> free; // accounts
    std::vector<std::string> taken;

    bool empty() const noexcept { return free.empty() && taken.empty(); }
};

// Tells all instances of it, by NOTIFY on those channels with each account's name. A wake-up only: whoever
// misses it looks in his own time. Throws StoreError.
void tell(Connection& session, const LeaseNews& news);

// The kind of SessionLock that each instance holds which is configured with these accounts.
std::string instance_lock(const std::vector<std::string>& accounts);

// What the locks tell in one look.
struct LocksSeen
{
    LeasesSeen shares;
    // Of each account that is led, whom the ledger names as its leader: the one before, for a moment after
    // the lease was taken.
    std::map<std::string, Lease> leases;
};

class Membership
{
public:
    // `session` outlives it. Nobody sees us before `enter` or the first look.
    Membership(Connection& session, std::vector<std::string> accounts);

    // From here on the others judge shares with us. Throws StoreError, as `look` does.
    void enter();

    // What is so now, ourselves among the instances. Instances that are configured with other accounts are
    // none of ours, but whoever leads an account leads it. The work of one short transaction. From the first
    // look on the server ends the session after 10 s in which nothing is asked of it, so that a process that
    // is stopped (SIGSTOP, a frozen host) is gone for the others: whoever begins must go on, every 3 s or so.
    LocksSeen look();

    // From here on the others judge shares without us, until the next look.
    void leave() noexcept { lock_.reset(); }

private:
    Connection& session_;
    std::vector<std::string> accounts_;
    std::string kind_;
    std::optional<SessionLock> lock_;
};

} // namespace simsync
