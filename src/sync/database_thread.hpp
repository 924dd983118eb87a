// The account's database thread: one thread, one connection.
#pragma once

#include "io/blocking_thread.hpp"
#include "store/mirror.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace simsync
{

// `co_await database([&](Mirror& mirror) { … })`: see BlockingThread.
class DatabaseThread
{
public:
    using Open = std::function<std::unique_ptr<Mirror>(const std::string& url, const std::string& account)>;

    // A thread of its own and PostgreSQL at the end of it. What was seen of events outlives each connection.
    DatabaseThread()
        : open_([seen = std::make_shared<SeenEvents>()](const std::string& url, const std::string& account)
                { return std::make_unique<PostgresMirror>(url, account, seen); })
    {
    }

    explicit DatabaseThread(Open open) : open_(std::move(open)) {}
    DatabaseThread(const boost::asio::any_io_executor& where, Open open)
        : open_(std::move(open)),
          thread_(where)
    {
    }

    // Replaces the connection by a new one, which holds no lease yet. Throws any StoreError.
    boost::asio::awaitable<void> connect(std::string url, std::string account)
    {
        co_await thread_(
            [this, &url, &account]
            {
                mirror_.reset();
                mirror_ = open_(url, account);
            });
    }

    // Gives the lease back and lets go of the connection.
    boost::asio::awaitable<void> disconnect()
    {
        co_await thread_([this] { mirror_.reset(); });
    }

    template<class Work>
    boost::asio::awaitable<std::invoke_result_t<Work&, Mirror&>> operator()(Work work)
    {
        return thread_([this, work = std::move(work)]() mutable { return work(connected()); });
    }

    // `co_await database.transact([&](Transaction& transaction) { … })`: Mirror::transact on the
    // thread; what the work returns once it is committed. A conflict calls the work anew: what it writes to
    // from outside, it has to write from the beginning. Throws what Mirror::transact throws.
    template<class Work>
    boost::asio::awaitable<std::invoke_result_t<Work&, Transaction&>> transact(Work work)
    {
        return (*this)([work = std::move(work)](Mirror& mirror) mutable { return committed(mirror, work); });
    }

private:
    template<class Work>
    static std::invoke_result_t<Work&, Transaction&> committed(Mirror& mirror, Work& work)
    {
        using Result = std::invoke_result_t<Work&, Transaction&>;
        if constexpr (std::is_void_v<Result>)
            mirror.transact(std::ref(work));
        else
        {
            std::optional<Result> result;
            mirror.transact([&](Transaction& transaction) { result.emplace(work(transaction)); });
            return std::move(*result);
        }
    }

    Mirror& connected()
    {
        if (!mirror_)
            throw DatabaseUnavailable(
                "the account's database connection was given up", "simsync connects again by itself");
        return *mirror_;
    }

    Open open_;
    std::unique_ptr<Mirror> mirror_; // touched on its thread only
    BlockingThread thread_;          // the first to go: it waits for what it has begun
};

} // namespace simsync
