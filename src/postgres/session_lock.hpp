// What one process at a time may do: lead an account, read as a consumer, migrate.
#pragma once

#include "postgres/connection.hpp"

#include <string>
#include <string_view>

namespace simsync
{

// An advisory lock of a session: whoever loses the connection loses it too. It is given back when this object
// ends, before the session does: the server notices the end of a session in its own time, and whoever asks
// until then (the next command of a script, the same account after a reload) would be refused.
class SessionLock
{
public:
    // `kind` and `name`: the two keys, by PostgreSQL's hashtext. `session` outlives the lock.
    SessionLock(Connection& session, std::string kind, std::string name);
    ~SessionLock();
    SessionLock(const SessionLock&) = delete;
    SessionLock& operator=(const SessionLock&) = delete;

    // False while another session has it; true as well where it is ours already. Never waits. `doing` ends
    // the sentence "cannot …" of the StoreErrors that it throws.
    bool try_take(std::string_view doing);

private:
    Connection& session_;
    std::string kind_;
    std::string name_;
    bool taken_ = false;
};

} // namespace simsync
