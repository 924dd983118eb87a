// Cuts GraphQL text into tokens; spaces, commas and comments are gone.
#pragma once

#include "simulator/graphql/document.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace simsync::simulator::graphql
{

enum class TokenKind
{
    name,
    number,
    string, // its text is unescaped
    punctuator,
    end,
};

struct Token
{
    TokenKind kind;
    std::string text;
    Location where;
};

// The last token is `end`. Throws Refusal with "Syntax Error: …" and the place. Block strings are refused:
// the reference has no use for them.
std::vector<Token> lex(std::string_view source);

} // namespace simsync::simulator::graphql
