#include "daemon/console/parameters.hpp"

#include "daemon/percent_escapes.hpp"
#include "model/escape.hpp"
#include "model/suggestion.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace simsync
{
namespace
{

constexpr unsigned bad_request = 400;

// As forms and URLSearchParams write it.
std::string decoded(std::string_view text)
{
    std::string blanks(text);
    std::ranges::replace(blanks, '+', ' ');
    return percent_decoded(blanks);
}

std::string quoted(std::string_view text)
{
    return '"' + escape(text) + '"';
}

} // namespace

Parameters::Parameters(std::string_view query, std::initializer_list<std::string_view> known)
{
    while (!query.empty())
    {
        const auto end = query.find('&');
        if (const auto pair = query.substr(0, end); !pair.empty())
            read_pair(pair, known);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    }
}

void Parameters::read_pair(std::string_view pair, std::span<const std::string_view> known)
{
    const auto equals = pair.find('=');
    const auto name = decoded(pair.substr(0, equals));
    auto value = equals == std::string_view::npos ? std::string{} : decoded(pair.substr(equals + 1));
    if (std::ranges::find(known, name) == known.end())
        return note(
            {bad_request, "there is no parameter " + quoted(name) + " here", "",
             known.empty() ? "this path takes no parameters" : hint_at(name, known)});
    if (!storable(value))
        return note({bad_request, name + " is no text", "", "send UTF-8, percent-encoded"});
    if (!values_.emplace(name, std::move(value)).second)
        note({bad_request, name + " stands twice", "", "several values of a list stand between commas"});
}

void Parameters::note(Problem problem)
{
    if (!fault_)
        fault_ = std::move(problem);
}

void Parameters::refuse(std::string_view name, std::string_view value, std::string hint)
{
    note({bad_request, std::string(name) + " cannot be " + quoted(value), "", std::move(hint)});
}

std::optional<std::string> Parameters::text(std::string_view name) const
{
    const auto found = values_.find(name);
    if (found == values_.end() || found->second.empty())
        return std::nullopt;
    return found->second;
}

std::optional<std::string> Parameters::present(std::string_view name) const
{
    const auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> Parameters::one_of(std::string_view name, std::span<const std::string_view> values)
{
    auto value = text(name);
    if (!value || std::ranges::find(values, *value) != values.end())
        return value;
    refuse(name, *value, hint_at(*value, values));
    return std::nullopt;
}

std::optional<std::size_t> Parameters::number(std::string_view name, std::size_t least, std::size_t most)
{
    const auto value = text(name);
    if (!value)
        return std::nullopt;
    std::size_t number = 0;
    const auto* const end = value->data() + value->size();
    const auto [read_to, error] = std::from_chars(value->data(), end, number);
    if (error == std::errc{} && read_to == end && number >= least && number <= most)
        return number;
    refuse(name, *value, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
}

std::optional<Timestamp> Parameters::time(std::string_view name)
{
    const auto value = text(name);
    if (!value)
        return std::nullopt;
    const auto time = time_of_events(*value);
    if (!time)
        refuse(
            name, *value,
            "RFC 3339 from 1900 to 9000, as 2026-11-29T11:00:00Z; where it has an offset, + is written %2B");
    return time;
}

std::optional<Timestamp> time_of_events(std::string_view text)
{
    using namespace std::chrono;
    constexpr auto earliest = sys_days{1900y / January / 1};
    constexpr auto latest = sys_days{9000y / January / 1};
    const auto time = parse_date(text);
    return time && *time >= earliest && *time < latest ? time : std::nullopt;
}

std::vector<std::string> Parameters::list(std::string_view name) const
{
    std::vector<std::string> parts;
    const auto value = text(name).value_or("");
    for (std::size_t begin = 0; begin < value.size();)
    {
        const auto end = std::min(value.find(',', begin), value.size());
        if (end > begin)
            parts.push_back(value.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

} // namespace simsync
