// Exact money: a decimal number kept as its canonical text, never a binary fraction.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace simsync
{

// An amount without a currency. Canonical: no leading zeros, no trailing fractional zeros, no exponent, no
// "-0"; so equal amounts have equal text ("5.00", "5" and "0.5e1" are all "5").
class Money
{
public:
    Money() = default; // zero

    // Reads a JSON number or the same inside a string: [-+]digits[.digits][e[-+]digits]. Nothing is rounded.
    // Empty where the text is no such number, or would need more than `max_digits` digits written out.
    static std::optional<Money> parse(std::string_view text);

    // What PostgreSQL's `numeric` and a reader of logs can bear; the longest amount ever seen has 11 digits.
    static constexpr std::size_t max_digits = 1000;

    // Canonical text: "-0.5", "12345678.91".
    const std::string& text() const noexcept { return text_; }

    bool operator==(const Money&) const = default;
    std::strong_ordering operator<=>(const Money& other) const noexcept; // by amount

    // Exact, also beyond max_digits: what was read cannot overflow.
    Money operator+(const Money& other) const;
    Money operator-(const Money& other) const;
    Money operator*(std::uint32_t times) const;

    // This amount divided by `divisor`, which is not 0, rounded to so many decimals, halves away from zero.
    Money divided_by(std::uint32_t divisor, std::size_t decimals) const;

private:
    explicit Money(std::string canonical_text) : text_(std::move(canonical_text)) {}

    std::string text_{"0"};
};

} // namespace simsync
