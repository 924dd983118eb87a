// A command's own event loop.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <functional>

namespace simsync::cli
{

// Runs the work to its end; what it throws comes out here.
inline void run_to_end(const std::function<boost::asio::awaitable<void>()>& work)
{
    boost::asio::io_context io{1};
    std::exception_ptr error;
    boost::asio::co_spawn(
        io, work(),
        [&](const std::exception_ptr& failed)
        {
            error = failed;
            io.stop();
        });
    io.run();
    if (error)
        std::rethrow_exception(error);
}

} // namespace simsync::cli
