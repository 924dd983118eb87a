// Waiting for the commits of others.
#pragma once

#include "postgres/connection.hpp"

#include <chrono>
#include <optional>

namespace simsync
{

// LISTENs on `simsync_events`. A notification is a wake-up only: what it says need not be kept.
class EventListener
{
public:
    explicit EventListener(Connection& session) : session_(session) {}

    // Returns when a commit was notified (true) or the time is over. The first call begins to listen and
    // returns at once: what was committed before is there to be read.
    bool wait(std::chrono::milliseconds at_most)
    {
        return session_.attempt(
            "wait for events",
            [&]
            {
                if (!receiver_)
                {
                    receiver_.emplace(session_.connection());
                    return true;
                }
                const auto seconds = std::chrono::floor<std::chrono::seconds>(at_most);
                const std::chrono::microseconds rest = at_most - seconds;
                return session_.connection().await_notification(seconds.count(), rest.count()) > 0;
            });
    }

private:
    struct Receiver final : pqxx::notification_receiver
    {
        explicit Receiver(OpenConnection& connection) : notification_receiver(connection, "simsync_events") {}
        void operator()(const std::string&, int) override {}
    };

    Connection& session_;
    std::optional<Receiver> receiver_;
};

} // namespace simsync
