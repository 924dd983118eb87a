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
      actions(executor, client, mirror, std::move(observer.action), options.actions)
{
}

void Lead::stop()
{
    sweeper.stop();
    expiry_watcher.stop();
    actions.stop();
}

} // namespace simsync
