// The account's database thread: a thread and a connection, its own or a lane's.
#pragma once

#include "io/blocking_thread.hpp"
#include "store/mirror.hpp"
#include "sync/writer_lane.hpp"

#include <cstdint>
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
        : open_([seen = seen_](const std::string& url, const std::string& account)
                { return std::make_unique<PostgresMirror>(url, account, seen); })
    {
    }

    // The lane's thread, and its connection at the time of each `connect`. `ring`: see PostgresMirror.
    DatabaseThread(std::shared_ptr<WriterLane> lane, Ring ring)
        : open_([seen = seen_, lane = lane.get(),
                 ring = std::move(ring)](const std::string& url, const std::string& account)
                { return std::make_unique<PostgresMirror>(lane->session(url), account, seen, ring); }),
          lane_(std::move(lane)),
          thread_(lane_, &lane_->thread())
    {
    }

    explicit DatabaseThread(Open open) : open_(std::move(open)) {}
    DatabaseThread(const boost::asio::any_io_executor& where, Open open)
        : open_(std::move(open)),
          thread_(std::make_shared<BlockingThread>(where))
    {
    }

    // Waits for what it has begun, and gives the lease back.
    ~DatabaseThread()
    {
        thread_->run_and_wait([this] { mirror_.reset(); });
    }
    DatabaseThread(const DatabaseThread&) = delete;
    DatabaseThread& operator=(const DatabaseThread&) = delete;

    // Replaces the connection by another one, in which no lease is held yet. Throws any StoreError.
    boost::asio::awaitable<void> connect(std::string url, std::string account)
    {
        number_ = 0;
        number_ = co_await (*thread_)(
            [this, &url, &account]
            {
                mirror_.reset();
                mirror_ = open_(url, account);
                return lane_ ? lane_->number() : 0;
            });
    }

    // Gives the lease back and lets go of the connection.
    boost::asio::awaitable<void> disconnect()
    {
        number_ = 0;
        co_await (*thread_)([this] { mirror_.reset(); });
    }

    // WriterLane::number when it was connected; 0 while it is not, and where it has no lane.
    std::uint64_t number() const noexcept { return number_; }

    // What was seen of the account's events; others may have seen more.
    SeenEvents& seen() noexcept { return *seen_; }

    template<class Work>
    boost::asio::awaitable<std::invoke_result_t<Work&, Mirror&>> operator()(Work work)
    {
        return (*thread_)([this, work = std::move(work)]() mutable { return work(connected()); });
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

    std::shared_ptr<SeenEvents> seen_ =
        std::make_shared<SeenEvents>(); // declared first: it goes into `open_`
    Open open_;
    std::shared_ptr<WriterLane> lane_; // empty: the thread is our own
    std::unique_ptr<Mirror> mirror_;   // touched on its thread only
    std::shared_ptr<BlockingThread> thread_ = std::make_shared<BlockingThread>();
    std::uint64_t number_ = 0;
};

} // namespace simsync
