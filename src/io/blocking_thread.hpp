// A thread for what blocks: libpqxx waits for its server, and the event loop must not.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <functional>
#include <future>
#include <optional>
#include <type_traits>
#include <utility>

namespace simsync
{

// `co_await thread([&] { … })` runs the work on its thread, in the order of the calls, and resumes
// the caller on its own executor with the result or the exception. Work is never interrupted once begun: the
// destructor waits for it. What it captures by reference lives in the awaiting frame.
class BlockingThread
{
public:
    BlockingThread() : thread_(std::in_place, 1), where_(thread_->get_executor()) {}

    // Runs the work on this executor instead: the simulation has one thread and one order of things.
    explicit BlockingThread(const boost::asio::any_io_executor& where) : where_(where) {}

    ~BlockingThread()
    {
        if (thread_)
            thread_->join();
    }
    // Runs the work behind all that was begun, and waits for it: where nobody can co_await, in a destructor.
    // On a foreign executor, which may be the caller's own, it runs at once. Throws what the work throws.
    void run_and_wait(std::function<void()> work)
    {
        if (!thread_)
            return work();
        std::packaged_task<void()> task(std::move(work));
        auto done = task.get_future();
        boost::asio::post(where_, std::ref(task));
        done.get();
    }

    BlockingThread(const BlockingThread&) = delete;
    BlockingThread& operator=(const BlockingThread&) = delete;

    // Who waits may be cancelled, and the work may not. Hence not co_spawn, which carries a cancellation over
    // to the thread, where it meets the end that the caller's own is destroying (a race in Asio 1.24).
    template<class Work>
    boost::asio::awaitable<std::invoke_result_t<Work&>> operator()(Work work)
    {
        using Result = std::invoke_result_t<Work&>;
        Outcome<Result> outcome;
        auto initiate = [this, &work, &outcome](auto handler)
        {
            auto back = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
            boost::asio::post(
                where_,
                [&work, &outcome, handler = std::move(handler), back = std::move(back)]() mutable
                {
                    outcome.keep(work);
                    boost::asio::post(back.get_executor(), std::move(handler));
                });
        };
        co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(
            std::move(initiate), boost::asio::use_awaitable);
        co_return outcome.take();
    }

private:
    // What the work returned or threw.
    template<class Result>
    struct Outcome
    {
        template<class Work>
        void keep(Work& work) noexcept
        {
            try
            {
                if constexpr (std::is_void_v<Result>)
                    work();
                else
                    result.emplace(work());
            }
            catch (...)
            {
                failure = std::current_exception();
            }
        }

        Result take()
        {
            if (failure)
                std::rethrow_exception(failure);
            if constexpr (!std::is_void_v<Result>)
                return std::move(*result);
        }

        std::optional<std::conditional_t<std::is_void_v<Result>, char, Result>> result;
        std::exception_ptr failure;
    };

    std::optional<boost::asio::thread_pool> thread_;
    boost::asio::any_io_executor where_;
};

} // namespace simsync
