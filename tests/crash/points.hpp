// Which of a run's messages are tried: all, or, so that CI stays quick, those that matter most and a share of
// the others.
#pragma once

#include "harness/faulty_proxy.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace simsync::test
{

struct CrashPoint
{
    std::size_t number; // of a message, from 1
    FaultyProxy::Side side;
};

// Of the run that has just passed through the proxy: before and after each message. Without
// SIMSYNC_CRASH_POINTS=all only before and after the COMMIT of whatever was written, and a share of the
// others, drawn by a seed (SIMSYNC_SEED, else 1).
std::vector<CrashPoint> crash_points(const FaultyProxy& proxy);

// For people: "before message 57, > Query commit".
std::string text(const CrashPoint& point, const FaultyProxy& proxy);

} // namespace simsync::test
