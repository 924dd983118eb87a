// What a server says of the time: a date that stands in the header, and a silence within its bounds.
#include "fuzz/property.hpp"
#include "fuzz/targets.hpp"
#include "io/http_dates.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <string>

namespace simsync::fuzz
{
namespace
{

using namespace std::chrono;
using namespace std::chrono_literals;

// 1994-11-06T08:49:37Z, the RFC's own example.
constexpr sys_seconds rfc_example{784111777s};

std::string fixdate(sys_seconds instant)
{
    constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto date = floor<days>(instant);
    const year_month_day ymd{date};
    const hh_mm_ss clock{instant - date};
    std::array<char, 64> text{};
    std::snprintf(
        text.data(), text.size(), "Sun, %02u %s %04d %02ld:%02ld:%02ld GMT", static_cast<unsigned>(ymd.day()),
        months[static_cast<unsigned>(ymd.month()) - 1], static_cast<int>(ymd.year()), clock.hours().count(),
        clock.minutes().count(), clock.seconds().count());
    return text.data();
}

// Does this number stand in the text, whatever zeros before it?
bool has_number(std::string_view text, unsigned number)
{
    constexpr std::string_view digits = "0123456789";
    while (!text.empty())
    {
        text.remove_prefix(std::min(text.find_first_of(digits), text.size()));
        auto run = text.substr(0, text.find_first_not_of(digits));
        text.remove_prefix(run.size());
        run.remove_prefix(std::min(run.find_first_not_of('0'), run.size()));
        if (run == std::to_string(number))
            return true;
    }
    return false;
}

void reads_a_date(std::string_view header, sys_seconds instant)
{
    const auto text = fixdate(instant);
    require(parse_http_date(text) == instant, "a date written as RFC 9110 has it reads as the same", text);
    const bool leap_second =
        header.find(":60") != std::string_view::npos; // moves to the next day at midnight
    require(
        leap_second || has_number(header, unsigned{year_month_day{floor<days>(instant)}.day()}),
        "a date is of the day that the header names", text);
}

} // namespace

void http_headers(std::string_view bytes)
{
    const auto date = parse_http_date(bytes);
    if (date)
        reads_a_date(bytes, *date);
    for (const auto now : {rfc_example, date.value_or(rfc_example) - 1min, sys_seconds{}})
        if (const auto silence = parse_retry_after(bytes, now))
            require(
                *silence > 0ms && *silence <= 5min,
                "a silence is longer than nothing, and five minutes at most",
                std::to_string(silence->count()));
}

} // namespace simsync::fuzz
