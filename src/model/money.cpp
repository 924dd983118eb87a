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

// An amount written without its point: `digits` in units of the last of `decimals` decimals.
struct Decimal
{
    bool negative = false;
    std::string digits;
    std::size_t decimals = 0;
};

Decimal decimal_of(const std::string& canonical_text)
{
    const auto [whole, fraction] = magnitude(canonical_text);
    return {canonical_text.front() == '-', std::string(whole).append(fraction), fraction.size()};
}

std::string text_of(Decimal decimal)
{
    auto& digits = decimal.digits;
    if (digits.size() <= decimal.decimals)
        digits.insert(0, decimal.decimals + 1 - digits.size(), '0');
    const auto point = digits.size() - decimal.decimals;
    const auto first = std::min(digits.find_first_not_of('0'), point - 1);
    auto text = digits.substr(first, point - first);
    if (const auto last = digits.find_last_not_of('0'); last != std::string::npos && last >= point)
        text.append(1, '.').append(digits, point, last + 1 - point);
    return decimal.negative && text != "0" ? '-' + text : text;
}

// Both in the same unit and of the same length.
void align(Decimal& left, Decimal& right)
{
    const auto decimals = std::max(left.decimals, right.decimals);
    for (auto* each : {&left, &right})
    {
        each->digits.append(decimals - each->decimals, '0');
        each->decimals = decimals;
    }
    const auto length = std::max(left.digits.size(), right.digits.size());
    for (auto* each : {&left, &right})
        each->digits.insert(0, length - each->digits.size(), '0');
}

// Of equally long digits, the first no less than the second where they are subtracted.
std::string combined(const std::string& more, const std::string& less, int sign)
{
    std::string digits(more.size() + 1, '0');
    int carry = 0;
    for (std::size_t i = more.size(); i-- > 0;)
    {
        const int sum = more[i] - '0' + sign * (less[i] - '0') + carry;
        digits[i + 1] = static_cast<char>('0' + (sum + 10) % 10);
        carry = sum > 9 ? 1 : sum < 0 ? -1 : 0;
    }
    digits.front() = static_cast<char>('0' + carry);
    return digits;
}

Decimal sum_of(Decimal left, Decimal right)
{
    align(left, right);
    if (left.negative == right.negative)
        return {left.negative, combined(left.digits, right.digits, 1), left.decimals};
    if (left.digits < right.digits)
        std::swap(left, right);
    return {left.negative, combined(left.digits, right.digits, -1), left.decimals};
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

Money Money::operator+(const Money& other) const
{
    return Money{text_of(sum_of(decimal_of(text_), decimal_of(other.text_)))};
}

Money Money::operator-(const Money& other) const
{
    auto subtrahend = decimal_of(other.text_);
    subtrahend.negative = !subtrahend.negative;
    return Money{text_of(sum_of(decimal_of(text_), std::move(subtrahend)))};
}

Money Money::operator*(std::uint32_t times) const
{
    auto product = decimal_of(text_);
    std::uint64_t carry = 0; // less than 2^33
    for (std::size_t i = product.digits.size(); i-- > 0;)
    {
        carry += static_cast<std::uint64_t>(product.digits[i] - '0') * times;
        product.digits[i] = static_cast<char>('0' + carry % 10);
        carry /= 10;
    }
    product.digits.insert(0, std::to_string(carry));
    return Money{text_of(std::move(product))};
}

Money Money::divided_by(std::uint32_t divisor, std::size_t decimals) const
{
    auto quotient = decimal_of(text_);
    // One digit more than is asked for says which way to round, whatever comes behind it.
    if (quotient.decimals <= decimals)
    {
        quotient.digits.append(decimals + 1 - quotient.decimals, '0');
        quotient.decimals = decimals + 1;
    }
    std::uint64_t remainder = 0; // less than the divisor
    for (auto& digit : quotient.digits)
    {
        remainder = remainder * 10 + static_cast<std::uint64_t>(digit - '0');
        digit = static_cast<char>('0' + remainder / divisor);
        remainder %= divisor;
    }
    const auto dropped = quotient.decimals - decimals;
    quotient.digits.insert(0, dropped + 1, '0'); // as short as it may be
    const bool up = quotient.digits[quotient.digits.size() - dropped] >= '5';
    quotient.digits.resize(quotient.digits.size() - dropped);
    quotient.decimals = decimals;
    Decimal one{quotient.negative, up ? "1" : "0", decimals};
    return Money{text_of(sum_of(std::move(quotient), std::move(one)))};
}

} // namespace simsync
