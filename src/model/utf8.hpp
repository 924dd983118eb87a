// Characters of well-formed UTF-8, as people count them: none of them is looked into.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace simsync
{

// Whether this byte goes on with the character that a byte before it began.
constexpr bool continues_character(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

constexpr std::size_t characters(std::string_view text)
{
    return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, continues_character));
}

} // namespace simsync
