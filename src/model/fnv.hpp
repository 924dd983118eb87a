// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/). Where every build and every platform has to
// come to the same value: std::hash promises none, and a library may change its own.
#pragma once

#include <cstdint>
#include <string_view>

namespace simsync
{

constexpr std::uint64_t fnv1a(std::string_view text)
{
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return hash;
}

} // namespace simsync
