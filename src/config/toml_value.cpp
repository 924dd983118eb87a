// Typed values out of TOML: the one place that says what was expected and what is there.
#include "config/toml_file.hpp"

#include "config/duration.hpp"
#include "model/escape.hpp"
#include "model/suggestion.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <sstream>

namespace simsync
{
namespace
{

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string_view kind(const toml::node& node)
{
    switch (node.type())
    {
    case toml::node_type::table:
        return "a table";
    case toml::node_type::array:
        return "a list";
    case toml::node_type::string:
        return "a string";
    case toml::node_type::integer:
        return "an integer";
    case toml::node_type::floating_point:
        return "a float";
    case toml::node_type::boolean:
        return "a boolean";
    default:
        return "a date or time";
    }
}

std::string text_of(bool flag)
{
    return flag ? "true" : "false";
}

std::string text_of(std::integral auto number)
{
    return std::to_string(number);
}

std::string text_of(double number) // one of ours: 0.05, 1000000
{
    std::array<char, 32> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed).ptr;
    return {buffer.data(), end};
}

std::string text_of(milliseconds duration)
{
    return duration_text(duration);
}

template<class T>
std::string text_of(const Range<T>& range)
{
    return "from " + text_of(range.least) + " to " + text_of(range.most);
}

template<class T>
bool within(const T& value, const Range<T>& range) // not for NaN, which compares with nothing
{
    return value >= range.least && value <= range.most;
}

std::string example(const auto& value)
{
    return "for example " + text_of(value);
}

std::string example_of(milliseconds duration)
{
    return "for example " + in_quotes(duration_text(duration));
}

} // namespace

Value::Value(const toml::node& node, std::string name, TomlFile& toml_file)
    : node_(&node),
      name_(std::move(name)),
      toml_file_(&toml_file)
{
}

bool Value::secret() const
{
    return name_ == "database.url" || secretive(name_);
}

std::string Value::shown() const
{
    if (const auto* text = node_->as_string(); text && !secret())
        return in_quotes(text->get());
    if (!node_->is_number() && !node_->is_boolean())
        return std::string{kind(*node_)};
    return secret() ? std::string{kind(*node_)} : escape(toml_file_->written(*node_), quoted_bytes);
}

void Value::refuse_within(
    std::string_view text, std::size_t character, std::string sentence, std::string hint) const
{
    toml_file_->refuse(
        toml_file_->place_within(*node_, text, character), std::move(sentence), std::move(hint));
}

void Value::refuse(std::string sentence, std::string hint) const
{
    toml_file_->refuse(node_->source().begin, std::move(sentence), std::move(hint));
}

bool Value::refuse_type(std::string_view expected, std::string hint) const
{
    const auto there = shown();
    std::string what{kind(*node_)};
    if (there != what)
        what = "the" + what.substr(what.find(' ')) + ' ' + there;
    refuse(name_ + " must be " + std::string{expected} + ", not " + what, std::move(hint));
    return false;
}

bool Value::refuse_value(std::string_view expected, std::string hint) const
{
    refuse(name_ + " must be " + std::string{expected} + ", not " + shown(), std::move(hint));
    return false;
}

bool Value::read(bool& flag) const
{
    const auto* value = node_->as_boolean();
    if (!value)
        return refuse_type("true or false", "without quotes, " + example(flag));
    flag = value->get();
    return true;
}

bool Value::read(std::string& text) const
{
    const auto* value = node_->as_string();
    if (!value)
        return refuse_type("a string", "text stands in quotes");
    if (!storable(value->get())) // toml++ has refused what is no UTF-8
    {
        refuse(name_ + " holds a NUL character", "take \\u0000 out");
        return false;
    }
    text = value->get();
    return true;
}

bool Value::read(std::string& word, std::span<const std::string_view> words) const
{
    std::string text;
    if (!read(text))
        return false;
    if (std::ranges::find(words, text) == words.end())
    {
        refuse(name_ + " cannot be " + shown(), hint_at(text, words));
        return false;
    }
    word = std::move(text);
    return true;
}

