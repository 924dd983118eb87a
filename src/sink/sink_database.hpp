// The one connection that all sinks of an instance share: their locks, positions and events. However many
// sinks there are, the server has one client more for them.
#pragma once

#include "io/async_event.hpp"
#include "io/blocking_thread.hpp"
#include "postgres/connection.hpp"
#include "simsync/postgres/errors.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace simsync
{

// Of one executor. It waits for commits without keeping its thread from working: the event loop watches the
// socket, and the thread takes in what has come between two pieces of work. Outlives whoever uses it.
class SinkDatabase
{
public:
    // A connection until it is lost: whoever works on it loses its locks in the same moment as all others.
    struct Link;

    SinkDatabase(const boost::asio::any_io_executor& executor, std::string url);
    ~SinkDatabase();
    SinkDatabase(const SinkDatabase&) = delete;
    SinkDatabase& operator=(const SinkDatabase&) = delete;

    const std::string& url() const noexcept { return url_; }

    // Connects here and now, before the first `connect`, so that no other part of the process is earlier.
    // Throws any StoreError, after which it may be tried again.
    void open();

    // The connection of now, for all that ask; a new one where there is none. Throws any StoreError.
    boost::asio::awaitable<std::shared_ptr<Link>> connect();

    // Runs the work on the thread. Throws what it throws, and DatabaseUnavailable where the link is lost;
    // with the first who finds it lost it is so for all of them, who are woken.
    template<class Work>
    boost::asio::awaitable<std::invoke_result_t<Work&>> run(std::shared_ptr<Link> link, Work work);

    // The same where there is no coroutine any more, whatever becomes of the link.
    template<class Work>
    void finish(Work work)
    {
        thread_.run_and_wait(std::move(work));
    }

    // For the work that runs on the thread, and nothing else.
    static std::shared_ptr<Connection> connection_of(const std::shared_ptr<Link>& link);
    // As far as anybody has noticed: it is found out by working on it.
    static bool is_lost(const Link& link) noexcept;

    // Wakes them with each commit that was notified, and where the link is lost.
    void wake_with_news(AsyncEvent& alarm) { alarms_.push_back(&alarm); }
    void wake_no_more(const AsyncEvent& alarm) { std::erase(alarms_, &alarm); }
    // How many times it has: who waits compares it with what it was before it last looked.
    std::uint64_t count_of_news() const noexcept { return count_of_news_; }

private:
    struct Attempt;

    static std::shared_ptr<Link> opened(const std::string& url);
    static bool take_notifications(Link& link);
    static void refuse_lost(const Link& link);
    static std::shared_ptr<Link> link_of(const Attempt& attempt);
    void use(const std::shared_ptr<Link>& link);
    boost::asio::awaitable<void> keep_watch(std::shared_ptr<Link> link);
    boost::asio::awaitable<void> keep_beating(std::shared_ptr<Link> link);
    void lose(Link& link, const DatabaseUnavailable& error);
    void tell();

    boost::asio::any_io_executor executor_;
    std::string url_;
    std::vector<AsyncEvent*> alarms_;
    std::uint64_t count_of_news_ = 0;
    std::shared_ptr<Link> link_;       // of now; empty: none
    std::shared_ptr<Attempt> attempt_; // to connect, under way; all who ask meanwhile share it
    AsyncEvent attempt_ends_;
    BlockingThread thread_; // the first to go: it waits for what it has begun
};

template<class Work>
boost::asio::awaitable<std::invoke_result_t<Work&>> SinkDatabase::run(std::shared_ptr<Link> link, Work work)
{
    using Result = std::invoke_result_t<Work&>;
    refuse_lost(*link);
    std::optional<DatabaseUnavailable> loss;
    try
    {
        bool notified = false;
        const auto job = [&]
        {
            if constexpr (std::is_void_v<Result>)
            {
                work();
                notified = take_notifications(*link);
            }
            else
            {
                auto result = work();
                notified = take_notifications(*link);
                return result;
            }
        };
        if constexpr (std::is_void_v<Result>)
        {
            co_await thread_(job);
            if (notified && !is_lost(*link))
                tell();
            co_return;
        }
        else
        {
            auto result = co_await thread_(job);
            if (notified && !is_lost(*link))
                tell();
            co_return result;
        }
    }
    catch (const DatabaseUnavailable& error)
    {
        loss = error;
    }
    if (!is_lost(*link))
        lose(*link, *loss);
    throw *loss;
}

} // namespace simsync
