// Figures, ages and colour as people read them on a terminal.
#pragma once

#include "simsync/model/time.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace simsync::cli
{

std::string grouped(std::int64_t number);                       // "1,234,567"
std::string seconds_text(std::chrono::milliseconds duration);   // "1.2 s"
std::string age_text(std::chrono::seconds age);                 // "42s", "3m", "5h", "12d"
std::string padded(std::string_view text, std::size_t columns); // by code points, to the right

// Whether stdout takes colour: a terminal, or CLICOLOR_FORCE; never with NO_COLOR (https://no-color.org).
bool stdout_takes_colour();

} // namespace simsync::cli
