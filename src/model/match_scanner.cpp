#include "model/match_scanner.hpp"

#include "model/escape.hpp"
#include "model/event_pattern.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace simsync
{
namespace
{

constexpr std::string_view no_part_of_words = " \t\r\n(),=!~<>\"'\\";
constexpr std::array<std::string_view, 8> signs{"!=", "!~", ">=", "=", "~", "(", ")", ","};

} // namespace

MatchToken MatchScanner::next()
{
    at_ = std::min(text_.find_first_not_of(match_blanks, at_), text_.size());
    const auto rest = text_.substr(at_);
    if (rest.empty())
        return {MatchToken::Kind::end, at_, rest, {}};
    if (rest.front() == '"' || rest.front() == '\'')
        return quotation(rest);
    for (const auto sign : signs)
        if (rest.starts_with(sign))
            return take(MatchToken::Kind::sign, sign.size());
    const auto length = std::min(rest.find_first_of(no_part_of_words), rest.size());
    if (length == 0)
        throw MatchRefusal{at_, quoted_match(rest.substr(0, 1)) + " means nothing here", about_match_quotes};
    auto word = take(MatchToken::Kind::word, length);
    word.parts = parts_between_stars(word.written);
    return word;
}

MatchToken MatchScanner::take(MatchToken::Kind kind, std::size_t length)
{
    MatchToken token{kind, at_, text_.substr(at_, length), {}};
    at_ += length;
    return token;
}

MatchToken MatchScanner::quotation(std::string_view rest)
{
    std::vector<std::string> parts{""};
    for (std::size_t i = 1; i < rest.size(); ++i)
    {
        if (rest[i] == rest.front())
        {
            auto token = take(MatchToken::Kind::quotation, i + 1);
            token.parts = std::move(parts);
            return token;
        }
        if (rest[i] == '\\' && i + 1 < rest.size())
            parts.back() += rest[++i];
        else if (rest[i] == '*')
            parts.emplace_back();
        else
            parts.back() += rest[i];
    }
    throw MatchRefusal{
        at_, "a quotation mark has no counterpart",
        R"(close it; within quotes \" is a quotation mark, \\ a backslash, \* a star)"};
}

std::string quoted_match(std::string_view text)
{
    constexpr std::size_t longest = 60; // bytes
    return '"' + escape(text, longest) + '"';
}

std::string quoted_match(const MatchToken& token)
{
    return token.kind == MatchToken::Kind::end ? "the end" : quoted_match(token.written);
}

} // namespace simsync
