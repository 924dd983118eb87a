// The text of a match cut into words, quotations and signs: what model/match_parser reads. Pure.
#pragma once

#include "model/ascii.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace simsync
{

inline constexpr std::string_view match_blanks = " \t\r\n";

// The hint for whoever wrote text that falls apart.
inline constexpr const char* about_match_quotes =
    "text with blanks or punctuation stands in quotes: description = \"a b\"";

// Why a text is no match. Thrown by the scanner and the parser, caught by parse_match.
struct MatchRefusal
{
    std::size_t at; // byte
    std::string what;
    std::string hint;
};

struct MatchToken
{
    enum class Kind
    {
        end,
        word,
        quotation,
        sign, // an operator, a parenthesis, a comma
    };
    Kind kind = Kind::end;
    std::size_t at = 0;             // its first byte
    std::string_view written;       // as it stands there
    std::vector<std::string> parts; // of a word or a quotation: between the stars

    // As it is meant: a quotation without its quotes.
    std::string_view plain() const
    {
        const bool is_quoted = kind == Kind::quotation && written.size() >= 2;
        return is_quoted ? written.substr(1, written.size() - 2) : written;
    }

    bool is(std::string_view sign) const { return kind == Kind::sign && written == sign; }
    bool is_value() const { return kind == Kind::word || kind == Kind::quotation; }
    bool is_keyword(std::string_view word) const
    {
        return kind == Kind::word && equal_in_any_case(written, word);
    }
    bool is_keyword() const { return is_keyword("and") || is_keyword("or") || is_keyword("not"); }
};

class MatchScanner
{
public:
    // `text` outlives the scanner and its tokens.
    explicit MatchScanner(std::string_view text) : text_(text) {}

    // The next one, and `end` for ever once there is none. Throws MatchRefusal at what begins no token, and
    // at a quotation that does not end.
    MatchToken next();

private:
    MatchToken take(MatchToken::Kind kind, std::size_t length);
    MatchToken quotation(std::string_view rest);

    std::string_view text_;
    std::size_t at_ = 0;
};

// For a sentence: in quotes, escaped and not too long.
std::string quoted_match(std::string_view text);
std::string quoted_match(const MatchToken& token); // "the end" without quotes

} // namespace simsync
