// Escapes JSON strings.
#include "simulator/json_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace simsync::simulator
{
namespace
{

bool needs_escape(char character)
{
    return static_cast<unsigned char>(character) < 0x20 || character == '"' || character == '\\';
}

void append_escaped(std::string& out, char character)
{
    switch (character)
    {
    case '"':
        out += "\\\"";
        break;
    case '\\':
        out += "\\\\";
        break;
    case '\n':
        out += "\\n";
        break;
    case '\r':
        out += "\\r";
        break;
    case '\t':
        out += "\\t";
        break;
    default:
        std::array<char, 8> code{};
        std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(character));
        out += code.data();
    }
}

} // namespace

void append_quoted(std::string& out, std::string_view text)
{
    out += '"';
    while (!text.empty())
    {
        const auto plain =
            static_cast<std::size_t>(std::find_if(text.begin(), text.end(), needs_escape) - text.begin());
        out.append(text.substr(0, plain));
        if (plain == text.size())
            break;
        append_escaped(out, text[plain]);
        text.remove_prefix(plain + 1);
    }
    out += '"';
}

} // namespace simsync::simulator
