// The API's dates and our own text of them.
#include "simsync/model/time.hpp"

#include <cstddef>

namespace simsync
{
namespace
{

using namespace std::chrono;

// Reads a text from the left; every reading either succeeds and moves on, or fails and leaves `ok` false for
// good.
class Scanner
{
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool ok() const { return ok_; }
    bool at_end() const { return rest_.empty(); }

    bool skip_any(std::string_view of)
    {
        if (rest_.empty() || of.find(rest_.front()) == std::string_view::npos)
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    void expect_any(std::string_view of)
    {
        if (!skip_any(of))
            ok_ = false;
    }

    int digits(std::size_t count)
    {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i)
            value = value * 10 + digit();
        return value;
    }

    // One to nine digits after the point, as microseconds; what is finer is cut.
    microseconds fraction()
    {
        int value = 0;
        int count = 0;
        for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++count)
        {
            const int read = digit();
            if (count < 6)
                value = value * 10 + read;
        }
        if (count < 1 || count > 9)
            ok_ = false;
        for (int i = count; i < 6; ++i)
            value *= 10;
        return microseconds{value};
    }

    char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

private:
    int digit()
    {
        if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9')
        {
            ok_ = false;
            return 0;
        }
        const int value = rest_.front() - '0';
        rest_.remove_prefix(1);
        return value;
    }

    std::string_view rest_;
    bool ok_ = true;
};

std::optional<sys_days> read_day(Scanner& scanner)
{
    const int y = scanner.digits(4);
    scanner.expect_any("-");
    const int m = scanner.digits(2);
    scanner.expect_any("-");
    const int d = scanner.digits(2);
    const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
    if (!scanner.ok() || y < 1 || !date.ok())
        return std::nullopt;
    return sys_days{date};
}

std::optional<microseconds> read_time_of_day(Scanner& scanner)
{
    const int h = scanner.digits(2);
    scanner.expect_any(":");
    const int m = scanner.digits(2);
    scanner.expect_any(":");
    const int s = scanner.digits(2);
    const auto fraction = scanner.skip_any(".,") ? scanner.fraction() : microseconds{0};
    // RFC 3339 allows the leap second 60: it becomes the second after, as in PostgreSQL.
    if (!scanner.ok() || h > 23 || m > 59 || s > 60)
        return std::nullopt;
    return hours{h} + minutes{m} + seconds{s} + fraction;
}

// "Z", "+02:00", "+0200", or nothing, which the API means as UTC.
std::optional<minutes> read_zone(Scanner& scanner)
{
    if (scanner.at_end() || scanner.skip_any("Zz"))
        return minutes{0};
    const bool west = scanner.peek() == '-';
    scanner.expect_any("+-");
    const int h = scanner.digits(2);
    scanner.skip_any(":");
    const int m = scanner.digits(2);
    if (!scanner.ok() || h > 23 || m > 59)
        return std::nullopt;
    const minutes offset = hours{h} + minutes{m};
    return west ? -offset : offset;
}

// The last `count` digits of a number that is not negative.
void write_digits(std::string& text, std::size_t at, std::size_t count, int number)
{
    for (std::size_t i = at + count; i > at; --i, number /= 10)
        text[i - 1] = static_cast<char>('0' + number % 10);
}

constexpr Timestamp first_instant{sys_days{year{1} / 1 / 1}.time_since_epoch()};
constexpr Timestamp past_the_last{sys_days{year{10000} / 1 / 1}.time_since_epoch()};

} // namespace

std::optional<Timestamp> parse_date(std::string_view text)
{
    Scanner scanner{text};
    const auto date = read_day(scanner);
    if (!date)
        return std::nullopt;
    if (scanner.at_end())
        return Timestamp{*date};

    scanner.expect_any("Tt ");
    const auto time_of_day = read_time_of_day(scanner);
    if (!time_of_day)
        return std::nullopt;
    const auto zone = read_zone(scanner);
    if (!zone || !scanner.ok() || !scanner.at_end())
        return std::nullopt;

    const Timestamp instant = Timestamp{*date} + *time_of_day - *zone;
    if (instant < first_instant || instant >= past_the_last)
        return std::nullopt; // the zone carried it out of what RFC 3339 can write
    return instant;
}

std::string to_text(Timestamp time)
{
    const auto date = floor<days>(time);
    const year_month_day ymd{date};
    const hh_mm_ss clock{time - date};
    std::string text = "0000-00-00T00:00:00.000000";
    write_digits(text, 0, 4, static_cast<int>(ymd.year()));
    write_digits(text, 5, 2, static_cast<int>(static_cast<unsigned>(ymd.month())));
    write_digits(text, 8, 2, static_cast<int>(static_cast<unsigned>(ymd.day())));
    write_digits(text, 11, 2, static_cast<int>(clock.hours().count()));
    write_digits(text, 14, 2, static_cast<int>(clock.minutes().count()));
    write_digits(text, 17, 2, static_cast<int>(clock.seconds().count()));
    write_digits(text, 20, 6, static_cast<int>(clock.subseconds().count()));
    while (text.back() == '0')
        text.pop_back();
    if (text.back() == '.')
        text.pop_back();
    return text += 'Z';
}

} // namespace simsync
