// Writing by hand, reading by libpqxx.
#include "postgres/array_literal.hpp"

#include <pqxx/pqxx>

namespace simsync
{

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

std::vector<std::string> array_elements(const char* literal)
{
    using Juncture = pqxx::array_parser::juncture;
    std::vector<std::string> elements;
    pqxx::array_parser parser(
        literal); // bytes are enough: UTF-8 never holds a quote or backslash inside a character
    for (auto [found, element] = parser.get_next(); found != Juncture::done;
         std::tie(found, element) = parser.get_next())
        if (found == Juncture::string_value)
            elements.push_back(std::move(element));
    return elements;
}

} // namespace simsync
