// A SIM on its way into `simsync.sim`.
#pragma once

#include "simsync/model/page.hpp"
#include "simsync/model/rules.hpp"
#include "simsync/model/time.hpp"

namespace simsync
{

// A row to write: the SIM as seen, the conditions that stand afterwards.
struct SimToWrite
{
    const ObservedSim& observed; // lasts until it is written: most of a first load is in memory once only
    Conditions conditions;
    Timestamp at;            // first_seen_at of a new row, changed_at of any
    bool readmitted = false; // it had left with a changed filter
    bool standing = false;   // seen first in a baseline: what stands for it stood before
};

} // namespace simsync
