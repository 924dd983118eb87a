// The balances that one SIM has had, for a chart, and how long the last one will do.
#pragma once

#include "postgres/driver.hpp"
#include "store/fleet_records.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace simsync
{

std::optional<BalanceHistory> balance_history(Work& work, const BalanceQuestion& question);

// At most `most` of these steps, 4 at least, which are in the order of time: of each of so many equal spans
// the first, the lowest, the highest and the last, so that a chart of them looks the same. All of them where
// they are no more. Pure.
std::vector<BalanceStep> thinned(const std::vector<BalanceStep>& steps, std::size_t most);

} // namespace simsync
