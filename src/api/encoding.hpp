// The bytes of an answer as UTF-8, which is what JSON is exchanged in; some servers mark or widen it.
#pragma once

#include <string>
#include <string_view>

namespace simsync
{

// Without a byte order mark in front, and out of UTF-16 (either order, marked or not). What refers to
// `storage`, if anything, lasts as long as that does. Half a pair becomes bytes that UTF-8 forbids, so that
// its text alone is unreadable.
std::string_view as_utf8(std::string_view body, std::string& storage);

} // namespace simsync
