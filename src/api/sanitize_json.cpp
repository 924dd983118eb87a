// Marks the values that stop a JSON parser, so that it reads all others.
#include "api/sanitize_json.hpp"

#include "model/escape.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace simsync
{
namespace
{

constexpr std::size_t escape_length = 6; // \uXXXX
// A text may grow where many short values are marked. One that grows by more is none that a slip has spoiled.
constexpr std::size_t most_growth = 1024 * 1024;

bool is_control(char c)
{
    return static_cast<unsigned char>(c) < 0x20;
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// The code unit of the \uXXXX at the front; empty where none stands there.
std::optional<unsigned> code_unit(std::string_view text)
{
    if (text.size() < escape_length || !text.starts_with("\\u"))
        return std::nullopt;
    unsigned unit = 0;
    const auto* last = text.data() + escape_length;
    const auto [end, error] = std::from_chars(text.data() + 2, last, unit, 16);
    if (error != std::errc{} || end != last)
        return std::nullopt;
    return unit;
}

bool is_leading(unsigned unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

bool is_trailing(unsigned unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

// The length of the escape at the front; 0 where it is none that JSON has, half a pair among them.
std::size_t length_of_escape(std::string_view text)
{
    if (text.size() > 1 && std::string_view{"\"\\/bfnrt"}.find(text[1]) != std::string_view::npos)
        return 2;
    const auto unit = code_unit(text);
    if (!unit || is_trailing(*unit))
        return 0;
    if (!is_leading(*unit))
        return escape_length;
    const auto next = code_unit(text.substr(escape_length));
    return next && is_trailing(*next) ? 2 * escape_length : 0;
}

// What stands between quotation marks, as a parser takes it; whether it is UTF-8 is not asked.
bool is_sound(std::string_view content)
{
    while (!content.empty())
    {
        if (is_control(content.front()) || content.front() == '"')
            return false;
        const auto length = content.front() == '\\' ? length_of_escape(content) : 1;
        if (length == 0)
            return false;
        content.remove_prefix(length);
    }
    return true;
}

std::size_t count_digits(std::string_view& text)
{
    const auto count = static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
    text.remove_prefix(count);
    return count;
}

bool is_number(std::string_view text)
{
    constexpr std::size_t most_digits_of_exponent = 4; // with more the parser gives up
    if (text.starts_with('-'))
        text.remove_prefix(1);
    const bool leads_with_zero = text.starts_with('0');
    const auto whole = count_digits(text);
    if (whole == 0 || (leads_with_zero && whole > 1))
        return false;
    if (text.starts_with('.'))
    {
        text.remove_prefix(1);
        if (count_digits(text) == 0)
            return false;
    }
    if (!text.starts_with('e') && !text.starts_with('E'))
        return text.empty();
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-'))
        text.remove_prefix(1);
    const auto exponent = count_digits(text);
    return exponent > 0 && exponent <= most_digits_of_exponent && text.empty();
}

bool is_literal(std::string_view text)
{
    return text == "true" || text == "false" || text == "null" || is_number(text);
}

// Goes through the text from value to value and writes it anew.
class JsonSanitizer
{
public:
    JsonSanitizer(std::string_view json, std::size_t deepest)
        : rest_(json),
          deepest_(deepest),
          limit_(json.size() + most_growth)
    {
        sanitized_.reserve(json.size());
    }

    std::optional<std::string> sanitize()
    {
        while (step())
            if (sanitized_.size() > limit_)
                return std::nullopt;
        return done_ ? std::optional(std::move(sanitized_)) : std::nullopt;
    }

private:
    enum class Awaited
    {
        value,
        key,
        colon,
        separator, // a comma or what closes
    };

    // False at the end, or where nothing more can be made of it.
    bool step()
    {
        skip_blanks();
        if (rest_.empty())
        {
            done_ = awaited_ == Awaited::separator && open_.empty();
            return false;
        }
        switch (awaited_)
        {
        case Awaited::value:
            return take_value();
        case Awaited::key:
            return take_key();
        case Awaited::colon:
            return take(':', Awaited::value);
        case Awaited::separator:
            return take_separator();
        }
        return false;
    }

    bool in_list() const { return !open_.empty() && open_.back() == '['; }

    // Between values no control character means anything, nor do a byte order mark and a no-break space.
    void skip_blanks()
    {
        constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
        constexpr std::string_view no_break_space = "\xC2\xA0";
        for (;;)
        {
            if (!rest_.empty() && (is_control(rest_.front()) || rest_.front() == ' '))
                rest_.remove_prefix(1);
            else if (rest_.starts_with(byte_order_mark))
                rest_.remove_prefix(byte_order_mark.size());
            else if (rest_.starts_with(no_break_space))
                rest_.remove_prefix(no_break_space.size());
            else
                return;
        }
    }

    bool take(char mark, Awaited next)
    {
        if (rest_.front() != mark)
            return false;
        sanitized_ += mark;
        rest_.remove_prefix(1);
        awaited_ = next;
        return true;
    }

    void write_comma_that_waits()
    {
        if (std::exchange(comma_waits_, false))
            sanitized_ += ',';
    }

    bool skip_comma()
    {
        rest_.remove_prefix(1);
        return true;
    }

    bool take_value()
    {
        switch (rest_.front())
        {
        case '{':
            return open('{', Awaited::key);
        case '[':
            return open('[', Awaited::value);
        case '"':
            return take_text();
        case ']':
            return in_list() && close();
        case ',':
            return in_list() ? skip_comma() : miss_value();
        case '}':
            return !in_list() && miss_value();
        default:
            return take_word();
        }
    }

    bool open(char bracket, Awaited next)
    {
        write_comma_that_waits();
        open_ += bracket;
        return open_.size() <= deepest_ && take(bracket, next);
    }

    bool close()
    {
        comma_waits_ = false;
        const char bracket = in_list() ? ']' : '}';
        open_.pop_back();
        return take(bracket, Awaited::separator);
    }

    bool take_key()
    {
        if (rest_.front() == ',')
            return skip_comma();
        if (rest_.front() == '}')
            return close();
        const auto content = text_before(":");
        if (!content)
            return false;
        write_comma_that_waits();
        write_text(*content);
        awaited_ = Awaited::colon;
        return true;
    }

    bool take_separator()
    {
        if (open_.empty())
            return false;
        if (rest_.front() == ',')
        {
            comma_waits_ = true;
            awaited_ = in_list() ? Awaited::value : Awaited::key;
            return skip_comma();
        }
        return rest_.front() == (in_list() ? ']' : '}') && close();
    }

    bool take_text()
    {
        const auto content = text_before(",}]");
        if (!content)
            return false;
        write_comma_that_waits();
        write_text(*content);
        awaited_ = Awaited::separator;
        return true;
    }

    // The content of the text at the front, which ends where one of these follows. Empty where it does not
    // end.
    std::optional<std::string_view> text_before(std::string_view followers)
    {
        if (rest_.front() != '"')
            return std::nullopt;
        for (std::size_t at = 1; at < rest_.size(); ++at)
            if (rest_[at] == '\\')
                ++at;
            else if (rest_[at] == '"')
            {
                const auto mark = follower(rest_.substr(at + 1));
                if (followers.find(mark) != std::string_view::npos)
                {
                    const auto content = rest_.substr(1, at - 1);
                    rest_.remove_prefix(at + 1);
                    return content;
                }
                if (mark == ':' || followers == ":")
                    return std::nullopt; // this one did not end, and what follows is another member's
            }
        return std::nullopt;
    }

    static char follower(std::string_view text)
    {
        const auto next = text.find_first_not_of(" \t\r\n");
        return next == std::string_view::npos ? '\0' : text[next];
    }

    void write_text(std::string_view content)
    {
        if (!is_sound(content))
            return write_unreadable('"' + std::string{content.substr(0, quotable_bytes)} + '"');
        sanitized_ += '"';
        sanitized_ += content;
        sanitized_ += '"';
    }

    // A number, a word, or what somebody took for one.
    bool take_word()
    {
        const auto end = std::min(rest_.find_first_of(",}]"), rest_.size());
        auto word = rest_.substr(0, end);
        if (word.find_first_of("\"{[:") != std::string_view::npos)
            return false;
        while (!word.empty() && (is_control(word.back()) || word.back() == ' '))
            word.remove_suffix(1);
        rest_.remove_prefix(end);
        write_comma_that_waits();
        if (is_literal(word))
            sanitized_ += word;
        else
            write_unreadable(word);
        awaited_ = Awaited::separator;
        return true;
    }

    bool miss_value()
    {
        if (open_.empty())
            return false;
        write_unreadable({});
        awaited_ = Awaited::separator;
        return true;
    }

    void write_unreadable(std::string_view as_written)
    {
        constexpr std::string_view digits = "0123456789ABCDEF";
        sanitized_ += '"';
        sanitized_ += unreadable_mark;
        for (const char c : as_written.substr(0, quotable_bytes))
            if (is_control(c))
                sanitized_.append("\\u00").append(
                    {digits[static_cast<unsigned char>(c) >> 4], digits[c & 0x0F]});
            else if (c == '"' || c == '\\')
                sanitized_.append({'\\', c});
            else
                sanitized_ += c;
        sanitized_ += '"';
    }

    std::string_view rest_;
    std::size_t deepest_;
    std::size_t limit_;
    std::string sanitized_;
    std::string open_; // the brackets around what comes next
    Awaited awaited_ = Awaited::value;
    bool comma_waits_ = false; // for something that it parts
    bool done_ = false;
};

} // namespace

std::optional<std::string> sanitize_json(std::string_view json, std::size_t deepest)
{
    return JsonSanitizer{json, deepest}.sanitize();
}

} // namespace simsync
