// What the service manager is told (sd_notify(3)). Outside systemd every word goes nowhere and harms nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace simsync::notify
{

void ready();
void status(const std::string& text); // one line, for `systemctl status`
void reloading();                     // `ready` ends it
void stopping();
void watchdog();

// How often `watchdog` is to be called: a third of what the unit demands. Empty: not at all.
std::optional<std::chrono::milliseconds> watchdog_interval();

} // namespace simsync::notify
