// Exact decimals: reading, canonical text and order.
#include "simsync/model/money.hpp"

#include <algorithm>
#include <charconv>

namespace simsync
{
namespace
{

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// The pieces of a number as written, before anything is made of them.
struct Written
{
    bool negative = false;
    std::string digits;    // integer and fraction run together
    std::size_t point = 0; // how many of the digits stand before the point
    std::int64_t exponent = 0;
};

std::size_t take_digits(std::string_view text, std::size_t from, std::string& into)
{
    std::size_t at = from;
    while (at < text.size() && is_digit(text[at]))
        into += text[at++];
    return at;
}

std::optional<std::int64_t> read_exponent(std::string_view text)
{
    const bool plus = text.starts_with('+');
    if (plus)
        text.remove_prefix(1);
    if (plus && text.starts_with('-'))
        return std::nullopt; // `from_chars` would read "+-5" as -5
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::optional<Written> read(std::string_view text)
{
    if (text.size() > Money::max_digits + 32)
        return std::nullopt;
    Written written;
    std::size_t at = 0;
    if (at < text.size() && (text[at] == '-' || text[at] == '+'))
        written.negative = text[at++] == '-';

    at = take_digits(text, at, written.digits);
    written.point = written.digits.size();
    if (written.point == 0)
        return std::nullopt;
    if (at < text.size() && text[at] == '.')
    {
        at = take_digits(text, at + 1, written.digits);
        if (written.digits.size() == written.point)
            return std::nullopt;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E'))
    {
        const auto exponent = read_exponent(text.substr(at + 1));
        if (!exponent)
            return std::nullopt;
        written.exponent = *exponent;
        at = text.size();
    }
    if (at != text.size())
        return std::nullopt;
    return written;
}

// Moves the point by the exponent and drops every zero that says nothing. Empty where it would grow too long.
std::optional<std::string> canonical(const Written& written)
{
    const auto limit = static_cast<std::int64_t>(Money::max_digits);
    const auto first = written.digits.find_first_not_of('0');
    if (first == std::string::npos)
        return "0";
    if (written.exponent > limit || written.exponent < -limit)
        return std::nullopt;

    auto point =
        static_cast<std::int64_t>(written.point) + written.exponent - static_cast<std::int64_t>(first);
    std::string digits = written.digits.substr(first, written.digits.find_last_not_of('0') - first + 1);
    if (point < 0)
    {
        digits.insert(0, static_cast<std::size_t>(-point), '0');
        point = 0;
    }
    if (const auto length = static_cast<std::int64_t>(digits.size()); point > length)
        digits.append(static_cast<std::size_t>(point - length), '0');
    if (digits.size() > Money::max_digits)
        return std::nullopt;

    const auto whole = static_cast<std::size_t>(point);
    std::string text = written.negative ? "-" : "";
    text += whole == 0 ? "0" : digits.substr(0, whole);
    if (whole < digits.size())
        text.append(1, '.').append(digits, whole);
    return text;
}

struct Magnitude
{
    std::string_view whole;
    std::string_view fraction;
};

Magnitude magnitude(std::string_view text)
{
    if (text.front() == '-')
        text.remove_prefix(1);
    const auto point = text.find('.');
    if (point == std::string_view::npos)
        return {text, {}};
    return {text.substr(0, point), text.substr(point + 1)};
}

std::strong_ordering compare_magnitudes(std::string_view left, std::string_view right)
{
    const auto [left_whole, left_fraction] = magnitude(left);
    const auto [right_whole, right_fraction] = magnitude(right);
    if (left_whole.size() != right_whole.size())
        return left_whole.size() <=> right_whole.size();
    if (const auto order = left_whole.compare(right_whole); order != 0)
        return order <=> 0;
    // Without trailing zeros a fraction sorts as text: "1" < "12" < "2".
    return left_fraction.compare(right_fraction) <=> 0;
}

} // namespace

std::optional<Money> Money::parse(std::string_view text)
{
    const auto written = read(text);
    if (!written)
        return std::nullopt;
    auto canonical_text = canonical(*written);
    if (!canonical_text)
        return std::nullopt;
    Money money;
    money.text_ = std::move(*canonical_text);
    return money;
}

std::strong_ordering Money::operator<=>(const Money& other) const noexcept
{
    const bool negative = text_.front() == '-';
    const bool other_negative = other.text_.front() == '-';
    if (negative != other_negative)
        return negative ? std::strong_ordering::less : std::strong_ordering::greater;
    return negative ? compare_magnitudes(other.text_, text_) : compare_magnitudes(text_, other.text_);
}

} // namespace simsync
