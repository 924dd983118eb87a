// Rows of simsync.consumer_position as ConsumerPosition.
#pragma once

#include "postgres/driver.hpp"
#include "simsync/store/records.hpp"

#include <string>
#include <vector>

namespace simsync
{

// The columns to select, in the order that `consumer_positions` reads them.
extern const std::string consumer_position_columns;

std::vector<ConsumerPosition> consumer_positions(const Rows& rows);

} // namespace simsync
