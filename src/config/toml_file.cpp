// The file and its tables; the values are in config_value.cpp.
#include "config/toml_file.hpp"

#include "model/ascii.hpp"
#include "model/escape.hpp"
#include "model/suggestion.hpp"
#include "model/utf8.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <tuple>

namespace simsync
{
namespace
{

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// toml++ counts columns in characters, from 1.
std::size_t offset_of(std::string_view line, toml::source_index column)
{
    std::size_t offset = 0;
    for (toml::source_index character = 1; offset < line.size(); ++offset)
        if (!continues_character(line[offset]) && character++ == column)
            break;
    return offset;
}

} // namespace

std::string in_quotes(std::string_view text)
{
    return '"' + escape(text, quoted_bytes) + '"';
}

bool secretive(std::string_view name)
{
    const auto lower = lower_case(name);
    constexpr std::array<std::string_view, 4> words{"passw", "token", "secret", "credential"};
    return std::ranges::any_of(
        words, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// --- the file

TomlFile::TomlFile(std::filesystem::path file, std::string text, Secrets secrets)
    : file_(std::move(file)),
      text_(std::move(text)),
      secrets_(secrets)
{
    if (text_.starts_with(byte_order_mark)) // toml++ does not count it, and then neither do we
        text_.erase(0, byte_order_mark.size());
    for (std::string_view rest = text_;;)
    {
        const auto end = rest.find('\n');
        lines_.push_back(rest.substr(0, end));
        if (end == std::string_view::npos)
            break;
        rest.remove_prefix(end + 1);
    }
}

toml::table TomlFile::parse() const
{
    try
    {
        return toml::parse(std::string_view{text_});
    }
    catch (const toml::parse_error& error)
    {
        // It quotes what it stumbled over: not in a line that may hold a secret.
        const auto& place = error.source().begin;
        const auto where = line(place.line);
        const bool quotable = !secretive(where) && where.find("url") == std::string_view::npos;
        throw ConfigError({diagnostic_at(
            place,
            "this is no TOML" +
                (quotable ? ": " + escape(error.description(), 2 * quoted_bytes) : std::string{}),
            "text and durations stand in quotes, each key and each [table] stands once (https://toml.io)")});
    }
}

std::string_view TomlFile::line(toml::source_index number) const
{
    return number >= 1 && number <= lines_.size() ? lines_[number - 1] : std::string_view{};
}

std::string_view TomlFile::written(const toml::node& node) const
{
    const auto& source = node.source();
    const auto text = line(source.begin.line);
    const auto begin = offset_of(text, source.begin.column);
    return text.substr(begin, offset_of(text, source.end.column) - begin);
}

toml::source_position
TomlFile::place_within(const toml::node& node, std::string_view text, std::size_t character) const
{
    auto place = node.source().begin;
    const auto first = line(place.line);
    auto rest = first.substr(offset_of(first, place.column));
    const bool of_lines = rest.starts_with("\"\"\"") || rest.starts_with("'''");
    const toml::source_index opening = of_lines ? 3 : 1;
    rest.remove_prefix(std::min<std::size_t>(opening, rest.size()));
    place.column += opening;
    const auto next_line = [&]
    {
        place = {place.line + 1, 1};
        rest = line(place.line);
    };
    if (of_lines && rest.empty()) // a line end right behind the opening is none of the text's
        next_line();
    for (const char c : text)
    {
        const bool begins = !continues_character(c);
        if (begins && --character == 0)
            return place;
        if (c == '\n' && rest.empty())
            next_line();
        else if (!rest.empty() && rest.front() == c && c != '\\')
        {
            rest.remove_prefix(1);
            place.column += begins ? 1 : 0;
        }
        else
            return node.source().begin;
    }
    return place;
}

ConfigDiagnostic
TomlFile::diagnostic_at(const toml::source_position& place, std::string sentence, std::string hint) const
{
    return {
        escape(file_.string(), PATH_MAX) + ':' + std::to_string(place.line) + ':' +
            std::to_string(place.column) + ": " + std::move(sentence),
        std::move(hint)};
}

void TomlFile::refuse(const toml::source_position& place, std::string sentence, std::string hint)
{
    refused_.push_back({place, diagnostic_at(place, std::move(sentence), std::move(hint))});
}

void TomlFile::end()
{
    if (refused_.empty())
        return;
    std::ranges::stable_sort(
        refused_, {},
        [](const Refusal& refusal) {
            return std::tuple{refusal.place.line, refusal.place.column};
        });
    std::vector<ConfigDiagnostic> diagnostics;
    diagnostics.reserve(refused_.size());
    for (auto& refusal : refused_)
        diagnostics.push_back(std::move(refusal.diagnostic));
    throw ConfigError(std::move(diagnostics));
}

// --- a table

Section::Section(const toml::table& table, std::string name, TomlFile& toml_file)
    : table_(&table),
      name_(std::move(name)),
      toml_file_(&toml_file)
{
}

std::string Section::name_of(std::string_view key) const
{
    return (name_.empty() ? "" : name_ + '.') + escape(key, quoted_bytes);
}

std::optional<Value> Section::find(std::string_view key)
{
    if (std::ranges::find(known_, key) == known_.end())
        known_.push_back(key);
    const auto* node = table_->get(key);
    if (!node)
        return std::nullopt;
    return Value{*node, name_of(key), *toml_file_};
}

std::optional<Value> Section::require(std::string_view key, std::string hint)
{
    auto value = find(key);
    if (!value)
        refuse(key, name_of(key) + " is missing", std::move(hint));
    return value;
}

bool Section::read_required(std::string_view key, std::string& text, std::string hint)
{
    const auto value = require(key, hint);
    if (!value || !value->read(text))
        return false;
    if (text.empty())
        value->refuse(value->name() + " is empty", std::move(hint));
    return !text.empty();
}

void Section::refuse(std::string_view key, std::string sentence, std::string hint) const
{
    const auto* node = table_->get(key);
    toml_file_->refuse((node ? *node : *table_).source().begin, std::move(sentence), std::move(hint));
}

std::string Section::hint_at_unknown(std::string_view key) const
{
    if (secretive(key) && !nearest(key, known_))
        return "no secret belongs in this file: a password goes into a file of its own, mode 0600, that "
               "password_file names";
    return hint_at(key, known_);
}

void Section::refuse_unknown_keys() const
{
    for (const auto& [key, node] : *table_)
        if (std::ranges::find(known_, key.str()) == known_.end())
            toml_file_->refuse(
                key.source().begin,
                (node.is_table() ? "unknown table " : "unknown key ") + name_of(key.str()),
                hint_at_unknown(key.str()));
}

} // namespace simsync
