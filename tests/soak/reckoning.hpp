// What is wrong at the end of a long day.
#pragma once

#include <string>

namespace simsync::test
{

// Between the lines of EventLogChecker::mirror and fleet_lines; empty: none.
std::string differences(const std::string& mirror, const std::string& fleet);

// In a long life a SIM is blocked twice: what EventLogChecker calls told twice is none, where the chain is
// whole.
std::string without_repetitions(const std::string& complaints);

} // namespace simsync::test
