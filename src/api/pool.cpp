// Lending connections.
#include "api/pool.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace simsync
{

namespace asio = boost::asio;

// Stands in the queue for as long as its coroutine waits, which may also end by cancellation.
struct Pool::Waiter
{
    Waiter(Pool& from, Urgency of)
        : pool(from),
          woken(from.executor_, asio::steady_timer::time_point::max()),
          urgency(of)
    {
        pool.waiting_.push_back(this);
    }

    ~Waiter()
    {
        std::erase(pool.waiting_, this);
        if (lent != nullptr)
            pool.give_back(*lent);
    }

    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    Pool& pool;
    asio::steady_timer woken;
    Urgency urgency;
    HttpConnection* lent = nullptr;
};

Pool::Lease::~Lease()
{
    if (connection_ != nullptr)
        pool_->give_back(*connection_);
}

Pool::Lease::Lease(Lease&& other) noexcept
    : pool_(other.pool_),
      connection_(std::exchange(other.connection_, nullptr))
{
}

Pool::Pool(asio::any_io_executor executor, std::size_t size, const Make& make)
    : executor_(std::move(executor))
{
    for (std::size_t i = 0; i < std::max<std::size_t>(size, 1); ++i)
        idle_.push_back(connections_.emplace_back(make()).get());
}

asio::awaitable<Pool::Lease> Pool::lease(Urgency urgency)
{
    if (closed_)
        co_return Lease{};
    if (waiting_.empty() && !idle_.empty())
    {
        auto& connection = *idle_.back();
        idle_.pop_back();
        co_return Lease{*this, connection};
    }
    Waiter waiter{*this, urgency};
    co_await waiter.woken.async_wait(asio::as_tuple(asio::use_awaitable));
    if (waiter.lent == nullptr)
        co_return Lease{};
    co_return Lease{*this, *std::exchange(waiter.lent, nullptr)};
}

void Pool::give_back(HttpConnection& connection)
{
    if (waiting_.empty())
        return idle_.push_back(&connection);
    std::vector<Urgency> urgencies;
    urgencies.reserve(waiting_.size());
    for (const auto* waiter : waiting_)
        urgencies.push_back(waiter->urgency);
    Waiter& next = *waiting_[turns_.next(urgencies)];
    std::erase(waiting_, &next);
    next.lent = &connection;
    next.woken.cancel();
}

void Pool::close()
{
    closed_ = true;
    for (auto* waiter : std::exchange(waiting_, {}))
        waiter->woken.cancel();
    for (auto& connection : connections_)
        connection->close();
}

} // namespace simsync
