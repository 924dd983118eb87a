// Decimal text to an integer of millionths and back.
#include "simulator/decimal.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace simsync::simulator
{
namespace
{

constexpr int fraction_digits = 6;
constexpr std::uint64_t one = 1'000'000;

bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

// JSON clients may write 5e-1; such text goes through the shortest decimal form of its double.
std::optional<Decimal> parse_scientific(std::string_view text)
{
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size())
        return std::nullopt;

    std::array<char, 512> fixed{};
    const auto written =
        std::to_chars(fixed.data(), fixed.data() + fixed.size(), value, std::chars_format::fixed);
    if (written.ec != std::errc{})
        return std::nullopt;
    return Decimal::parse({fixed.data(), static_cast<std::size_t>(written.ptr - fixed.data())});
}

// The digits of [digits][.digits], in millionths. Empty where there is no digit, a stranger, or no room.
std::optional<std::int64_t> magnitude(std::string_view text)
{
    std::int64_t total = 0;
    int fraction = -1; // digits seen after the point; -1 before it
    bool any = false;
    const auto push = [&](int digit)
    { return !__builtin_mul_overflow(total, 10, &total) && !__builtin_add_overflow(total, digit, &total); };

    for (const char character : text)
    {
        if (character == '.' && fraction < 0 && any)
        {
            fraction = 0;
            continue;
        }
        if (!is_digit(character))
            return std::nullopt;
        any = true;
        if (fraction >= fraction_digits)
        {
            if (character != '0')
                return std::nullopt;
            continue;
        }
        if (!push(character - '0'))
            return std::nullopt;
        if (fraction >= 0)
            ++fraction;
    }
    if (!any || text.back() == '.')
        return std::nullopt;
    for (int digits = fraction < 0 ? 0 : fraction; digits < fraction_digits; ++digits)
        if (!push(0))
            return std::nullopt;
    return total;
}

} // namespace

std::optional<Decimal> Decimal::parse(std::string_view text)
{
    if (text.find_first_of("eE") != std::string_view::npos)
        return parse_scientific(text);
    const bool negative = text.starts_with('-');
    const auto amount = magnitude(text.substr(negative ? 1 : 0));
    if (!amount)
        return std::nullopt;
    return Decimal{negative ? -*amount : *amount};
}

void append(std::string& out, Decimal value)
{
    const bool negative = value.millionths < 0;
    const auto amount = negative ? ~static_cast<std::uint64_t>(value.millionths) + 1
                                 : static_cast<std::uint64_t>(value.millionths);

    std::array<char, 32> text{};
    char* end = text.data();
    if (negative)
        *end++ = '-';
    end = std::to_chars(end, text.data() + text.size(), amount / one).ptr;
    if (auto fraction = amount % one; fraction != 0)
    {
        *end++ = '.';
        for (std::uint64_t unit = one / 10; fraction != 0; unit /= 10)
        {
            *end++ = static_cast<char>('0' + fraction / unit);
            fraction %= unit;
        }
    }
    out.append(text.data(), end);
}

} // namespace simsync::simulator
