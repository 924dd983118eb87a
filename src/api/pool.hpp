// The account's connections, lent one at a time, in turn (model/turns).
#pragma once

#include "io/http_client.hpp"
#include "model/turns.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace simsync
{

// Belongs to one executor. Must outlive its leases.
class Pool
{
public:
    using Make = std::function<std::unique_ptr<HttpConnection>()>;

    // `make` is called once for each of `size` connections, which connect when they are first used.
    Pool(boost::asio::any_io_executor executor, std::size_t size, const Make& make);
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // A connection while it is lent. It goes back when the lease ends, whatever ended it.
    class Lease
    {
    public:
        Lease() = default; // of a pool that was closed: lends nothing
        Lease(Pool& pool, HttpConnection& connection) : pool_(&pool), connection_(&connection) {}
        ~Lease();
        Lease(Lease&& other) noexcept;
        Lease& operator=(Lease&& other) = delete;

        explicit operator bool() const { return connection_ != nullptr; }
        HttpConnection* operator->() const { return connection_; }

    private:
        Pool* pool_ = nullptr;
        HttpConnection* connection_ = nullptr;
    };

    // Waits for a connection. An empty lease once the pool is closed.
    boost::asio::awaitable<Lease> lease(Urgency urgency);

    // Cuts every connection and sends everybody who waits away.
    void close();

private:
    struct Waiter;

    void give_back(HttpConnection& connection);

    boost::asio::any_io_executor executor_;
    std::vector<std::unique_ptr<HttpConnection>> connections_;
    std::vector<HttpConnection*> idle_; // the one used last at the end: it is the least likely to be stale
    std::vector<Waiter*> waiting_;      // in the order in which they began to
    Turns turns_;
    bool closed_ = false;
};

} // namespace simsync
