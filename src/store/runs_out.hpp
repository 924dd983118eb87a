// Who runs out of balance soon, for lists and counts.
#pragma once

#include <string>

namespace simsync
{

// "runs_out as materialized (select account, sim …)", for a WITH clause: the SIMs that
// simsync.balance_forecast has as runs_out within `look_ahead`. Reads the balances of a fortnight. The view
// joins every SIM with its events; here those that spent nothing are never looked at. A test compares the
// two.
extern const std::string runs_out_table;

} // namespace simsync
