// Text for people.
#include "cli/text.hpp"

#include "model/utf8.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace simsync::cli
{

std::string grouped(std::int64_t number)
{
    std::string digits = std::to_string(number);
    const auto first = digits.front() == '-' ? 1 : 0;
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > first; at -= 3)
        digits.insert(static_cast<std::size_t>(at), 1, ',');
    return digits;
}

std::string seconds_text(std::chrono::milliseconds duration)
{
    std::array<char, 32> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.1f s", static_cast<double>(duration.count()) / 1000.0);
    return buffer.data();
}

std::string age_text(std::chrono::seconds age)
{
    struct Unit
    {
        std::int64_t seconds;
        char name;
    };
    constexpr std::array units{Unit{86'400, 'd'}, Unit{3'600, 'h'}, Unit{60, 'm'}};
    const auto count = std::max<std::int64_t>(age.count(), 0);
    for (const auto& unit : units)
        if (count >= 2 * unit.seconds)
            return std::to_string(count / unit.seconds) + unit.name;
    return std::to_string(count) + 's';
}

std::string padded(std::string_view text, std::size_t columns)
{
    const auto width = characters(text);
    std::string result(text);
    return result.append(columns > width ? columns - width : 0, ' ');
}

bool stdout_takes_colour()
{
    const auto set = [](const char* name)
    {
        const char* value = std::getenv(name);
        return value != nullptr && *value != '\0';
    };
    if (set("NO_COLOR"))
        return false;
    return set("CLICOLOR_FORCE") || isatty(STDOUT_FILENO) == 1;
}

} // namespace simsync::cli
