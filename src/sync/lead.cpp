#include "sync/lead.hpp"

#include <utility>

namespace simsync
{

using boost::asio::awaitable;

awaitable<std::optional<std::string>> take_lease(DatabaseThread& database, const std::string& endpoint)
{
    if (co_await database([&endpoint](Mirror& mirror) { return mirror.try_lead(endpoint); }))
        co_return std::nullopt;
    co_return co_await database([](Mirror& mirror) { return mirror.leader(); });
}

Lead::Lead(
    const boost::asio::any_io_executor& executor, Client& client, DatabaseThread& database,
    LeadOptions options, LeadObserver observer)
    : mirror(database, std::move(options.mirror), [this] { expiry_watcher.wake(); }),
      expiry_watcher(executor, mirror, std::move(observer.due)),
      sweeper(client, mirror, std::move(options.sweeper), std::move(observer.sweep)),
      recent_looker(executor, client, mirror, std::move(options.recent), std::move(observer.recent)),
      actions(executor, client, mirror, watching(std::move(observer.action)), options.actions)
{
}

// What follows from an action may come later: its SIM is watched for a while.
ActionObserver Lead::watching(ActionObserver observer)
{
    return {
        .begins =
            [this, next = observer.begins](const ActionRecord& action)
        {
            recent_looker.watched().expect_action(action.sim);
            if (next)
                next(action);
        },
        .finished =
            [this, next = observer.finished](
                const ActionRecord& action, const ActionEnd& end, const EventCounts& emitted)
        {
            recent_looker.watched().watch(action.sim, WatchReason::action);
            if (next)
                next(action, end, emitted);
        }};
}

void Lead::stop()
{
    sweeper.stop();
    recent_looker.stop();
    expiry_watcher.stop();
    actions.stop();
}

} // namespace simsync
