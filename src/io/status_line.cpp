#include "io/status_line.hpp"

#include <algorithm>
#include <cctype>

namespace simsync
{
namespace
{

constexpr std::string_view version = "HTTP/1.";

bool is_digit(char c)
{
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

bool is_interim(unsigned status)
{
    return status >= 100 && status < 200 && status != 101;
}

} // namespace

bool may_be_http(std::string_view bytes)
{
    const auto length = std::min(bytes.size(), version.size());
    return bytes.substr(0, length) == version.substr(0, length);
}

// "HTTP/1.1 200": what follows is for people.
unsigned leading_status(std::string_view bytes)
{
    constexpr std::size_t digits_at = version.size() + 2;
    if (!bytes.starts_with(version) || bytes.size() < digits_at + 3 || !is_digit(bytes[version.size()]) ||
        bytes[digits_at - 1] != ' ')
        return 0;
    const auto digits = bytes.substr(digits_at, 3);
    const bool goes_on =
        bytes.size() > digits_at + 3 && std::isgraph(static_cast<unsigned char>(bytes[digits_at + 3]));
    if (goes_on || !std::ranges::all_of(digits, is_digit))
        return 0;
    return static_cast<unsigned>((digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0'));
}

std::size_t interim_bytes(std::string_view bytes)
{
    constexpr std::string_view end_of_header = "\r\n\r\n";
    std::size_t passed = 0;
    while (is_interim(leading_status(bytes.substr(passed))))
    {
        const auto end = bytes.find(end_of_header, passed);
        if (end == std::string_view::npos)
            break;
        passed = end + end_of_header.size();
    }
    return passed;
}

} // namespace simsync
