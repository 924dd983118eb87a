// What the two ways of `simsync events`, by seq and as a consumer, share.
#pragma once

#include "cli/event_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/stop_signals.hpp"
#include "simsync/postgres/errors.hpp"
#include "simsync/store/records.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace simsync::cli
{

using Positions = std::map<std::string, std::int64_t>; // of each account

inline constexpr std::int64_t most_at_once = 1000;
// A notification is lost when the connection is; looking at least so often makes that harmless.
inline constexpr std::chrono::milliseconds longest_wait{5'000};
inline constexpr std::chrono::milliseconds reconnect_interval{1'000};

inline void move_on(Positions& positions, const std::vector<EventRecord>& events)
{
    for (const auto& event : events)
        positions[event.account] = std::max(positions[event.account], event.seq);
}

// False when the reader of stdout has gone.
inline bool print_all(const std::vector<EventRecord>& events, std::string (*text)(const EventRecord&))
{
    std::string lines;
    for (const auto& event : events)
        lines.append(text(event)).append(1, '\n');
    return lines.empty() || print(lines);
}

// Waits; false where a signal says that it is to end. Without `signals` a signal ends the process.
inline bool rest(std::chrono::milliseconds duration, StopSignals* signals)
{
    if (!signals)
    {
        std::this_thread::sleep_for(duration);
        return true;
    }
    const auto until = std::chrono::steady_clock::now() + duration;
    for (auto left = duration; left.count() > 0 && !signals->came();
         left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()))
        signals->wait(left);
    return !signals->came();
}

// A database that was restarted is waited for: no event is missed, for they are read by position. Null where
// a signal came first.
template<class Source>
std::unique_ptr<Source> again(const std::function<std::unique_ptr<Source>()>& connect, StopSignals* signals)
{
    while (rest(reconnect_interval, signals))
    {
        try
        {
            return connect();
        }
        catch (const DatabaseUnavailable&)
        {
        }
        catch (const CommandError& error) // the server may not have noticed yet that our lock is over
        {
            if (error.code() != ExitCode::try_again)
                throw;
        }
    }
    return nullptr;
}

// Runs `follow` until it returns, on another connection each time that the database was lost. `connect` makes
// a Reader or a Consumer.
template<class Source>
void follow_on(
    const std::function<std::unique_ptr<Source>()>& connect, std::unique_ptr<Source> source,
    const std::function<void(Source&)>& follow, StopSignals* signals)
{
    while (source)
    {
        try
        {
            return follow(*source);
        }
        catch (const DatabaseUnavailable& error)
        {
            complain(error.what(), "it goes on by itself when the database is back");
        }
        source.reset(); // its lock ends
        source = again(connect, signals);
    }
}

} // namespace simsync::cli
