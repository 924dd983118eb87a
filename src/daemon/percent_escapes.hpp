// The percent escapes of a request's target: "%C3%A4". Pure.
#pragma once

#include <string>
#include <string_view>

namespace simsync
{

// Each % has its two hexadecimal digits, and none of them makes a NUL, which PostgreSQL does not store and
// many a reader takes for an end.
bool has_good_escapes(std::string_view text);

// "%C3%A4" → "ä"; '+' stays. For a text whose escapes are good.
std::string percent_decoded(std::string_view text);

} // namespace simsync
