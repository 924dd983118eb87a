// A session that holds what others wait for: leases, a place among the instances, the turns of sinks. A
// process that is stopped, or whose host or network is gone, must not hold it for long.
#pragma once

#include "postgres/connection.hpp"

#include <string>

namespace simsync
{

// Settings to connect with. The server ends the session after 10 s in which it waits in mid-transaction for a
// process that is stopped, or gets no answer from its host.
inline const std::string holder_settings = R"(
    set idle_in_transaction_session_timeout = '10s';
    set tcp_keepalives_idle = 4;
    set tcp_keepalives_interval = 2;
    set tcp_keepalives_count = 3)";

// One round trip that says that this process lives. From the first on the server ends the session after 10 s
// in which nothing is asked of it (SIGSTOP, a frozen host): whoever begins must go on, every 3 s or so while
// idle. `doing` completes "cannot …". Throws StoreError.
void beat(Connection& session, const std::string& doing);

} // namespace simsync
