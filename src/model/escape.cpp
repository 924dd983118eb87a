// UTF-8 checked and escaped.
#include "model/escape.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace simsync
{
namespace
{

std::uint8_t byte_at(std::string_view text, std::size_t at)
{
    return static_cast<std::uint8_t>(text[at]);
}

// How many bytes the lead byte announces; 0 for a byte that leads nothing (C0 and C1 would be overlong).
std::size_t announced(std::uint8_t lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 3;
    if (lead >= 0xF0 && lead <= 0xF4)
        return 4;
    return 0;
}

// The second byte rules out overlong forms, surrogates and what lies beyond U+10FFFF (Unicode, table 3-7).
bool fits_second(std::uint8_t lead, std::uint8_t second)
{
    switch (lead)
    {
    case 0xE0:
        return second >= 0xA0 && second <= 0xBF;
    case 0xED:
        return second >= 0x80 && second <= 0x9F;
    case 0xF0:
        return second >= 0x90 && second <= 0xBF;
    case 0xF4:
        return second >= 0x80 && second <= 0x8F;
    default:
        return second >= 0x80 && second <= 0xBF;
    }
}

// The length of the well-formed sequence at the front of a text that is not empty; 0 if there is none.
std::size_t sequence_length(std::string_view text)
{
    const std::size_t length = announced(byte_at(text, 0));
    if (length < 2)
        return length;
    if (text.size() < length || !fits_second(byte_at(text, 0), byte_at(text, 1)))
        return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((byte_at(text, i) & 0xC0) != 0x80)
            return 0;
    return length;
}

// Eight bytes at once: nearly all that the API sends is ASCII.
bool plain_ascii(std::string_view text)
{
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8)
    {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, 8);
        if ((word & high_bits) != 0)
            return false;
    }
    return std::all_of(
        text.begin() + static_cast<std::ptrdiff_t>(at), text.end(),
        [](char c) { return static_cast<std::uint8_t>(c) < 0x80; });
}

// Controls, the marks that break a line (U+2028, U+2029) or turn its direction (U+202A–202E, U+2066–2069),
// and the byte order mark (U+FEFF), which nobody sees.
bool steers(std::string_view sequence)
{
    const auto first = byte_at(sequence, 0);
    if (sequence.size() == 1)
        return first < 0x20 || first == 0x7F;
    const auto second = byte_at(sequence, 1);
    if (sequence.size() == 2)
        return first == 0xC2 && second < 0xA0;
    if (sequence.size() != 3)
        return false;
    const auto third = byte_at(sequence, 2);
    if (first == 0xEF)
        return second == 0xBB && third == 0xBF;
    if (first != 0xE2)
        return false;
    return (second == 0x80 && third >= 0xA8 && third <= 0xAE) ||
           (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

std::string as_hex(std::string_view bytes)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const char c : bytes)
    {
        const auto byte = static_cast<std::uint8_t>(c);
        text += {'\\', 'x', digits[byte >> 4], digits[byte & 0x0F]};
    }
    return text;
}

} // namespace

bool storable(std::string_view text)
{
    if (text.find('\0') != std::string_view::npos)
        return false;
    if (plain_ascii(text))
        return true;
    while (!text.empty())
    {
        const auto length = sequence_length(text);
        if (length == 0)
            return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string escape(std::string_view text, std::size_t limit)
{
    std::string escaped;
    while (!text.empty())
    {
        const auto length = sequence_length(text);
        const auto sequence = text.substr(0, std::max<std::size_t>(length, 1));
        const auto shown = length == 0 || steers(sequence) ? as_hex(sequence) : std::string{sequence};
        if (escaped.size() + shown.size() > limit)
            break;
        escaped += shown;
        text.remove_prefix(sequence.size());
    }
    return escaped;
}

std::string redact(std::string text, std::string_view secret)
{
    constexpr std::string_view mark = "[secret]";
    constexpr std::size_t revealing = 8; // fewer bytes of a secret, at a cut, give nothing away
    if (secret.empty())
        return text;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + mark.size()))
        text.replace(at, secret.size(), mark);
    for (auto length = std::min(secret.size() - 1, text.size()); length >= revealing; --length)
        if (text.ends_with(secret.substr(0, length)))
            return text.replace(text.size() - length, length, mark);
    return text;
}

} // namespace simsync
