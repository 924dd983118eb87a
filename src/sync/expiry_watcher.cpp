#include "sync/expiry_watcher.hpp"

#include "io/clock.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

using boost::asio::awaitable;
using namespace std::chrono;

// The wall clock may be set back or forth under a timer that is not, and deadlines may be written by others:
// no wait trusts either for longer.
constexpr seconds longest_wait{30};
// Commits come in groups: at most one look in so long, which serves all of them.
constexpr milliseconds shortest_wait{200};

bool has_come(const std::optional<Timestamp>& due)
{
    return due && *due <= system_now();
}

steady_clock::time_point next_look(const std::optional<Timestamp>& due)
{
    const auto wait =
        due ? std::clamp<microseconds>(*due - system_now(), shortest_wait, longest_wait) : longest_wait;
    return steady_clock::now() + wait;
}

} // namespace

ExpiryWatcher::ExpiryWatcher(
    const boost::asio::any_io_executor& executor, AccountMirror& mirror,
    std::function<void(const EventCounts&)> emitted)
    : mirror_(mirror),
      emitted_(std::move(emitted)),
      changed_(executor)
{
}

awaitable<EventCounts> ExpiryWatcher::emit_due()
{
    co_return (co_await look()).emitted;
}

awaitable<AccountMirror::Due> ExpiryWatcher::look()
{
    auto due = co_await mirror_.emit_due(stopping_);
    if (!due.emitted.empty() && emitted_)
        emitted_(due.emitted);
    co_return due;
}

awaitable<void> ExpiryWatcher::run()
{
    while (!stopping_)
    {
        stale_ = false;
        const auto due = (co_await look()).next;
        const auto soonest = steady_clock::now() + shortest_wait;
        const auto latest = steady_clock::now() + longest_wait;
        while (!stopping_ && !(stale_ && steady_clock::now() >= soonest) && !has_come(due) &&
               steady_clock::now() < latest)
            co_await changed_.wait_until(stale_ ? soonest : next_look(due));
    }
}

void ExpiryWatcher::wake()
{
    stale_ = true;
    changed_.wake();
}

void ExpiryWatcher::stop()
{
    stopping_ = true;
    changed_.wake();
}

} // namespace simsync
