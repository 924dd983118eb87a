// The account's database lane: one thread, one connection. libpqxx blocks; the lane keeps that off the event
// loop. Calls store/mirror; called by sync/sweeper, sync/clock and daemon/account.
#pragma once

#include "simsync/store/mirror.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace simsync
{

// `co_await lane([&](Mirror& mirror) { … })` runs the work on the lane's thread, in the order of the calls,
// and resumes the caller on its own executor with the result or the exception. Work is never interrupted once
// begun. What it captures by reference lives in the awaiting frame; its result must be default-constructible
// (Asio 1.81).
class Lane
{
public:
    using Open = std::function<std::unique_ptr<Mirror>(const std::string& url, const std::string& account)>;

    // A thread of its own and PostgreSQL at the end of it.
    Lane()
        : Lane([](const std::string& url, const std::string& account)
               { return std::make_unique<PostgresMirror>(url, account); })
    {
    }

    explicit Lane(Open open)
        : open_(std::move(open)),
          thread_(std::in_place, 1),
          where_(thread_->get_executor())
    {
    }

    // Runs the work on this executor instead: the simulation has one thread and one order of things.
    Lane(const boost::asio::any_io_executor& where, Open open) : open_(std::move(open)), where_(where) {}

    ~Lane()
    {
        if (thread_)
            thread_->join();
    }
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    // Replaces the connection by a new one, which holds no lease yet. Throws any StoreError.
    boost::asio::awaitable<void> connect(std::string url, std::string account)
    {
        co_await on_thread(
            [this, &url, &account]
            {
                mirror_.reset();
                mirror_ = open_(url, account);
            });
    }

    // Lets go of the connection, and with it of the lease.
    boost::asio::awaitable<void> disconnect()
    {
        co_await on_thread([this] { mirror_.reset(); });
    }

    template<class Work>
    boost::asio::awaitable<std::invoke_result_t<Work&, Mirror&>> operator()(Work work)
    {
        return on_thread([this, work = std::move(work)]() mutable { return work(connected()); });
    }

private:
    Mirror& connected()
    {
        if (!mirror_)
            throw DatabaseUnavailable("the account's database connection was given up",
                                      "simsync connects again by itself");
        return *mirror_;
    }

    template<class Work>
    boost::asio::awaitable<std::invoke_result_t<Work&>> on_thread(Work work)
    {
        using Result = std::invoke_result_t<Work&>;
        // The work is a parameter of the coroutine, for a capture would die with the lambda.
        auto run = [](Work inner) -> boost::asio::awaitable<Result> { co_return inner(); };
        if constexpr (std::is_void_v<Result>)
            co_await boost::asio::co_spawn(where_, run(std::move(work)), boost::asio::use_awaitable);
        else
            co_return co_await boost::asio::co_spawn(where_, run(std::move(work)),
                                                     boost::asio::use_awaitable);
    }

    Open open_;
    std::optional<boost::asio::thread_pool> thread_;
    boost::asio::any_io_executor where_;
    std::unique_ptr<Mirror> mirror_; // touched on the lane's thread only
};

} // namespace simsync
