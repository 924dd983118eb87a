// What people asked for, carried out by the account's leader: taken, sent once, judged, read back, finished.
// Sends by api/client, writes by sync/account_mirror.
#pragma once

#include "io/async_event.hpp"
#include "simsync/api/client.hpp"
#include "sync/account_mirror.hpp"

#include <functional>
#include <optional>
#include <string>

namespace simsync
{

struct ActionObserver
{
    // How it ended; and what was emitted of it, and of the SIM.
    std::function<void(const ActionRecord&, const ActionEnd&, const EventCounts&)> finished{};
};

// Runs beside the sweeps of the same mirror, which must have been loaded.
class Actions
{
public:
    Actions(
        const boost::asio::any_io_executor& executor, Client& client, AccountMirror& mirror,
        ActionObserver observer = {});

    // Until `stop`, as they are requested. Throws StoreError.
    boost::asio::awaitable<void> run();

    // Those that an earlier leader left in doubt, which are read back but not sent again, and then all that
    // are requested. Throws StoreError.
    boost::asio::awaitable<void> carry_out();

    void stop();

private:
    boost::asio::awaitable<void> settle(ActionRecord action);
    boost::asio::awaitable<void> act(ActionRecord action);
    boost::asio::awaitable<void>
    judge(const Operation& operation, const ActionRecord& action, std::optional<Failure> failure);
    boost::asio::awaitable<std::optional<ActionEnd>> cannot_be_read(const ActionRecord& action);
    boost::asio::awaitable<std::optional<ObservedSim>>
    read_back(const Operation& operation, const ActionRecord& action);
    boost::asio::awaitable<void>
    finish(const ActionRecord& action, const ActionEnd& end, const std::optional<ObservedSim>& seen);

    Client& client_;
    AccountMirror& mirror_;
    ActionObserver observer_;
    AsyncEvent stopped_;
    bool stopping_ = false;
    bool doubts_settled_ = false;
};

} // namespace simsync
