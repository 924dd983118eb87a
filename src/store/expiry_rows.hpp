// Conditions that time alone fulfils: tariffs that expire.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/model/event.hpp"
#include "store/mirror.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace simsync
{

using Warnings = std::span<const std::chrono::seconds>; // how long before a deadline to warn

// A piece of a look at deadlines: reads the next `most` of them and raises every expiry condition that is due
// and was not told yet. `emit` gets the events that tell of it, some thousands at a time, the earliest
// deadline first. `look` is where it has come to then.
void raise_due(
    Work& work, const std::string& account, DueLook& look, Warnings warnings, std::size_t most,
    const std::function<void(std::span<const Event>)>& emit);

// How many SIMs stand so now: Transaction::standing.
EventCounts standing_counts(Work& work, const std::string& account, Timestamp now, Warnings warnings);

// The first instant after `now` at which a deadline or one of its warnings comes.
std::optional<Timestamp> next_due(Work& work, const std::string& account, Timestamp now, Warnings warnings);

} // namespace simsync
