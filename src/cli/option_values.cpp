#include "cli/option_values.hpp"

#include "cli/exit_code.hpp"
#include "config/duration.hpp"
#include "model/date.hpp"
#include "model/match_parser.hpp"
#include "model/suggestion.hpp"
#include "postgres/url_fault.hpp"
#include "simsync/model/event.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace simsync::cli
{
namespace
{

constexpr std::array<std::string_view, 5> log_levels{"trace", "debug", "info", "warn", "error"};

} // namespace

std::int64_t whole_number(const std::string& option, const std::string& text, std::int64_t least)
{
    std::int64_t number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < least)
        throw UsageError(
            option + " takes a whole number from " + std::to_string(least) + " to " +
                std::to_string(std::numeric_limits<std::int64_t>::max()) + ", not \"" + text + '"',
            "write it in digits: " + option + ' ' + std::to_string(std::max<std::int64_t>(least, 100)));
    return number;
}

void require_database_url(const std::string& url)
{
    if (const auto fault = fault_in_database_url(url))
        throw UsageError(
            "--database " + fault->what,
            fault->holds_a_secret
                ? "PGPASSFILE names a file with passwords, as for psql; without it that is ~/.pgpass"
                : fault->hint);
}

void require_log_level(const std::string& level)
{
    if (std::ranges::find(log_levels, level) == log_levels.end())
        throw UsageError("--log-level knows no \"" + level + '"', hint_at(level, log_levels));
}

std::vector<std::string> kinds_like(const std::vector<std::string>& patterns)
{
    std::vector<std::string_view> names;
    for (const auto kind : all_kinds())
        names.push_back(to_text(kind));
    std::vector<std::string> kinds;
    for (const auto& pattern : patterns)
    {
        const auto found = names_like(pattern, names);
        if (found.empty())
        {
            const auto meant = nearest(pattern, names);
            throw UsageError(
                "\"" + pattern + "\" is no kind of event",
                meant ? "did you mean \"" + std::string(*meant) + "\"?"
                      : "simsync events --help lists the kinds, for example balance.low or tariff.*");
        }
        for (const auto kind : found)
            if (std::ranges::find(kinds, kind) == kinds.end())
                kinds.emplace_back(kind);
    }
    return kinds;
}

std::string match_of_cause(const std::string& cause)
{
    auto match = "cause = " + match_value(cause);
    const auto parsed = parse_match(match);
    if (const auto* const fault = std::get_if<MatchFault>(&parsed))
        throw UsageError("--cause: " + fault->what, fault->hint);
    return match;
}

void require_match(const std::string& match)
{
    const auto parsed = parse_match(match);
    if (const auto* const fault = std::get_if<MatchFault>(&parsed))
        throw UsageError("--match, character " + std::to_string(fault->at) + ": " + fault->what, fault->hint);
}

Timestamp point_in_time(const std::string& option, const std::string& text, Timestamp now)
{
    if (const auto time = parse_date(text))
        return *time;
    if (const auto ago = parse_duration(text))
        return now - *ago;
    if (const auto date = read_date(text); date && date->at) // "2026-11-29 08:00", as `history` shows it
        return *date->at;
    throw UsageError(
        option + " is neither a time nor a duration: \"" + text + '"',
        "for example " + option + " 2026-11-29T08:00:00Z, or " + option + " 2h for two hours ago");
}

void require_one(
    const GivenOption& option, std::initializer_list<GivenOption> others, const std::string& hint)
{
    for (const auto& other : others)
        if (option.given && other.given)
            throw UsageError(std::string(option.name) + " and " + other.name + " exclude each other", hint);
}

void require_verb(
    const std::string& command, const std::string& verb, std::span<const std::string_view> verbs)
{
    if (std::ranges::find(verbs, verb) == verbs.end())
        throw UsageError(command + " cannot \"" + verb + '"', hint_at(verb, verbs));
}

} // namespace simsync::cli