bool Value::read(std::int64_t& number) const
{
    const auto* value = node_->as_integer();
    if (!value)
        return refuse_type("an integer", "without quotes and fraction, " + example(number));
    number = value->get();
    return true;
}

bool Value::read(std::size_t& number, const Range<std::size_t>& range) const
{
    const auto expected = "an integer " + text_of(range);
    const auto* value = node_->as_integer();
    if (!value)
        return refuse_type(expected, "without quotes and fraction, " + example(number));
    if (value->get() < 0 || !within(static_cast<std::size_t>(value->get()), range))
        return refuse_value(expected, example(number));
    number = static_cast<std::size_t>(value->get());
    return true;
}

bool Value::read(double& number, const Range<double>& range) const
{
    const auto expected = "a number " + text_of(range);
    const auto value = node_->value<double>(); // of a float or an integer
    if (!value)
        return refuse_type(expected, "without quotes, " + example(number));
    if (!within(*value, range))
        return refuse_value(expected, example(number));
    number = *value;
    return true;
}

bool Value::read(milliseconds& duration, const Range<milliseconds>& range) const
{
    const auto expected = "a duration " + text_of(range);
    const auto* text = node_->as_string();
    if (!text)
        return refuse_type(expected, "a string of an integer and ms, s, m, h or d, " + example_of(duration));
    const auto value = parse_duration(text->get());
    if (!value || !within(*value, range))
        return refuse_value(expected, "an integer and ms, s, m, h or d, " + example_of(duration));
    duration = *value;
    return true;
}

bool Value::read(seconds& duration, const Range<seconds>& range) const
{
    milliseconds value = duration;
    if (!read(value, {range.least, range.most}))
        return false;
    if (value % seconds{1} != milliseconds{0})
        return refuse_value("whole seconds", example_of(duration));
    duration = std::chrono::duration_cast<seconds>(value);
    return true;
}

bool Value::read(Money& amount) const
{
    const std::string hint = "digits and a decimal point, for example 5.00";
    std::string text;
    if (const auto* string = node_->as_string())
        text = string->get();
    else if (const auto* integer = node_->as_integer())
        text = std::to_string(integer->get()); // it may be written as 0x10
    else if (node_->is_floating_point())
        text = toml_file_->written(*node_);
    else
        return refuse_type("an amount", hint);

    if (!node_->is_string())
        std::erase(text, '_');
    const auto value = Money::parse(text);
    if (!value)
        return refuse_value("an amount", hint);
    amount = *value;
    return true;
}

bool Value::read(Timestamp& time) const
{
    const std::string hint = "RFC 3339, for example \"2023-07-16T11:58:20Z\"";
    std::ostringstream text;
    if (const auto* string = node_->as_string())
        text << string->get();
    else if (const auto* moment = node_->as_date_time())
        text << moment->get();
    else if (const auto* day = node_->as_date())
        text << day->get();
    else
        return refuse_type("a date", hint);

    const auto value = parse_date(text.str());
    if (!value)
        return refuse_value("a date", hint);
    time = *value;
    return true;
}

std::optional<std::vector<Value>> Value::items() const
{
    const auto* array = node_->as_array();
    if (!array)
    {
        refuse_type("a list", "square brackets hold a list, also one of a single item: [ … ]");
        return std::nullopt;
    }
    std::vector<Value> values;
    for (const auto& item : *array)
        values.emplace_back(item, name_, *toml_file_);
    return values;
}

std::optional<Section> Value::section() const
{
    const auto* table = node_->as_table();
    if (!table)
    {
        refuse_type(
            "a table", "its keys stand below a line with its name in brackets, or in { key = value, … }");
        return std::nullopt;
    }
    return Section{*table, name_, *toml_file_};
}

} // namespace simsync
