// `simsync events --exec`: a shell command that is run for an event.
#pragma once

#include "cli/stop_signals.hpp"
#include "simsync/store/records.hpp"

#include <string>
#include <utility>
#include <vector>

namespace simsync::cli
{

// What the command finds in its environment: SIMSYNC_KIND and so on, empty for what the event does not have.
std::vector<std::pair<std::string, std::string>> event_environment(const EventRecord& event);

// Runs `command` by /bin/sh in a process group of its own, the event's JSON on stdin, and waits for its end:
// empty where it ended with 0, else what became of it ("ended with 3", "was ended by signal 9"). SIGINT and
// SIGTERM let it finish; from the second one on they are passed on to its group.
std::string run_for_event(const std::string& command, const EventRecord& event, StopSignals& signals);

} // namespace simsync::cli
