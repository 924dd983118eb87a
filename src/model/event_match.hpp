// Which events somebody wants: one small language for `[[sink]] match`, `simsync events --match` and, in SQL,
// simsync.read_events (migration 0015 reads the same; a test of the store holds the two together). Pure.
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

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace simsync
{

// What can be asked of an event, as text; of what it does not have, the empty text.
struct EventFacts
{
    std::string_view account;
    std::string_view kind;
    std::string_view severity;
    std::string_view cause;
    std::string_view sim;
    std::string_view iccid_plastic;
    std::string_view tariff_name;
    std::string_view description;
    std::string_view profile;
    std::string_view number;
    std::string_view requested_by;
    std::string_view standing; // "true" or "false"
};

// Text in which each `*` stands for any text.
class EventPattern
{
public:
    explicit EventPattern(std::string_view text); // of which no star means itself
    explicit EventPattern(std::vector<std::string> parts) : parts_(std::move(parts)) {} // between the stars

    bool covers(std::string_view text) const;     // the whole of it
    bool is_part_of(std::string_view text) const; // in whatever case (ASCII)
    bool has_star() const { return parts_.size() > 1; }

    bool operator==(const EventPattern&) const = default;

private:
    std::vector<std::string> parts_; // one at least
};

// Those of the names that `pattern` covers: "tariff.*" is tariff.changed, tariff.expiring and so on.
std::vector<std::string_view>
names_like(std::string_view pattern, const std::vector<std::string_view>& names);

// What is wrong with a match, and where.
struct MatchFault
{
    std::size_t at = 1; // which of its characters, from 1
    std::string what;   // one line, as is the hint
    std::string hint;

    bool operator==(const MatchFault&) const = default;
};

std::variant<class EventMatch, MatchFault> parse_match(std::string_view text);

// It holds of some events and not of others.
class EventMatch
{
public:
    EventMatch() = default; // takes every event

    bool takes(const EventFacts& facts) const;
    bool asks_for(std::string_view field) const;      // "cause": is it compared with something?
    const std::string& text() const { return text_; } // as it was written

    bool operator==(const EventMatch&) const = default;

private:
    friend class EventMatchParser;
    friend std::variant<EventMatch, MatchFault> parse_match(std::string_view text);

    enum class Relation
    {
        is,
        contains,
        at_least,
    };
    // Something that is true or false of an event: a comparison, or others joined.
    struct Term
    {
        enum class Form
        {
            all, // of `terms`; none: true
            any,
            comparison,
        };
        Form form = Form::all;
        bool negated = false;
        std::vector<Term> terms = {};
        std::string_view EventFacts::*field = nullptr;
        Relation relation = Relation::is;
        std::vector<EventPattern> values = {};

        bool operator==(const Term&) const = default;
    };

    EventMatch(std::string text, Term term) : text_(std::move(text)), term_(std::move(term)) {}

    static bool holds(const Term& term, const EventFacts& facts);
    static bool compare(const Term& comparison, std::string_view value);
    static bool mentions(const Term& term, std::string_view EventFacts::*field);

    std::string text_;
    Term term_;
};

// Longer or deeper ones are refused: nobody writes them.
inline constexpr std::size_t longest_match = 4'000; // bytes
inline constexpr int deepest_match = 50;            // "(" within each other

// A value that means this very text, its stars too: in quotes.
std::string match_value(std::string_view text);

// A match that takes what both take.
std::string both_matches(const std::string& one, const std::string& other);

// The names of the fields, in the order of EventFacts.
const std::vector<std::string_view>& match_fields();

} // namespace simsync
