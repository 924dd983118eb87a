// What the log is told of the watch over all accounts: its troubles, each cause once, and connections that
// are too few.
#pragma once

#include "daemon/capacity.hpp"
#include "daemon/outage.hpp"
#include "simsync/postgres/errors.hpp"

#include <chrono>
#include <string>

namespace simsync
{

class WatchLog
{
public:
    // `outage`, which accounts and sinks share, outlives it.
    explicit WatchLog(DatabaseOutage& outage) : outage_(outage) {}

    void failed(const StoreError& error);
    // All is well, perhaps as before.
    void goes_on();
    // The watch is over.
    void ends();
    // So often since all was well.
    int failures() const noexcept { return failures_; }

    // Told again where it has become another doubt: an instance more, or a bound that was raised too little.
    void judge(const ConnectionSum& sum, const ConnectionRoom& room);

private:
    DatabaseOutage& outage_;
    std::string doubt_; // the last about connections
    std::string told_;  // the cause of trouble that the log was told; empty while all is well
    int failures_ = 0;
    std::chrono::steady_clock::time_point blind_since_{}; // while there are failures
};

} // namespace simsync
