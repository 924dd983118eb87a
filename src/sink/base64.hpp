// Base64 with its padding (RFC 4648, section 4).
#pragma once

#include <string>
#include <string_view>

namespace simsync
{

std::string base64(std::string_view bytes);

// Empty where that is none.
std::string from_base64(std::string_view text);

} // namespace simsync
