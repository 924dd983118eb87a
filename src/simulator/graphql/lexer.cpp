// The lexical grammar of GraphQL (October 2021, §2.1), without block strings.
#include "simulator/graphql/lexer.hpp"

#include <charconv>

namespace simsync::simulator::graphql
{
namespace
{

bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

bool starts_name(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '_';
}

bool continues_name(char character)
{
    return starts_name(character) || is_digit(character);
}

void append_utf8(std::string& out, char32_t code)
{
    const auto continuation = [&](unsigned shift)
    { out += static_cast<char>(0x80U | ((code >> shift) & 0x3fU)); };
    if (code < 0x80)
    {
        out += static_cast<char>(code);
        return;
    }
    if (code < 0x800)
    {
        out += static_cast<char>(0xc0U | (code >> 6U));
    }
    else if (code < 0x10000)
    {
        out += static_cast<char>(0xe0U | (code >> 12U));
        continuation(6);
    }
    else
    {
        out += static_cast<char>(0xf0U | (code >> 18U));
        continuation(12);
        continuation(6);
    }
    continuation(0);
}

class Lexer
{
public:
    explicit Lexer(std::string_view source) : rest_{source} {}

    Token next()
    {
        skip_ignored();
        const auto where = where_;
        if (rest_.empty())
            return {TokenKind::end, "<EOF>", where};
        if (starts_name(peek()))
            return {TokenKind::name, take_while(continues_name), where};
        if (is_digit(peek()) || peek() == '-')
            return {TokenKind::number, number(), where};
        if (peek() == '"')
            return {TokenKind::string, string(), where};
        return {TokenKind::punctuator, punctuator(), where};
    }

private:
    char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

    char take()
    {
        const char character = rest_.front();
        rest_.remove_prefix(1);
        ++where_.column;
        if (character == '\n')
            where_ = {where_.line + 1, 1};
        return character;
    }

    template<class Belongs>
    std::string take_while(Belongs belongs)
    {
        std::string taken;
        while (!rest_.empty() && belongs(peek()))
            taken += take();
        return taken;
    }

    void skip_ignored()
    {
        constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
        if (rest_.starts_with(byte_order_mark))
            rest_.remove_prefix(byte_order_mark.size());
        while (!rest_.empty())
        {
            if (peek() == '#')
                take_while([](char character) { return character != '\n'; });
            else if (std::string_view{" \t\r\n,"}.find(peek()) != std::string_view::npos)
                take();
            else
                return;
        }
    }

    std::string digits()
    {
        auto taken = take_while(is_digit);
        if (taken.empty())
            fail("Invalid number");
        return taken;
    }

    std::string number()
    {
        std::string text;
        if (peek() == '-')
            text += take();
        text += digits();
        if (peek() == '.')
        {
            text += take();
            text += digits();
        }
        if (peek() == 'e' || peek() == 'E')
        {
            text += take();
            if (peek() == '+' || peek() == '-')
                text += take();
            text += digits();
        }
        if (continues_name(peek()))
            fail("Invalid number");
        return text;
    }

    std::string string()
    {
        if (rest_.starts_with("\"\"\""))
            fail("Block strings are not supported");
        std::string text;
        take();
        while (peek() != '"')
        {
            if (rest_.empty() || peek() == '\n')
                fail("Unterminated string");
            if (const char character = take(); character == '\\')
                escape(text);
            else
                text += character;
        }
        take();
        return text;
    }

    void escape(std::string& text)
    {
        constexpr std::string_view letters = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (rest_.empty())
            fail("Unterminated string");
        const char letter = take();
        if (letter == 'u')
            append_utf8(text, code_point());
        else if (const auto at = letters.find(letter); at != std::string_view::npos)
            text += meanings[at];
        else
            fail("Invalid character escape sequence");
    }

    char32_t code_point()
    {
        const auto first = code_unit();
        if (first < 0xd800 || first > 0xdfff)
            return first;
        if (first > 0xdbff || !rest_.starts_with("\\u"))
            fail("Lone surrogate");
        take();
        take();
        const auto second = code_unit();
        if (second < 0xdc00 || second > 0xdfff)
            fail("Lone surrogate");
        return 0x10000 + ((first - 0xd800) << 10U) + (second - 0xdc00);
    }

    char32_t code_unit()
    {
        constexpr std::size_t length = 4;
        std::uint32_t unit = 0;
        const auto text = rest_.substr(0, length);
        const auto read = std::from_chars(text.data(), text.data() + text.size(), unit, 16);
        if (text.size() != length || read.ptr != text.data() + length)
            fail("Invalid Unicode escape sequence");
        for (std::size_t taken = 0; taken < length; ++taken)
            take();
        return unit;
    }

    std::string punctuator()
    {
        if (rest_.starts_with("..."))
            return {take(), take(), take()};
        if (std::string_view{"!$&():=@[]{|}"}.find(peek()) == std::string_view::npos)
            fail("Unexpected character");
        return {take()};
    }

    [[noreturn]] void fail(const char* what) const
    {
        throw Refusal{{{"Syntax Error: " + std::string{what} + ".", where_}}};
    }

    std::string_view rest_;
    Location where_{1, 1};
};

} // namespace

std::vector<Token> lex(std::string_view source)
{
    Lexer lexer{source};
    std::vector<Token> tokens;
    do
        tokens.push_back(lexer.next());
    while (tokens.back().kind != TokenKind::end);
    return tokens;
}

} // namespace simsync::simulator::graphql
