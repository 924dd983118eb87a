// Foreign dates put into the form that parse_date reads.
#include "model/date.hpp"

#include "model/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace simsync
{
namespace
{

using namespace std::chrono;

constexpr std::string_view blanks = " \t\r\n";
constexpr Date none{};

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// Reads a text from the left. What is missing leaves the text as it was.
class Reader
{
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    std::string_view rest() const { return rest_; }
    bool at_end() const { return rest_.empty(); }
    char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

    bool skip(char c) { return skip_any({&c, 1}); }

    bool skip_any(std::string_view of)
    {
        if (rest_.empty() || of.find(rest_.front()) == std::string_view::npos)
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    void skip_blanks()
    {
        while (skip_any(blanks))
        {
        }
    }

    // Exactly so many digits; empty where they are not there.
    std::string_view digits(std::size_t count)
    {
        const auto found = rest_.substr(0, count);
        if (found.size() < count || !std::ranges::all_of(found, is_digit))
            return {};
        rest_.remove_prefix(count);
        return found;
    }

    template<class Predicate>
    std::string_view all(Predicate fits)
    {
        std::size_t count = 0;
        while (count < rest_.size() && fits(rest_[count]))
            ++count;
        const auto found = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return found;
    }

private:
    std::string_view rest_;
};

// "2023-07-16", from that or from "20230716".
std::string read_day(Reader& reader)
{
    const auto y = reader.digits(4);
    const bool extended = reader.skip('-');
    const auto m = reader.digits(2);
    const bool fits = !extended || reader.skip('-');
    const auto d = reader.digits(2);
    if (y.empty() || m.empty() || d.empty() || !fits)
        return {};
    return std::string{y} + '-' + std::string{m} + '-' + std::string{d};
}

// ".333": as much of a fraction as parse_date takes. Empty where there is none; "." alone fails later.
std::string read_fraction(Reader& reader)
{
    constexpr std::size_t most_digits = 9;
    if (!reader.skip_any(".,"))
        return {};
    return '.' + std::string{reader.all(is_digit).substr(0, most_digits)};
}

struct TimeOfDay
{
    std::string text; // "11:58:20.333"
    bool ends_the_day = false;
};

std::optional<TimeOfDay> read_time_of_day(Reader& reader)
{
    const auto h = reader.digits(2);
    const bool extended = reader.skip(':');
    const auto m = reader.digits(2);
    if (h.empty() || m.empty())
        return std::nullopt;
    std::string text = ':' + std::string{m};
    const bool has_seconds = extended ? reader.skip(':') : is_digit(reader.peek());
    const auto s = has_seconds ? reader.digits(2) : std::string_view{"00"};
    if (s.empty())
        return std::nullopt;
    text.append(":").append(s);
    if (has_seconds)
        text += read_fraction(reader);
    const bool ends_the_day = h == "24" && text.find_first_not_of(":0.") == std::string::npos;
    return TimeOfDay{std::string{ends_the_day ? "00" : h} + text, ends_the_day};
}

struct Zone
{
    std::string text;           // "+03:00"
    seconds beyond_a_minute{0}; // what an offset of old times has more
};

// Some stacks write the zone's name behind its offset: "+02:00 CEST", "+02:00[Europe/Berlin]". It says
// nothing new and is skipped.
void skip_name(Reader& reader)
{
    reader.skip_blanks();
    reader.all(is_letter);
    if (reader.skip('['))
    {
        reader.all([](char c) { return c != ']'; });
        reader.skip(']');
    }
}

std::optional<Zone> read_zone(Reader& reader)
{
    reader.skip_blanks();
    const auto word = reader.all(is_letter);
    if (!word.empty() || reader.at_end() || reader.peek() == '[')
    {
        const bool utc = word.empty() || equal_in_any_case(word, "z") || equal_in_any_case(word, "utc") ||
                         equal_in_any_case(word, "gmt");
        if (word.empty() && !reader.at_end())
            return std::nullopt; // the name of a place says its offset to those alone who have its tables
        if (equal_in_any_case(word, "z"))
            skip_name(reader);
        return utc ? std::optional(Zone{"Z"}) : std::nullopt;
    }
    const char sign = reader.peek();
    if (!reader.skip_any("+-"))
        return std::nullopt;
    const auto h = reader.digits(2);
    const bool extended = reader.skip(':');
    const bool has_minutes = extended || is_digit(reader.peek());
    const auto m = has_minutes ? reader.digits(2) : std::string_view{"00"};
    if (h.empty() || m.empty())
        return std::nullopt;
    Zone zone{sign + std::string{h} + ':' + std::string{m}};
    if (extended && reader.skip(':'))
    {
        const auto s = reader.digits(2);
        if (s.empty() || s > "59")
            return std::nullopt;
        zone.beyond_a_minute = seconds{(s[0] - '0') * 10 + (s[1] - '0')} * (sign == '-' ? -1 : 1);
    }
    skip_name(reader);
    return zone;
}

// Days that some stack has for "no date": the zero of .NET, of Unix and of MySQL, and the calendar's last.
bool stands_for_nothing(std::string_view day)
{
    return day == "0001-01-01" || day == "1970-01-01" || day == "9999-12-31" || day.starts_with("0000");
}

std::optional<Date> read_calendar(std::string_view text)
{
    Reader reader{text};
    const auto day = read_day(reader);
    if (day.empty())
        return std::nullopt;
    TimeOfDay time{"00:00:00"};
    Zone zone{"Z"};
    if (!reader.at_end())
    {
        if (!reader.skip_any("Tt "))
            return std::nullopt;
        reader.skip_blanks();
        auto time_of_day = read_time_of_day(reader);
        auto offset = time_of_day ? read_zone(reader) : std::nullopt;
        if (!offset || !reader.at_end())
            return std::nullopt;
        time = std::move(*time_of_day);
        zone = std::move(*offset);
    }
    const bool nothing = stands_for_nothing(day);
    const auto instant = parse_date((nothing ? "2000-01-01" : day) + 'T' + time.text + zone.text);
    if (!instant)
        return std::nullopt;
    const auto shifted = *instant - zone.beyond_a_minute + days{time.ends_the_day ? 1 : 0};
    if (nothing || shifted == Timestamp{})
        return none;
    return Date{shifted};
}

struct Unit
{
    std::int64_t from; // the least that is read in this unit
    std::int64_t a_second;
};

// Each reaches from 1973 to where the next begins, in 5138.
constexpr std::array<Unit, 4> units{
    {{100'000'000'000'000'000, 1'000'000'000},
     {100'000'000'000'000, 1'000'000},
     {100'000'000'000, 1'000},
     {100'000'000, 1}}};

std::optional<std::int64_t> whole_part(std::string_view number)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc{} || end != number.data() + number.size())
        return std::nullopt;
    return value;
}

// Of the digits behind the point, those that make microseconds: "333" of a second is 333000.
std::int64_t fraction_in_microseconds(std::string_view digits, std::int64_t a_second)
{
    std::int64_t micro = 0;
    std::int64_t worth = 1'000'000 / a_second;
    for (const char digit : digits)
    {
        worth /= 10;
        micro += (digit - '0') * worth;
    }
    return micro;
}

// Whether a number means no date: within the first day of .NET's calendar (year 1) or the last of all
// (9999-12-31), as seconds or milliseconds since 1970. Servers write these for "none".
bool is_edge_of_calendar(std::int64_t value)
{
    constexpr std::int64_t first = -62'135'596'800;
    constexpr std::int64_t last = 253'402'214'400;
    constexpr std::int64_t day = 86'400;
    return (value >= first && value < first + day) || (value >= last && value < last + day) ||
           (value >= first * 1000 && value < (first + day) * 1000) ||
           (value >= last * 1000 && value < (last + day) * 1000);
}

} // namespace

