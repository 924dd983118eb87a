// Words for systemd.
#include "daemon/notify.hpp"

#include "model/escape.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace simsync::notify
{
namespace
{

constexpr int keep_environment = 0; // a reload must still find the socket
constexpr std::chrono::milliseconds shortest_interval{1};
constexpr std::size_t longest_status = 1'000; // systemd drops a message of more than 4 KiB

void notify(const std::string& words)
{
    sd_notify(keep_environment, words.c_str());
}

} // namespace

void ready()
{
    notify("READY=1");
}

void status(const std::string& text)
{
    notify("STATUS=" + escape(text, longest_status)); // a second line would be another word to systemd
}

// From systemd 253 on, Type=notify-reload wants the time as well; earlier ones ignore it.
void reloading()
{
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    notify(
        "RELOADING=1\nMONOTONIC_USEC=" +
        std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}

void stopping()
{
    notify("STOPPING=1");
}

void watchdog()
{
    notify("WATCHDOG=1");
}

std::optional<std::chrono::milliseconds> watchdog_interval()
{
    std::uint64_t limit = 0; // microseconds
    if (sd_watchdog_enabled(keep_environment, &limit) <= 0)
        return std::nullopt;
    const std::chrono::microseconds interval(limit / 3);
    return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(interval), shortest_interval);
}

} // namespace simsync::notify
