// A writing connection, for the mirrors of one account or of many: they take turns on it, on one thread.
#pragma once

#include "postgres/connection.hpp"
#include "store/event_rows.hpp"

#include <cstdint>
#include <string>

namespace simsync
{

// Whoever holds a lease on it writes on it too. Once it is lost all leases on it are, in one moment; it is
// never made anew: who has it goes on failing, and asks for another.
class WriterSession
{
public:
    // Connects with a lease's bounds on the session (keepalives, lock_timeout,
    // idle_in_transaction_session_timeout, synchronous_commit=on, search_path pinned), and refuses a pooler
    // and a subscriber.
    // `url`: libpq URI or conninfo. Throws any StoreError.
    explicit WriterSession(const std::string& url);
    WriterSession(const WriterSession&) = delete;
    WriterSession& operator=(const WriterSession&) = delete;

    Connection& connection() noexcept { return connection_; }

    // What the log has partitions for, as far as this session has seen to it.
    const Months& months() const noexcept { return months_; }
    void has_made(const Months& months) noexcept { months_ = months; }

    // False once it is lost, and where something has left it in the midst of a statement: make another.
    bool is_usable() const noexcept;

    // One round trip that says that this process lives. From the first beat on the server ends the session,
    // and with it all leases, after 10 s in which nothing is asked of it: so a process that is stopped
    // (SIGSTOP, a frozen host) loses its accounts to a standby. Whoever begins must go on, every 3 s or so
    // while idle. Throws StoreError.
    void beat();

private:
    Connection connection_;
    Months months_{};
};

} // namespace simsync