std::optional<Date> read_epoch(std::string_view number)
{
    const auto point = number.find('.');
    const auto value = whole_part(number.substr(0, point));
    const auto fraction = point == std::string_view::npos ? std::string_view{} : number.substr(point + 1);
    if (!value || !std::ranges::all_of(fraction, is_digit) ||
        (point != std::string_view::npos && fraction.empty()))
        return std::nullopt;
    const bool whole = fraction.find_first_not_of('0') == std::string_view::npos;
    if ((*value == 0 && whole) || is_edge_of_calendar(*value))
        return none;
    const auto* unit = std::ranges::find_if(units, [&](const Unit& each) { return *value >= each.from; });
    if (unit == units.end())
        return std::nullopt;
    const auto micro = unit->a_second > 1'000'000 ? *value / (unit->a_second / 1'000'000)
                                                  : *value * (1'000'000 / unit->a_second);
    return Date{Timestamp{microseconds{
        micro + fraction_in_microseconds(fraction, std::min<std::int64_t>(unit->a_second, 1'000'000))}}};
}

std::optional<Date> read_date(std::string_view text)
{
    text = trimmed(text);
    if (text.empty() || equal_in_any_case(text, "infinity") || equal_in_any_case(text, "-infinity"))
        return none;
    constexpr std::string_view opening = "/Date(";
    constexpr std::string_view closing = ")/";
    if (text.starts_with(opening) && text.ends_with(closing))
    {
        const auto inside = text.substr(opening.size(), text.size() - opening.size() - closing.size());
        return read_epoch(inside.substr(0, inside.find_first_of("+-", 1))); // the offset moves no instant
    }
    if (auto date = read_calendar(text))
        return date;
    return read_epoch(text);
}

} // namespace simsync
