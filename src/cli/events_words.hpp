// What the options of `simsync events` say, held against each other. Pure.
#pragma once

#include "cli/arguments.hpp"
#include "simsync/model/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace simsync::cli
{

// As they were typed, each by itself read.
struct EventsWords
{
    EventsCommand command; // what needs no further reading
    std::optional<std::string> cause;
    std::optional<std::string> since;
    std::optional<std::string> until;
    std::optional<std::string> from;
    std::optional<std::int64_t> limit;
};

// Throws UsageError for what cannot be meant. `now`: what "2h" ago is counted from.
EventsCommand events_command(const EventsWords& words, Timestamp now);

} // namespace simsync::cli
