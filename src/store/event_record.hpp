// Rows of simsync.change_event as EventRecord.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/store/records.hpp"

#include <string>
#include <vector>

namespace simsync
{

// The columns to select, in the order that `event_records` reads them.
extern const std::string event_columns;

std::vector<EventRecord> event_records(const Rows& rows);

} // namespace simsync
