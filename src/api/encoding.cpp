// Byte order marks and UTF-16.
#include "api/encoding.hpp"

#include <cstdint>
#include <optional>

namespace simsync
{
namespace
{

enum class Order
{
    big_endian,
    little_endian,
};

// JSON begins with a bracket or a blank: in UTF-16 one of its first two bytes is NUL.
std::optional<Order> order_of_utf16(std::string_view body)
{
    if (body.starts_with("\xFE\xFF") || (body.size() > 1 && body[0] == '\0' && body[1] != '\0'))
        return Order::big_endian;
    if (body.starts_with("\xFF\xFE") || (body.size() > 1 && body[0] != '\0' && body[1] == '\0'))
        return Order::little_endian;
    return std::nullopt;
}

class Units
{
public:
    Units(std::string_view body, Order order) : body_(body), order_(order) {}

    bool has(std::size_t at) const { return 2 * at + 1 < body_.size(); }

    std::uint32_t operator[](std::size_t at) const
    {
        const auto first = static_cast<std::uint8_t>(body_[2 * at]);
        const auto second = static_cast<std::uint8_t>(body_[2 * at + 1]);
        return order_ == Order::big_endian ? first * 256U + second : second * 256U + first;
    }

private:
    std::string_view body_;
    Order order_;
};

constexpr std::uint32_t mark = 0xFEFF;

void append(std::string& text, std::uint32_t point)
{
    const auto trail = [&](int shift) { text += static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
    if (point < 0x80)
        text += static_cast<char>(point);
    else if (point < 0x800)
    {
        text += static_cast<char>(0xC0 | (point >> 6));
        trail(0);
    }
    else if (point < 0x10000)
    {
        text += static_cast<char>(0xE0 | (point >> 12));
        trail(6);
        trail(0);
    }
    else
    {
        text += static_cast<char>(0xF0 | (point >> 18));
        trail(12);
        trail(6);
        trail(0);
    }
}

std::string from_utf16(const Units& units)
{
    std::string text;
    for (std::size_t at = units.has(0) && units[0] == mark ? 1 : 0; units.has(at); ++at)
    {
        const auto unit = units[at];
        const bool leads = unit >= 0xD800 && unit <= 0xDBFF;
        const auto next = leads && units.has(at + 1) ? units[at + 1] : 0;
        if (next >= 0xDC00 && next <= 0xDFFF)
        {
            append(text, 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00));
            ++at;
        }
        else
            append(text, unit);
    }
    return text;
}

} // namespace

std::string_view as_utf8(std::string_view body, std::string& storage)
{
    constexpr std::string_view mark_in_utf8 = "\xEF\xBB\xBF";
    if (body.starts_with(mark_in_utf8))
        return body.substr(mark_in_utf8.size());
    if (const auto order = order_of_utf16(body))
    {
        storage = from_utf16(Units{body, *order});
        return storage;
    }
    return body;
}

} // namespace simsync
