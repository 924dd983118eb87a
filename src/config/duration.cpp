#include "config/duration.hpp"

#include <array>
#include <charconv>

namespace simsync
{

using std::chrono::milliseconds;

namespace
{

struct Unit
{
    std::string_view name;
    milliseconds length;
};

constexpr std::array<Unit, 5> units_longest_first{{
    {"d", std::chrono::days{1}},
    {"h", std::chrono::hours{1}},
    {"m", std::chrono::minutes{1}},
    {"s", std::chrono::seconds{1}},
    {"ms", milliseconds{1}},
}};

std::optional<milliseconds> unit_named(std::string_view name)
{
    for (const Unit& unit : units_longest_first)
        if (unit.name == name)
            return unit.length;
    return std::nullopt;
}

} // namespace

std::optional<milliseconds> parse_duration(std::string_view text)
{
    if (text == "0")
        return milliseconds{0};

    std::uint64_t amount = 0; // unsigned, so that from_chars refuses a sign
    const auto [unit_begin, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
    if (error != std::errc{})
        return std::nullopt;

    const auto unit = unit_named({unit_begin, text.data() + text.size()});
    if (!unit || amount > static_cast<std::uint64_t>(longest_duration / *unit))
        return std::nullopt;
    return static_cast<milliseconds::rep>(amount) * *unit;
}

std::string duration_text(milliseconds duration)
{
    if (duration == milliseconds{0})
        return "0s";
    for (const Unit& unit : units_longest_first)
        if (duration % unit.length == milliseconds{0})
            return std::to_string(duration / unit.length) + std::string{unit.name};
    return {}; // not reached: everything divides by a millisecond
}

} // namespace simsync
