// How a sweep ends: its outcome and what is said of it. Pure.
#pragma once

#include "model/chain.hpp"
#include "sync/sweep_report.hpp"

#include <cstddef>
#include <string>

namespace simsync
{

// What is known once a sweep has asked its last question and removals are through.
struct SweepFindings
{
    SweepCounts counts;
    bool proven = false;        // the walk is complete: every seam anchored, the end seen twice
    std::string why_unproven{}; // one sentence; empty where it is proven
    bool stop_requested = false;
    std::size_t known = 0; // SIMs that are mirrored now
};

// Brings the counts of a sweep's row up to date.
void note_counts(SweepRecord& record, const SweepCounts& counts);

// The report of a sweep that ends now, complete but for what its end itself emits: outcome and error, what
// was set aside in one line, whether it was interrupted or showed nobody.
SweepReport finished(SweepReport report, const SweepFindings& findings, Timestamp now);

} // namespace simsync
