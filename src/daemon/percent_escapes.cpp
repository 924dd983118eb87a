#include "daemon/percent_escapes.hpp"

#include "model/ascii.hpp"

#include <cstddef>

namespace simsync
{
namespace
{

bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (lower_case(c) >= 'a' && lower_case(c) <= 'f');
}

unsigned hex_value(char c)
{
    return static_cast<unsigned>(c <= '9' ? c - '0' : lower_case(c) - 'a' + 10);
}

} // namespace

bool has_good_escapes(std::string_view text)
{
    for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1))
        if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2]) ||
            text.substr(at, 3) == "%00")
            return false;
    return true;
}

std::string percent_decoded(std::string_view text)
{
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (text[at] == '%' && at + 2 < text.size())
        {
            decoded += static_cast<char>((hex_value(text[at + 1]) << 4U) + hex_value(text[at + 2]));
            at += 2;
        }
        else
            decoded += text[at];
    return decoded;
}

} // namespace simsync
