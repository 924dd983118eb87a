// An exact decimal number: what balances are kept in and what filters compare.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace simsync::simulator
{

// Six fractional digits and twelve before them: more than any balance shows, and a comparison is one of
// integers.
struct Decimal
{
    std::int64_t millionths = 0;

    static constexpr Decimal cents(std::int64_t amount) { return {amount * 10'000}; }
    static constexpr Decimal whole(std::int64_t amount) { return {amount * 1'000'000}; }

    // Reads [-]digits[.digits][e[±]digits]. Empty for anything else, or for what does not fit exactly.
    static std::optional<Decimal> parse(std::string_view text);

    auto operator<=>(const Decimal&) const = default;
};

// Appends the shortest JSON number: "12.5", "-0.01", "7".
void append(std::string& out, Decimal value);

} // namespace simsync::simulator
