// A session of the console: read-only, bounded in time, alone on its core.
#pragma once

#include "postgres/connection.hpp"
#include "simsync/postgres/errors.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace simsync
{

class FleetSession
{
public:
    using Clock = std::chrono::steady_clock;

    // Connects and checks the schema. No statement may take longer than `patience`.
    FleetSession(const std::string& url, std::chrono::milliseconds patience);

    // As Connection::transact; StatementTimeout where a statement took too long. All that one call reads is
    // of one moment.
    template<class Act>
    auto read(std::string_view doing, Act&& act)
    {
        return connection_.transact(
            doing,
            [&](Work& work) { return within_patience(doing, Clock::now(), [&] { return act(work); }); });
    }

    // Calls `act` and makes a StatementTimeout of the failure that it throws where the server cut a statement
    // short that began then; every other exception passes through.
    template<class Act>
    auto within_patience(std::string_view doing, Clock::time_point began, Act&& act) const
    {
        try
        {
            return act();
        }
        catch (...)
        {
            rethrow(doing, Clock::now() - began);
        }
    }

    Connection& connection() noexcept { return connection_; }

private:
    [[noreturn]] void rethrow(std::string_view doing, std::chrono::nanoseconds lasted) const;

    std::chrono::milliseconds patience_;
    Connection connection_;
};

} // namespace simsync
