// What alerts are made of beside the events: the SIM's row, what stands, and what stood before.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/store/records.hpp"

#include <span>
#include <vector>

namespace simsync
{

// What stands now, in the order of the keys.
std::vector<StandingCondition> read_standing(Work& work);

// What an alert says beyond each of these events, in their order.
std::vector<AlertContext> read_alert_contexts(Work& work, std::span<const EventRecord> events);

} // namespace simsync
