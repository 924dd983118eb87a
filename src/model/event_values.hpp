// What an event's severity and cause can be, in the order of their enumerations.
#pragma once

#include "simsync/model/event.hpp"

#include <array>

namespace simsync
{

inline constexpr std::array all_severities{Severity::info, Severity::warning, Severity::critical};
inline constexpr std::array all_causes{
    Cause::sweep, Cause::action, Cause::clock, Cause::operator_, Cause::daemon};

} // namespace simsync
