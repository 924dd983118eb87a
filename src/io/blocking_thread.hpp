// A thread for what blocks: libpqxx waits for its server, and the event loop must not.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace simsync
{

// `co_await thread([&] { … })` runs the work on its thread, in the order of the calls, and resumes
// the caller on its own executor with the result or the exception. Work is never interrupted once begun: the
// destructor waits for it. What it captures by reference lives in the awaiting frame; its result must be
// default-constructible (Asio 1.81).
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
    BlockingThread(const BlockingThread&) = delete;
    BlockingThread& operator=(const BlockingThread&) = delete;

    template<class Work>
    boost::asio::awaitable<std::invoke_result_t<Work&>> operator()(Work work)
    {
        using Result = std::invoke_result_t<Work&>;
        // The work is a parameter of the coroutine, for a capture would die with the lambda.
        auto run = [](Work inner) -> boost::asio::awaitable<Result> { co_return inner(); };
        if constexpr (std::is_void_v<Result>)
            co_await boost::asio::co_spawn(where_, run(std::move(work)), boost::asio::use_awaitable);
        else
            co_return co_await boost::asio::co_spawn(
                where_, run(std::move(work)), boost::asio::use_awaitable);
    }

private:
    std::optional<boost::asio::thread_pool> thread_;
    boost::asio::any_io_executor where_;
};

} // namespace simsync
