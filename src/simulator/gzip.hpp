// Compression of answers, for clients that ask for it.
#pragma once

#include <string>
#include <string_view>

namespace simsync::simulator
{

// At zlib's fastest level: a page of a thousand SIMs takes milliseconds.
std::string gzip(std::string_view plain);

} // namespace simsync::simulator
