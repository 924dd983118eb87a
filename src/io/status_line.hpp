// The status of an HTTP/1 answer, read from its first bytes alone. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace simsync
{

// What begins like this may still become an answer.
bool may_be_http(std::string_view bytes);

// Interim answers (1xx but for 101) at the front, as far as they are whole: so many bytes.
std::size_t interim_bytes(std::string_view bytes);

// The status of the answer that begins here; 0 while its three digits have not come, or where it is no
// answer.
unsigned leading_status(std::string_view bytes);

} // namespace simsync
