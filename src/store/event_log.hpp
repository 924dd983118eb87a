// The change log as it is read: what fits a filter, from either end. Reads simsync.change_event.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/store/reader.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace simsync
{

// Which of the events that fit are read, where there are more.
enum class End
{
    first,
    last,
};

// As Reader::events and Reader::last_events have it.
std::vector<EventRecord> select_from_log(
    Work& work, const EventFilter& filter, const std::map<std::string, std::int64_t>& after, End end,
    std::size_t limit);

// People ask by observed_at; by recorded_at the log is partitioned and numbered, so that what lies before and
// behind need not be read. The two differ by less than this, whoever's clock is wrong.
inline constexpr std::chrono::hours most_between_seen_and_recorded{24};

std::optional<Timestamp> moved(const std::optional<Timestamp>& time, std::chrono::hours by);

} // namespace simsync
