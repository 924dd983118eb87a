// PostgreSQL's text form of a text[]: {"a","b",NULL}.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

class ArrayLiteral
{
public:
    void add(std::string_view element); // always quoted, so that "NULL" and "" stay what they are
    void add(const std::optional<std::string>& element);

    const std::string& text(); // closes it: add no more

private:
    std::string text_{'{'};
};

std::string array_literal(std::span<const std::string> elements);

// Reads one back, as the server writes it: the elements in their order, however many dimensions they stand
// in. A NULL among them is left out.
std::vector<std::string> array_elements(std::string_view literal);

} // namespace simsync
