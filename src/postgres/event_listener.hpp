// Waiting for the commits of others.
#pragma once

#include "postgres/connection.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace simsync
{

// LISTENs on a channel. A notification is a wake-up only: what it says need not be kept.
class EventListener
{
public:
    EventListener(Connection& session, std::string channel) : session_(session), channel_(std::move(channel))
    {
    }

    // Returns when a commit was notified (true) or the time is over. The first call begins to listen and
    // returns at once: what was committed before is there to be read.
    bool wait(std::chrono::milliseconds at_most)
    {
        return session_.attempt(
            "wait for events",
            [&]
            {
                if (listening_)
                    return session_.connection().await_notification(at_most);
                session_.connection().listen(channel_);
                return listening_ = true;
            });
    }

private:
    Connection& session_;
    std::string channel_;
    bool listening_ = false;
};

} // namespace simsync
