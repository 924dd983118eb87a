// What people asked for, carried out by the account's leader: taken, sent once, judged, read back, finished.
// Several at once, each of another SIM. Sends by api/client, writes by sync/account_mirror.
#pragma once

#include "io/async_event.hpp"
#include "simsync/api/client.hpp"
#include "sync/account_mirror.hpp"

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace simsync
{

struct ActionObserver
{
    // It is about to be sent: whatever is known of the SIM is what was before.
    std::function<void(const ActionRecord&)> begins{};
    // How it ended; and what was emitted of it, and of the SIM.
    std::function<void(const ActionRecord&, const ActionEnd&, const EventCounts&)> finished{};
};

struct ActionOptions
{
    std::size_t most_at_once = 1;
    // How often it looks for requested ones while none is under way; empty: only when `requested` is called.
    std::optional<std::chrono::milliseconds> between_looks = std::chrono::milliseconds{500};
};

// Runs beside the sweeps of the same mirror, which must have been loaded.
class Actions
{
public:
    Actions(
        const boost::asio::any_io_executor& executor, Client& client, AccountMirror& mirror,
        ActionObserver observer = {}, ActionOptions options = {});

    // Until `stop`, as they are requested. Throws StoreError.
    boost::asio::awaitable<void> run();

    // Those that an earlier leader left in doubt, which are read back but not sent again, and then all that
    // are requested: of one SIM one after the other in their order, of different SIMs `most_at_once` side by
    // side. Returns, or throws StoreError, when none is under way any more.
    boost::asio::awaitable<void> carry_out();

    // `run` looks for them now: somebody has seen that one waits.
    void requested();

    void stop();

private:
    boost::asio::awaitable<void> settle(ActionRecord action);
    boost::asio::awaitable<void> begin_requested();
    void begin(ActionRecord action);
    bool is_busy() const;
    std::chrono::milliseconds between_looks() const;
    boost::asio::awaitable<void> rest();
    void note(const std::exception_ptr& failed);
    std::vector<std::string> sims_under_way() const;
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
    boost::asio::any_io_executor executor_;
    ActionOptions options_;
    std::set<std::string> under_way_; // SIMs of the actions that were begun and have not ended
    std::exception_ptr error_;        // the first of theirs
    std::optional<std::chrono::steady_clock::time_point> last_begun_;
    AsyncEvent ended_; // one of them has
    AsyncEvent stopped_;
    AsyncEvent news_; // there are requests, or all is to end
    bool requested_ = false;
    bool stopping_ = false;
    bool doubts_settled_ = false;
};

} // namespace simsync
