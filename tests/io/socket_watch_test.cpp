// Waiting for what comes on a socket that somebody else reads.
#include "io/socket_watch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <optional>

namespace simsync
{
namespace
{

namespace asio = boost::asio;
using Time = std::chrono::steady_clock::time_point;

class SocketWatchTest : public testing::Test
{
protected:
    SocketWatchTest()
    {
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
        watch.emplace(io.get_executor(), ends[0]);
    }
    ~SocketWatchTest() override
    {
        for (const int end : ends)
            close(end);
    }

    void begin_to_wait(Time until = Time::max())
    {
        waits = true;
        asio::co_spawn(
            io, watch->wait_until(news, until),
            [this](const std::exception_ptr& error)
            {
                waits = false;
                if (error)
                    std::rethrow_exception(error);
            });
        io.restart();
        io.poll();
    }
    void run_until_it_ends()
    {
        while (waits)
            io.run_one();
    }
    void come() { EXPECT_EQ(write(ends[1], "x", 1), 1); }
    void read_it()
    {
        char byte = 0;
        EXPECT_EQ(read(ends[0], &byte, 1), 1);
    }

    asio::io_context io{1};
    AsyncEvent news{io.get_executor()};
    std::array<int, 2> ends{};
    std::optional<SocketWatch> watch;
    bool waits = false;
};

TEST_F(SocketWatchTest, EndsWhenSomethingComes)
{
    for (int i = 0; i < 3; ++i)
    {
        begin_to_wait();
        EXPECT_TRUE(waits) << i;
        come();
        run_until_it_ends();
        read_it();
    }
}

TEST_F(SocketWatchTest, EndsAtOnceWhereNobodyHasReadWhatCame)
{
    come();
    for (int i = 0; i < 3; ++i)
    {
        begin_to_wait();
        run_until_it_ends();
    }
}

TEST_F(SocketWatchTest, EndsWithTheOtherEnd)
{
    begin_to_wait();
    EXPECT_TRUE(waits);
    shutdown(ends[1], SHUT_RDWR);
    run_until_it_ends();
}

TEST_F(SocketWatchTest, EndsWithNewsAndWithItsTime)
{
    begin_to_wait();
    EXPECT_TRUE(waits);
    news.wake();
    run_until_it_ends();
    begin_to_wait(std::chrono::steady_clock::now());
    run_until_it_ends();
}

// libpq closes its socket where it finds it lost, and the next file may get its number.
TEST_F(SocketWatchTest, MindsNothingThatBecomesOfTheNumberOfTheSocket)
{
    begin_to_wait();
    close(ends[0]);
    std::array<int, 2> others{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, others.data()), 0);
    EXPECT_EQ(write(others[1], "x", 1), 1);
    io.poll();
    EXPECT_TRUE(waits) << "others' bytes are none of ours";
    come();
    run_until_it_ends();
    close(others[1]);
    ends[0] = others[0];
}

TEST_F(SocketWatchTest, FailsWhereThereIsNoSuchSocket)
{
    EXPECT_THROW(SocketWatch(io.get_executor(), -1), std::system_error);
}

} // namespace
} // namespace simsync
