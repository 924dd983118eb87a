// Lone surrogates and NULs made palatable. Calls nobody.
#include "api/repair.hpp"

#include <charconv>

namespace simsync
{
namespace
{

constexpr std::size_t escape_length = 6; // \uXXXX

// The code unit of the \uXXXX at the front; empty where none stands there.
std::optional<unsigned> code_unit(std::string_view text)
{
    if (text.size() < escape_length || !text.starts_with("\\u"))
        return std::nullopt;
    unsigned unit = 0;
    const auto* last = text.data() + escape_length;
    const auto [end, error] = std::from_chars(text.data() + 2, last, unit, 16);
    if (error != std::errc{} || end != last)
        return std::nullopt;
    return unit;
}

bool is_leading(unsigned unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

bool is_trailing(unsigned unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

// The surrogate in the UTF-8 scheme, which UTF-8 forbids: recognisable to a reader of the excerpt.
std::string forbidden_bytes(unsigned surrogate)
{
    return {static_cast<char>(0xE0 | (surrogate >> 12)), static_cast<char>(0x80 | ((surrogate >> 6) & 0x3F)),
            static_cast<char>(0x80 | (surrogate & 0x3F))};
}

// Copies one character, escape or fault to `repaired`; how much of the text that was.
std::size_t copy_one(std::string_view text, std::string& repaired)
{
    if (text.front() == '\0')
    {
        repaired += "\\u0000";
        return 1;
    }
    const auto unit = code_unit(text);
    if (!unit || (!is_leading(*unit) && !is_trailing(*unit)))
    {
        const std::size_t length = text.front() == '\\' && text.size() > 1 ? 2 : 1;
        repaired += text.substr(0, length);
        return length;
    }
    const auto next = code_unit(text.substr(escape_length));
    if (is_leading(*unit) && next && is_trailing(*next))
    {
        repaired += text.substr(0, 2 * escape_length);
        return 2 * escape_length;
    }
    repaired += forbidden_bytes(*unit);
    return escape_length;
}

} // namespace

std::optional<std::string> repair(std::string_view json)
{
    std::string repaired;
    repaired.reserve(json.size());
    for (auto rest = json; !rest.empty();)
        rest.remove_prefix(copy_one(rest, repaired));
    if (repaired == json)
        return std::nullopt;
    return repaired;
}

} // namespace simsync
