// Retry-After and HTTP dates.
#include "io/http_dates.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace simsync
{
namespace
{

using namespace std::chrono;
using namespace std::string_view_literals;

constexpr seconds longest_silence = 5min;
constexpr seconds absurd = 24h;

constexpr std::array months{"Jan"sv, "Feb"sv, "Mar"sv, "Apr"sv, "May"sv, "Jun"sv,
                            "Jul"sv, "Aug"sv, "Sep"sv, "Oct"sv, "Nov"sv, "Dec"sv};

std::optional<int> number(std::string_view text) // digits alone
{
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.front() == '-')
        return std::nullopt;
    return value;
}

// The words between spaces, dashes and commas: "Sun", "06", "Nov", "1994", "08:49:37", "GMT".
std::array<std::string_view, 6> words(std::string_view text)
{
    constexpr std::string_view separators = " -,";
    std::array<std::string_view, 6> found{};
    for (auto& word : found)
    {
        text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
        word = text.substr(0, text.find_first_of(separators));
        text.remove_prefix(word.size());
    }
    return found;
}

std::optional<seconds> time_of_day(std::string_view text)
{
    if (text.size() != 8 || text[2] != ':' || text[5] != ':')
        return std::nullopt;
    const auto h = number(text.substr(0, 2));
    const auto m = number(text.substr(3, 2));
    const auto s = number(text.substr(6, 2));
    if (!h || !m || !s || *h > 23 || *m > 59 || *s > 60)
        return std::nullopt;
    return hours{*h} + minutes{*m} + seconds{*s};
}

std::optional<sys_days>
day_of(std::string_view day_text, std::string_view month_text, std::string_view year_text)
{
    const auto d = number(day_text);
    auto y = number(year_text);
    const auto* const m = std::ranges::find(months, month_text);
    if (!d || *d > 31 || !y || m == months.end()) // `day` holds a byte: it would take 257 for 1
        return std::nullopt;
    // RFC 850's two digits: no server of ours is older than the service.
    if (year_text.size() == 2)
        *y += 2000;
    const year_month_day date{
        year{*y}, month{static_cast<unsigned>(m - months.begin()) + 1}, day{static_cast<unsigned>(*d)}};
    if (!date.ok() || *y < 1970 || *y > 9999)
        return std::nullopt;
    return sys_days{date};
}

} // namespace

std::optional<sys_seconds> parse_http_date(std::string_view text)
{
    // "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994".
    const auto word = words(text);
    const bool asctime = word[3].find(':') != std::string_view::npos;
    const auto date = asctime ? day_of(word[2], word[1], word[4]) : day_of(word[1], word[2], word[3]);
    const auto time = time_of_day(asctime ? word[3] : word[4]);
    if (!date || !time || (!asctime && word[5] != "GMT" && word[5] != "UTC"))
        return std::nullopt;
    return *date + *time;
}

std::optional<milliseconds> parse_retry_after(std::string_view text, sys_seconds now)
{
    seconds silence{0};
    if (const auto given = number(text))
        silence = seconds{*given};
    else if (const auto until = parse_http_date(text))
        silence = *until - now;
    if (silence <= 0s || silence > absurd)
        return std::nullopt;
    return std::min(silence, longest_silence);
}

} // namespace simsync
