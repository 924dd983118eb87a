#include "io/async_event.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include <vector>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::IsEmpty;

// Notes who was woken, in order, and goes on waiting.
class Waiters
{
public:
    void begin(int who, steady_clock::time_point until)
    {
        boost::asio::co_spawn(io_, wait(who, until), boost::asio::detached);
    }

    // Runs whatever is ready, within reason: waiters that wake each other never come to rest.
    void settle()
    {
        constexpr int plenty = 1'000;
        io_.restart();
        for (int i = 0; i < plenty && io_.poll_one() > 0; ++i)
            ;
    }

    AsyncEvent& event() { return event_; }
    const std::vector<int>& woken() const { return woken_; }

private:
    boost::asio::awaitable<void> wait(int who, steady_clock::time_point until)
    {
        for (;;)
        {
            co_await event_.wait_until(until);
            woken_.push_back(who);
        }
    }

    boost::asio::io_context io_{1};
    AsyncEvent event_{io_.get_executor()};
    std::vector<int> woken_;
};

TEST(AsyncEvent, WaitersWithDifferentDeadlinesDoNotWakeEachOther)
{
    const auto now = steady_clock::now();
    Waiters waiters;
    waiters.begin(1, now + 1h);
    waiters.begin(2, now + 2h);
    waiters.settle();
    EXPECT_THAT(waiters.woken(), IsEmpty());
}

TEST(AsyncEvent, WakesAllThatWaitOnceEachInTheirOrder)
{
    const auto now = steady_clock::now();
    Waiters waiters;
    waiters.begin(1, now + 2h);
    waiters.begin(2, now + 1h);
    waiters.begin(3, steady_clock::time_point::max());
    waiters.settle();
    waiters.event().wake();
    waiters.settle();
    EXPECT_THAT(waiters.woken(), ElementsAre(1, 2, 3));
}

TEST(AsyncEvent, ADeadlineThatHasPassedWakesItsOwnWaiterOnly)
{
    boost::asio::io_context io{1};
    AsyncEvent event{io.get_executor()};
    bool early = false;
    bool late = false;
    const auto wait = [&event](steady_clock::time_point until, bool& woken) -> boost::asio::awaitable<void>
    {
        co_await event.wait_until(until);
        woken = true;
    };
    boost::asio::co_spawn(io, wait(steady_clock::time_point::max(), late), boost::asio::detached);
    boost::asio::co_spawn(io, wait(steady_clock::now(), early), boost::asio::detached);
    while (!early)
        io.run_one();
    EXPECT_FALSE(late);
}

} // namespace
} // namespace simsync
