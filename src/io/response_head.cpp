// Heads, line by line.
#include "io/response_head.hpp"

#include "model/ascii.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace simsync
{
namespace
{

constexpr std::string_view blanks = " \t";
constexpr std::string_view line_ends = "\r\n";
constexpr std::string_view protocol = "HTTP/";

struct Field
{
    std::string name;
    std::string value;
};

std::string_view trimmed(std::string_view text)
{
    const auto from = text.find_first_not_of(blanks);
    if (from == std::string_view::npos)
        return {};
    return text.substr(from, text.find_last_not_of(blanks) + 1 - from);
}

// The line at the front without its end; takes it away.
std::string_view take_line(std::string_view& text)
{
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// "HTTP/1.1 200 OK", "HTTP/1.1 200": the reason tells nobody anything, and may hold any byte.
std::string strict_status_line(std::string_view line)
{
    const auto blank = line.find_first_of(blanks);
    if (!line.starts_with(protocol) || blank == std::string_view::npos)
        return std::string{line};
    const auto rest = trimmed(line.substr(blank));
    const bool is_status = rest.size() >= 3 && std::ranges::all_of(rest.substr(0, 3), is_digit) &&
                           (rest.size() == 3 || blanks.find(rest[3]) != std::string_view::npos);
    if (!is_status)
        return std::string{line};
    return std::string{line.substr(0, blank)} + ' ' + std::string{rest.substr(0, 3)} + ' ';
}

bool is_name(std::string_view text)
{
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(
                                text,
                                [&](char c)
                                {
                                    return is_digit(c) || (lower_case(c) >= 'a' && lower_case(c) <= 'z') ||
                                           others.find(c) != std::string_view::npos;
                                });
}

std::string printable(std::string_view text)
{
    std::string clean{trimmed(text)};
    std::ranges::replace_if(
        clean,
        [](char c)
        {
            const auto byte = static_cast<unsigned char>(c);
            return (byte < 0x20 && c != '\t') || byte == 0x7F;
        },
        ' ');
    return clean;
}

std::vector<Field> fields_of(std::string_view lines)
{
    std::vector<Field> fields;
    bool foldable = false; // the line before was a field
    while (!lines.empty())
    {
        const auto line = take_line(lines);
        const bool folded = !line.empty() && blanks.find(line.front()) != std::string_view::npos;
        if (folded)
        {
            if (foldable)
                fields.back().value += ' ' + printable(line);
            continue;
        }
        const auto colon = line.find(':');
        const auto name = trimmed(line.substr(0, colon));
        foldable = colon != std::string_view::npos && is_name(name);
        if (foldable)
            fields.push_back({std::string{name}, printable(line.substr(colon + 1))});
    }
    return fields;
}

bool names_chunks(const Field& field)
{
    if (!equal_in_any_case(field.name, "transfer-encoding"))
        return false;
    return lower_case(field.value).find("chunked") != std::string::npos;
}

// A Content-Length that stands twice arrives as "12, 12": the same number is one, and different ones are left
// as they are, to be refused.
std::string once(std::string_view length)
{
    const auto first = trimmed(length.substr(0, length.find(',')));
    for (auto rest = length; !rest.empty();)
    {
        const auto comma = rest.find(',');
        if (trimmed(rest.substr(0, comma)) != first)
            return std::string{length};
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
    return std::string{first};
}

} // namespace

std::size_t end_of_head(std::string_view bytes)
{
    const auto begin = bytes.find_first_not_of(line_ends);
    if (begin == std::string_view::npos)
        return std::string_view::npos;
    for (auto end = bytes.find('\n', begin); end != std::string_view::npos; end = bytes.find('\n', end + 1))
    {
        const auto next = bytes.substr(end + 1, 2);
        if (next.starts_with('\n'))
            return end + 2;
        if (next == "\r\n")
            return end + 3;
    }
    return std::string_view::npos;
}

bool may_be_head(std::string_view bytes)
{
    const auto begin = bytes.find_first_not_of(line_ends);
    if (begin == std::string_view::npos)
        return true;
    const auto shown = bytes.substr(begin, protocol.size());
    return shown == protocol.substr(0, shown.size());
}

// "HTTP/1.1 200": what follows is for people.
unsigned leading_status(std::string_view bytes)
{
    constexpr std::string_view version = "HTTP/1.";
    constexpr std::size_t digits_at = version.size() + 2;
    if (!bytes.starts_with(version) || bytes.size() < digits_at + 3 || !is_digit(bytes[version.size()]) ||
        bytes[digits_at - 1] != ' ')
        return 0;
    const auto digits = bytes.substr(digits_at, 3);
    const bool goes_on =
        bytes.size() > digits_at + 3 && std::isgraph(static_cast<unsigned char>(bytes[digits_at + 3]));
    if (goes_on || !std::ranges::all_of(digits, is_digit))
        return 0;
    return static_cast<unsigned>((digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0'));
}

std::string strict_head(std::string_view head)
{
    head.remove_prefix(std::min(head.find_first_not_of(line_ends), head.size()));
    std::string strict = strict_status_line(take_line(head)) + "\r\n";
    const auto fields = fields_of(head);
    const bool in_chunks = std::ranges::any_of(fields, names_chunks);
    for (const auto& [name, value] : fields)
    {
        const bool is_length = equal_in_any_case(name, "content-length");
        if ((is_length && in_chunks) ||
            (equal_in_any_case(name, "transfer-encoding") && equal_in_any_case(value, "identity")))
            continue;
        strict.append(name).append(": ").append(is_length ? once(value) : value).append("\r\n");
    }
    return strict + "\r\n";
}

} // namespace simsync
