// https://www.postgresql.org/docs/15/arrays.html#ARRAYS-IO. Bytes are enough: UTF-8 never holds a quote, a
// backslash, a comma or a brace inside a character.
#include "postgres/array_literal.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

constexpr std::string_view structure = "{,}";

// From the front of `rest`, which begins with a quote.
std::string take_quoted(std::string_view& rest)
{
    std::string element;
    std::size_t at = 1;
    for (; at < rest.size() && rest[at] != '"'; ++at)
    {
        if (rest[at] == '\\' && at + 1 < rest.size())
            ++at;
        element += rest[at];
    }
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return element;
}

// Up to what ends an element that is not quoted.
std::string_view take_bare(std::string_view& rest)
{
    const auto element = rest.substr(0, rest.find_first_of(structure));
    rest.remove_prefix(element.size());
    return element;
}

} // namespace

void ArrayLiteral::add(std::string_view element)
{
    text_ += '"';
    for (const char c : element)
    {
        if (c == '"' || c == '\\')
            text_ += '\\';
        text_ += c;
    }
    text_ += "\",";
}

void ArrayLiteral::add(const std::optional<std::string>& element)
{
    if (element)
        add(std::string_view(*element));
    else
        text_ += "NULL,";
}

const std::string& ArrayLiteral::text()
{
    if (text_.back() == ',')
        text_.pop_back();
    return text_ += '}';
}

std::string array_literal(std::span<const std::string> elements)
{
    ArrayLiteral literal;
    for (const auto& element : elements)
        literal.add(std::string_view(element));
    return literal.text();
}

std::vector<std::string> array_elements(std::string_view literal)
{
    std::vector<std::string> elements;
    auto rest = literal.substr(std::min(literal.find('{'), literal.size())); // "[0:1]=" may stand before
    while (!rest.empty())
    {
        if (structure.find(rest.front()) != std::string_view::npos)
            rest.remove_prefix(1);
        else if (rest.front() == '"')
            elements.push_back(take_quoted(rest));
        else if (const auto element = take_bare(rest); element != "NULL")
            elements.emplace_back(element);
    }
    return elements;
}

} // namespace simsync
