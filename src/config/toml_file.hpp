// A TOML file read key by key: typed values, each with its name and its place, and every mistake at once.
#pragma once

#include "config/config.hpp"
#include "simsync/model/money.hpp"
#include "simsync/model/time.hpp"

#include <toml++/toml.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

// Both ends belong to it.
template<class T>
struct Range
{
    T least;
    T most;
};

// As much of the file's own text as a mistake quotes at a time.
inline constexpr std::size_t quoted_bytes = 60;
std::string in_quotes(std::string_view text); // escaped

// Is this a name whose value may be a secret, even where none belongs?
bool secretive(std::string_view name);

// One file: its text, and what was found wrong in it so far.
class TomlFile
{
public:
    // `file` as the operator wrote it: that is how a mistake names its place.
    TomlFile(std::filesystem::path file, std::string text, Secrets secrets);
    TomlFile(const TomlFile&) = delete;
    TomlFile& operator=(const TomlFile&) = delete;

    // Throws ConfigError where the text is no TOML.
    toml::table parse() const;

    // A value of one line as it stands in the file: a float loses digits on its way into a double.
    std::string_view written(const toml::node& node) const;

    void refuse(const toml::source_position& place, std::string sentence, std::string hint);

    // Where a character of a text value stands, counted from 1. Where an escape keeps the text from standing
    // in the file as it is, the value's own place.
    toml::source_position
    place_within(const toml::node& node, std::string_view text, std::size_t character) const;

    bool tries_secrets() const noexcept { return secrets_ == Secrets::tried; }

    // Throws what was refused, in the order of the file; returns where that is nothing.
    void end();

private:
    struct Refusal
    {
        toml::source_position place;
        ConfigDiagnostic diagnostic;
    };

    std::string_view line(toml::source_index number) const; // without its end
    ConfigDiagnostic
    diagnostic_at(const toml::source_position& place, std::string sentence, std::string hint) const;

    std::filesystem::path file_;
    std::string text_;
    Secrets secrets_;
    std::vector<std::string_view> lines_; // of text_
    std::vector<Refusal> refused_;
};

class Section;

// A value that stands in the file.
class Value
{
public:
    // `name`: "account.page_size"
    Value(const toml::node& node, std::string name, TomlFile& toml_file);

    // Each takes the value and is true. Where it has the wrong type or is out of range, the mistake is noted
    // and the target stays as it is; what the target had before is the hint's example.
    bool read(bool& flag) const;
    bool read(std::string& text) const;
    bool read(std::string& word, std::span<const std::string_view> words) const;
    bool read(std::int64_t& number) const;
    bool read(std::size_t& number, const Range<std::size_t>& range) const;
    bool read(double& number, const Range<double>& range) const;
    bool read(std::chrono::milliseconds& duration, const Range<std::chrono::milliseconds>& range) const;
    bool read(std::chrono::seconds& duration, const Range<std::chrono::seconds>& range) const;
    bool read(Money& amount) const;   // a number or a string, exact
    bool read(Timestamp& time) const; // a TOML date or a string

    // Empty where it is none, which is noted.
    std::optional<std::vector<Value>> items() const;
    std::optional<Section> section() const;

    const toml::node& node() const noexcept { return *node_; }
    const std::string& name() const noexcept { return name_; }

    void refuse(std::string sentence, std::string hint) const;
    // At a character of this text, which is the value's; counted from 1.
    void
    refuse_within(std::string_view text, std::size_t character, std::string sentence, std::string hint) const;
    // "NAME must be EXPECTED, not …", where the type is wrong (the kind is named too) or the value.
    bool refuse_type(std::string_view expected, std::string hint) const;
    bool refuse_value(std::string_view expected, std::string hint) const;

private:
    bool secret() const;
    std::string shown() const;

    const toml::node* node_;
    std::string name_;
    TomlFile* toml_file_;
};

// A table of the file. What was not asked for until `refuse_unknown_keys` is unknown.
class Section
{
public:
    // `name`: "account"; empty for the file itself.
    Section(const toml::table& table, std::string name, TomlFile& toml_file);

    std::optional<Value> find(std::string_view key);

    // True where the key is there and right; an absent one leaves the target as it is.
    template<class T, class... Limits>
    bool read(std::string_view key, T& target, const Limits&... limits)
    {
        const auto value = find(key);
        return value && value->read(target, limits...);
    }

    // A mistake where the key is missing, at the table's place.
    std::optional<Value> require(std::string_view key, std::string hint);
    // The same for text, which must not be empty either.
    bool read_required(std::string_view key, std::string& text, std::string hint);

    // At the key's value.
    void refuse(std::string_view key, std::string sentence, std::string hint) const;
    void refuse_unknown_keys() const;

    toml::source_index line() const { return table_->source().begin.line; }
    bool tries_secrets() const noexcept { return toml_file_->tries_secrets(); }

    std::string name_of(std::string_view key) const; // "account.page_size"

private:
    std::string hint_at_unknown(std::string_view key) const;

    const toml::table* table_;
    std::string name_;
    TomlFile* toml_file_;
    std::vector<std::string_view> known_;
};

} // namespace simsync
