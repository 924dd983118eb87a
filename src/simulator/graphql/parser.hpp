// GraphQL text → operations, and the type texts that the schema is written in.
#pragma once

#include "simulator/graphql/document.hpp"
#include "simulator/graphql/lexer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace simsync::simulator::graphql
{

// Throws Refusal. Fragments and directives are refused: the reference has neither.
std::vector<Operation> parse(std::string_view source);

// The tokens of a text, taken one at a time: what the request's and the schema's grammar have in common.
class TokenStream
{
public:
    explicit TokenStream(std::string_view source) : tokens_{lex(source)} {}

    const Token& peek() const { return tokens_[at_]; }
    Token take();
    bool next_is(std::string_view text) const; // a name or punctuator
    bool take_if(std::string_view text);
    void expect(std::string_view text);
    std::string name();
    Type type();
    bool at_end() const { return peek().kind == TokenKind::end; }

    [[noreturn]] void unexpected() const;

private:
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
};

} // namespace simsync::simulator::graphql
