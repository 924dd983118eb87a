// Which instances share our accounts and which accounts somebody leads. PostgreSQL's own locks tell: each
// instance holds one for as long as its connection lasts, so that there is no table of heartbeats, nobody
// writes to say that he lives, and whoever dies is gone at once.
// Blocking; the daemon calls it on the thread of the connection that it is given.
#pragma once

#include "model/share_keeper.hpp"
#include "postgres/connection.hpp"
#include "postgres/session_lock.hpp"

#include <optional>
#include <string>
#include <vector>

namespace simsync
{

inline const std::string lease_channel = "simsync_lease";

// Tells all instances that these accounts' leases are free, by NOTIFY on that channel. A wake-up only:
// whoever misses it looks in his own time. Throws StoreError.
void tell_of_free_leases(Connection& session, const std::vector<std::string>& accounts);

class Membership
{
public:
    // `session` outlives it. Nobody sees us before the first look.
    Membership(Connection& session, std::vector<std::string> accounts);

    // What is so now, ourselves among the instances. Instances that are configured with other accounts are
    // none of ours, but whoever leads an account leads it. The work of one short transaction. From the first
    // look on the server ends the session after 10 s in which nothing is asked of it, so that a process that
    // is stopped (SIGSTOP, a frozen host) is gone for the others: whoever begins must go on, every 3 s or so.
    LeasesSeen look();

    // From here on the others judge shares without us, until the next look.
    void leave() noexcept { lock_.reset(); }

private:
    void enter();

    Connection& session_;
    std::vector<std::string> accounts_;
    std::string kind_;
    std::optional<SessionLock> lock_;
};

} // namespace simsync
