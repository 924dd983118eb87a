// Compressed bodies. Pure.
#pragma once

#include "simsync/io/answer.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace simsync
{

// Decodes what the header `Content-Encoding` names: gzip, deflate (wrapped or raw), identity or nothing. An
// unknown or doubled encoding and a body that is cut are `malformed`; one that grows beyond `limit` is
// `too_large`, and one byte beyond `limit` is the most that is ever decoded of it.
Answer<std::string> decode_content(std::string_view encoding, std::string body, std::size_t limit);

} // namespace simsync
