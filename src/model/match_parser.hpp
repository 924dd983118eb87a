// The language of `[[sink]] match`, `simsync events --match` and, in SQL, simsync.read_events (migration 0015
// reads the same; a test of the store holds the two together). Pure.
//
//   match      = [ any ]                         empty: every event
//   any        = all { "or" all }
//   all        = one { "and" one }
//   one        = { "not" } ( "(" any ")" | comparison )
//   comparison = FIELD ( "=" | "!=" | "~" | "!~" | ">=" ) value { "," value }
//
// A field is a column of simsync.change_event (EventFacts). `=` holds where the whole text is one of the
// values, `~` where one of them is part of it, whatever the case of its ASCII letters; `!=` and `!~` are
// their contraries. In a value `*` stands for any text. `>=` is for severity alone. What an event does not
// have is the empty text. A value is a word, or stands in "" or '' with `\` before a character that means
// itself; `and`, `or` and `not` may be written in capitals. Blanks and line ends part words.
#pragma once

#include "model/event_match.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace simsync
{

// What is wrong with a match, and where.
struct MatchFault
{
    std::size_t at = 1; // which of its characters, from 1
    std::string what;   // one line, as is the hint
    std::string hint;

    bool operator==(const MatchFault&) const = default;
};

// Longer or deeper ones are refused: nobody writes them.
inline constexpr std::size_t longest_match = 4'000; // bytes
inline constexpr int deepest_match = 50;            // "(" within each other

// Throws nothing: whatever stands in `text`, it is a match or has a fault.
std::variant<EventMatch, MatchFault> parse_match(std::string_view text);

// A value that means this very text, its stars too: in quotes.
std::string match_value(std::string_view text);

// A match that takes what both take.
std::string both_matches(const std::string& one, const std::string& other);

} // namespace simsync
