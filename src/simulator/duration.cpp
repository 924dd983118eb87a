// Reads a number and a unit.
#include "simulator/duration.hpp"

#include <charconv>
#include <cstdint>

namespace simsync::simulator
{
namespace
{

using std::chrono::milliseconds;

std::optional<milliseconds> unit(std::string_view name)
{
    if (name == "ms")
        return milliseconds{1};
    if (name == "s")
        return std::chrono::seconds{1};
    if (name == "m")
        return std::chrono::minutes{1};
    if (name == "h")
        return std::chrono::hours{1};
    if (name == "d")
        return std::chrono::days{1};
    return std::nullopt;
}

} // namespace

std::optional<milliseconds> parse_duration(std::string_view text)
{
    constexpr milliseconds most = std::chrono::days{36'500};
    std::uint32_t count = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
    const auto one = unit({read.ptr, static_cast<std::size_t>(text.data() + text.size() - read.ptr)});
    if (read.ec != std::errc{} || !one || count > most / *one)
        return std::nullopt;
    return count * *one;
}

} // namespace simsync::simulator
