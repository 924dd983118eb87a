// What systemd hears on its socket.
#include "daemon/notify.hpp"

#include <gmock/gmock.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;
using testing::StartsWith;

// The service manager's end. The kernel picks an abstract name: no file, nothing to remove.
class Manager
{
public:
    Manager() : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        socklen_t length = sizeof address.sun_family;
        if (socket_ < 0 || bind(socket_, reinterpret_cast<const sockaddr*>(&address), length) != 0)
            throw std::system_error(errno, std::generic_category(), "notify socket");
        length = sizeof address;
        getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
        const auto path_length = length - offsetof(sockaddr_un, sun_path);
        name_ = '@' + std::string(address.sun_path + 1, path_length - 1);
    }
    ~Manager() { close(socket_); }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    const std::string& name() const { return name_; }

    // Sending is over when sd_notify returns: what is not there now was not sent.
    std::string heard() const
    {
        std::array<char, 4096> buffer{};
        const auto length = recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
        return length < 0 ? "nothing" : std::string(buffer.data(), static_cast<std::size_t>(length));
    }

private:
    int socket_;
    std::string name_;
};

class Notify : public testing::Test
{
protected:
    Notify() { setenv("NOTIFY_SOCKET", manager.name().c_str(), 1); }
    ~Notify() override
    {
        for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
            unsetenv(name);
    }

    Manager manager;
};

TEST_F(Notify, TellsEachStateInOneMessage)
{
    notify::ready();
    EXPECT_EQ(manager.heard(), "READY=1");
    notify::stopping();
    EXPECT_EQ(manager.heard(), "STOPPING=1");
    notify::watchdog();
    EXPECT_EQ(manager.heard(), "WATCHDOG=1");
    EXPECT_EQ(manager.heard(), "nothing");
}

TEST_F(Notify, TellsTheStatusInOneLine)
{
    notify::status("main: sweep 12 complete: 5,000 SIMs");
    EXPECT_EQ(manager.heard(), "STATUS=main: sweep 12 complete: 5,000 SIMs");
}

TEST_F(Notify, LetsNoStatusPassForAnotherWord)
{
    notify::status("fine\nSTOPPING=1");
    EXPECT_EQ(manager.heard(), R"(STATUS=fine\x0ASTOPPING=1)");
}

TEST_F(Notify, TellsOfAReloadWithTheMonotonicTimeThatNotifyReloadWants)
{
    const auto monotonic = []
    {
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec * 1'000'000 + now.tv_nsec / 1'000;
    };
    const std::string begin = "RELOADING=1\nMONOTONIC_USEC=";
    const auto before = monotonic();
    notify::reloading();
    const auto after = monotonic();
    const auto message = manager.heard();
    ASSERT_THAT(message, StartsWith(begin));
    const auto notified = std::stoll(message.substr(begin.size()));
    EXPECT_LE(before, notified);
    EXPECT_LE(notified, after);
}

TEST_F(Notify, KeepsTheSocketForTheNextWord)
{
    notify::ready();
    notify::reloading();
    notify::ready();
    manager.heard();
    manager.heard();
    EXPECT_EQ(manager.heard(), "READY=1");
}

TEST_F(Notify, HarmsNothingOutsideSystemd)
{
    unsetenv("NOTIFY_SOCKET");
    notify::ready();
    setenv("NOTIFY_SOCKET", "/nowhere/notify", 1);
    notify::status("to nobody");
    EXPECT_EQ(manager.heard(), "nothing");
}

TEST_F(Notify, WatchdogIsFedThreeTimesWithinItsLimit)
{
    setenv("WATCHDOG_USEC", "30000000", 1);
    EXPECT_EQ(notify::watchdog_interval(), 10s);
    setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
    EXPECT_EQ(notify::watchdog_interval(), 10s);
}

TEST_F(Notify, WatchdogIsNotFedUnasked)
{
    EXPECT_EQ(notify::watchdog_interval(), std::nullopt);
    setenv("WATCHDOG_USEC", "30000000", 1);
    setenv("WATCHDOG_PID", std::to_string(getppid()).c_str(), 1);
    EXPECT_EQ(notify::watchdog_interval(), std::nullopt) << "another process is meant";
}

TEST_F(Notify, WatchdogWithAnAbsurdLimitOrNoneMakesNoBusyLoop)
{
    setenv("WATCHDOG_USEC", "10", 1);
    EXPECT_EQ(notify::watchdog_interval(), 1ms);
    setenv("WATCHDOG_USEC", "soon", 1);
    EXPECT_EQ(notify::watchdog_interval(), std::nullopt);
}

} // namespace
} // namespace simsync
