// Work that goes on by itself on the event loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace simsync
{

// Begins it, and waits for nothing. What it throws is a defect: it leaves the event loop's `run`, for nothing
// is certain any more.
inline void run_apart(const boost::asio::any_io_executor& executor, boost::asio::awaitable<void> work)
{
    boost::asio::co_spawn(
        executor, std::move(work),
        [](const std::exception_ptr& defect)
        {
            if (defect)
                std::rethrow_exception(defect);
        });
}

} // namespace simsync
