#include "postgres/binary_format.hpp"

#include "postgres/row_values.hpp"

#include <utility>

namespace simsync
{
namespace
{

using Length = std::int32_t;

void append_length(std::string& to, std::size_t bytes)
{
    append_number(to, static_cast<Length>(bytes));
}

// A numeric is written in groups of four decimal digits, the point between two of them.
constexpr std::size_t digits_a_group = 4;

struct Decimal
{
    bool negative;
    std::string_view whole; // at least one digit
    std::string_view fraction;
};

Decimal decimal(std::string_view canonical)
{
    const bool negative = canonical.front() == '-';
    canonical.remove_prefix(negative ? 1 : 0);
    const auto point = canonical.find('.');
    if (point == std::string_view::npos)
        return {negative, canonical, {}};
    return {negative, canonical.substr(0, point), canonical.substr(point + 1)};
}

constexpr std::size_t groups(std::string_view digits)
{
    return (digits.size() + digits_a_group - 1) / digits_a_group;
}

// `missing`: zeros that the first group lacks in front; those at the end of the last are added.
void append_groups(std::string& to, std::string_view digits, std::size_t missing)
{
    std::int16_t group = 0;
    for (std::size_t at = 0; at < groups(digits) * digits_a_group; ++at)
    {
        const bool given = at >= missing && at - missing < digits.size();
        group = static_cast<std::int16_t>(group * 10 + (given ? digits[at - missing] - '0' : 0));
        if (at % digits_a_group + 1 == digits_a_group)
            append_number(to, std::exchange(group, std::int16_t{0}));
    }
}

} // namespace

void append_null(std::string& to)
{
    append_number(to, Length{-1});
}

void append_field(std::string& to, bool value)
{
    append_length(to, 1);
    to += static_cast<char>(value);
}

void append_field(std::string& to, std::int64_t value)
{
    append_length(to, sizeof value);
    append_number(to, value);
}

// numeric_recv: the count of groups, the first one's power of 10,000, the sign, the digits behind the point
// to show.
void append_field(std::string& to, const Money& value)
{
    constexpr std::int16_t positive = 0x0000;
    constexpr std::int16_t negative = 0x4000;
    const auto number = decimal(value.text());
    const auto before = groups(number.whole);
    const auto count = before + groups(number.fraction);

    append_length(to, (4 + count) * sizeof(std::int16_t));
    append_number(to, static_cast<std::int16_t>(count));
    append_number(to, static_cast<std::int16_t>(before - 1));
    append_number(to, number.negative ? negative : positive);
    append_number(to, static_cast<std::int16_t>(number.fraction.size()));
    append_groups(to, number.whole, before * digits_a_group - number.whole.size());
    append_groups(to, number.fraction, 0);
}

// timestamptz_recv: microseconds since 2000.
void append_field(std::string& to, Timestamp value)
{
    using namespace std::chrono;
    constexpr Timestamp epoch{sys_days{2000y / January / 1}};
    append_field(to, static_cast<std::int64_t>((value - epoch).count()));
}

// An interval as PostgreSQL's interval_recv reads it: microseconds, days, months. All of it goes into the
// first.
void append_field(std::string& to, std::chrono::seconds value)
{
    append_length(to, 16);
    append_number(to, static_cast<std::int64_t>(std::chrono::microseconds(value).count()));
    append_number(to, std::int32_t{0});
    append_number(to, std::int32_t{0});
}

void append_field(std::string& to, std::string_view value)
{
    append_length(to, value.size());
    to += value;
}

// array_recv: the number of dimensions, whether there are NULLs, the elements' type; of each dimension its
// size and its first subscript; the elements as fields.
void append_field(std::string& to, const std::vector<std::string>& value)
{
    constexpr std::int32_t oid_of_text = 25;
    constexpr std::size_t bytes_of_head = 12;
    constexpr std::size_t bytes_of_dimension = 8;
    std::size_t bytes = bytes_of_head + (value.empty() ? 0 : bytes_of_dimension);
    for (const auto& element : value)
        bytes += sizeof(Length) + element.size();

    append_length(to, bytes);
    append_number(to, std::int32_t{value.empty() ? 0 : 1});
    append_number(to, std::int32_t{0});
    append_number(to, oid_of_text);
    if (value.empty())
        return;
    append_number(to, static_cast<std::int32_t>(value.size()));
    append_number(to, std::int32_t{1});
    for (const auto& element : value)
        append_field(to, element);
}

void append_field(std::string& to, const Fingerprint& value)
{
    append_length(to, 16);
    append_number(to, value.high);
    append_number(to, value.low);
}

void append_field(std::string& to, const PayloadHash& value)
{
    const bool known = value.length > 0;
    append_field(to, known ? std::optional(Fingerprint{value.hash, value.length}) : std::nullopt);
}

// jsonb_recv: the version of the format, the text.
void append_field(std::string& to, const JsonText& value)
{
    constexpr char version = 1;
    append_length(to, 1 + value.text.size());
    to += version;
    to += value.text;
}

void append_field(std::string& to, const std::map<std::string, std::string>& value)
{
    auto text = sql_text(value);
    append_field(to, text ? std::optional(JsonText{std::move(*text)}) : std::nullopt);
}

std::string_view take_field(std::string_view& bytes)
{
    const auto length = take_number<Length>(bytes);
    const auto value = bytes.substr(0, length < 0 ? 0 : static_cast<std::size_t>(length));
    bytes.remove_prefix(value.size());
    return value;
}

Fingerprint fingerprint_of(std::string_view value)
{
    Fingerprint found;
    found.high = take_number<std::uint64_t>(value);
    found.low = take_number<std::uint64_t>(value);
    return found;
}

PayloadHash payload_hash_of_row(std::string_view value)
{
    if (value.empty())
        return {};
    const auto [hash, length] = fingerprint_of(value);
    return {hash, static_cast<std::uint32_t>(length)};
}

} // namespace simsync
