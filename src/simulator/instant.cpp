// Reads and writes instants digit by digit.
#include "simulator/instant.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace simsync::simulator
{
namespace
{

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Takes what it expects from the front of a text; a failed step leaves `ok` false for good.
class Scanner
{
public:
    explicit Scanner(std::string_view text) : rest_{text} {}

    int digits(std::size_t count)
    {
        int value = 0;
        for (std::size_t taken = 0; taken < count; ++taken)
        {
            if (!next_is_digit())
            {
                ok_ = false;
                return 0;
            }
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }

    bool take(char expected)
    {
        if (rest_.empty() || rest_.front() != expected)
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    void expect(char expected) { ok_ = take(expected) && ok_; }

    bool next_is_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
    bool at_end() const { return rest_.empty(); }
    bool ok() const { return ok_; }

private:
    std::string_view rest_;
    bool ok_ = true;
};

milliseconds scan_fraction(Scanner& scan)
{
    int value = 0;
    int unit = 100;
    if (!scan.next_is_digit())
        scan.expect('0');
    while (scan.next_is_digit())
    {
        value += scan.digits(1) * unit;
        unit /= 10;
    }
    return milliseconds{value};
}

minutes scan_offset(Scanner& scan)
{
    if (scan.take('Z'))
        return minutes{0};
    const bool west = scan.take('-');
    if (!west)
        scan.expect('+');
    const int hour = scan.digits(2);
    scan.expect(':');
    const auto offset = hours{hour} + minutes{scan.digits(2)};
    return west ? -offset : offset;
}

std::optional<std::chrono::sys_days> scan_date(Scanner& scan)
{
    const int year = scan.digits(4);
    scan.expect('-');
    const int month = scan.digits(2);
    scan.expect('-');
    const int day = scan.digits(2);
    const std::chrono::year_month_day date{
        std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
        std::chrono::day{static_cast<unsigned>(day)}};
    if (!scan.ok() || !date.ok())
        return std::nullopt;
    return std::chrono::sys_days{date};
}

std::optional<milliseconds> scan_time_of_day(Scanner& scan)
{
    const int hour = scan.digits(2);
    scan.expect(':');
    const int minute = scan.digits(2);
    scan.expect(':');
    const int second = scan.digits(2);
    const auto fraction = scan.take('.') ? scan_fraction(scan) : milliseconds{0};
    if (!scan.ok() || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;
    return hours{hour} + minutes{minute} + seconds{second} + fraction;
}

// Writes `value` as `width` digits and returns the place after them.
char* put(char* to, unsigned value, int width)
{
    for (int digit = width - 1; digit >= 0; --digit)
    {
        to[digit] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
    return to + width;
}

} // namespace

std::optional<Instant> parse_instant(std::string_view text)
{
    Scanner scan{text};
    const auto date = scan_date(scan);
    if (!date)
        return std::nullopt;
    if (scan.at_end())
        return Instant{*date};

    scan.expect('T');
    const auto time = scan_time_of_day(scan);
    if (!time)
        return std::nullopt;
    const auto offset = scan_offset(scan);
    if (!scan.ok() || !scan.at_end())
        return std::nullopt;
    return Instant{*date} + *time - offset;
}

void append(std::string& out, Instant instant)
{
    const auto day = std::chrono::floor<days>(instant);
    const std::chrono::year_month_day date{day};
    auto rest = static_cast<unsigned>((instant - day).count());
    const unsigned fraction = rest % 1000;
    rest /= 1000;

    std::array<char, 24> text{};
    char* to = put(text.data(), static_cast<unsigned>(static_cast<int>(date.year())), 4);
    *to++ = '-';
    to = put(to, static_cast<unsigned>(date.month()), 2);
    *to++ = '-';
    to = put(to, static_cast<unsigned>(date.day()), 2);
    *to++ = 'T';
    to = put(to, rest / 3600, 2);
    *to++ = ':';
    to = put(to, rest / 60 % 60, 2);
    *to++ = ':';
    to = put(to, rest % 60, 2);
    *to++ = '.';
    to = put(to, fraction, 3);
    *to = 'Z';
    out.append(text.data(), text.size());
}

std::string http_date(Instant instant)
{
    static constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<days>(instant);
    const std::chrono::year_month_day date{day};
    const auto rest = std::chrono::floor<seconds>(instant - day).count();

    std::array<char, 40> text{};
    const int length = std::snprintf(
        text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
        weekdays[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
        months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
        static_cast<int>(rest / 3600), static_cast<int>(rest / 60 % 60), static_cast<int>(rest % 60));
    return {text.data(), static_cast<std::size_t>(length)};
}

} // namespace simsync::simulator
