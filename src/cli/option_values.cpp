#include "cli/option_values.hpp"

#include "cli/exit_code.hpp"
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

void require_kinds(const std::vector<std::string>& kinds)
{
    std::vector<std::string_view> names;
    for (const auto kind : all_kinds())
        names.push_back(to_text(kind));
    for (const auto& kind : kinds)
        if (!kind_named(kind))
        {
            const auto meant = nearest(kind, names);
            throw UsageError(
                "\"" + kind + "\" is no kind of event",
                meant ? "did you mean \"" + std::string(*meant) + "\"?"
                      : "simsync events --help lists the kinds, for example balance.low");
        }
}

void require_verb(
    const std::string& command, const std::string& verb, std::span<const std::string_view> verbs)
{
    if (std::ranges::find(verbs, verb) == verbs.end())
        throw UsageError(command + " cannot \"" + verb + '"', hint_at(verb, verbs));
}

} // namespace simsync::cli
