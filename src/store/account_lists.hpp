// The console's lists of one account's sweeps, actions and held removals.
#pragma once

#include "postgres/driver.hpp"
#include "store/fleet_records.hpp"

namespace simsync
{

SweepPage sweep_page(Work& work, const SweepQuestion& question);
ActionPage action_page(Work& work, const ActionQuestion& question);
RemovalPage removal_page(Work& work, const RemovalQuestion& question);

} // namespace simsync
