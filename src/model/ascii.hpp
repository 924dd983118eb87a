// Letters of ASCII in either case. The names of HTTP, GraphQL and our own configuration are made of no
// others, and no locale has a say in them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace simsync
{

constexpr char lower_case(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

inline std::string lower_case(std::string_view text)
{
    std::string lower{text};
    for (char& c : lower)
        c = lower_case(c);
    return lower;
}

constexpr bool equal_in_any_case(std::string_view left, std::string_view right)
{
    return std::ranges::equal(left, right, [](char a, char b) { return lower_case(a) == lower_case(b); });
}

} // namespace simsync
