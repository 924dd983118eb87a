// A scanner, a parser by descent, and the judgement of one event.
#include "model/event_match.hpp"

#include "model/ascii.hpp"
#include "model/escape.hpp"
#include "model/suggestion.hpp"
#include "simsync/model/event.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace simsync
{
namespace
{

using Fact = std::string_view EventFacts::*;

struct FieldRow
{
    std::string_view name;
    Fact fact;
};

constexpr std::array fields{
    FieldRow{"account", &EventFacts::account},
    FieldRow{"kind", &EventFacts::kind},
    FieldRow{"severity", &EventFacts::severity},
    FieldRow{"cause", &EventFacts::cause},
    FieldRow{"sim", &EventFacts::sim},
    FieldRow{"iccid_plastic", &EventFacts::iccid_plastic},
    FieldRow{"tariff_name", &EventFacts::tariff_name},
    FieldRow{"description", &EventFacts::description},
    FieldRow{"profile", &EventFacts::profile},
    FieldRow{"number", &EventFacts::number},
    FieldRow{"requested_by", &EventFacts::requested_by},
    FieldRow{"standing", &EventFacts::standing},
};

constexpr std::array<std::string_view, 3> severities{"info", "warning", "critical"}; // the least first
constexpr std::array<std::string_view, 2> truths{"true", "false"};

std::vector<std::string_view> names_of_kinds()
{
    std::vector<std::string_view> names;
    for (const auto kind : all_kinds())
        names.push_back(to_text(kind));
    return names;
}

std::vector<std::string_view> names_of_causes()
{
    std::vector<std::string_view> names;
    for (const auto cause : {Cause::sweep, Cause::action, Cause::clock, Cause::operator_, Cause::daemon})
        names.push_back(to_text(cause));
    return names;
}

// All that can come in a field; none where any text can.
std::vector<std::string_view> values_of(Fact field)
{
    if (field == &EventFacts::kind)
        return names_of_kinds();
    if (field == &EventFacts::severity)
        return {severities.begin(), severities.end()};
    if (field == &EventFacts::cause)
        return names_of_causes();
    if (field == &EventFacts::standing)
        return {truths.begin(), truths.end()};
    return {};
}

// 0 is the least severity, -1 is none.
int rank(const EventPattern& severity)
{
    const auto* const found =
        std::ranges::find_if(severities, [&](std::string_view each) { return severity.covers(each); });
    return found == severities.end() ? -1 : static_cast<int>(found - severities.begin());
}

// Cuts the parts out of the text in their order, each where it comes first.
bool follow_each_other(std::span<const std::string> parts, std::string_view text)
{
    for (const auto& part : parts)
    {
        const auto at = text.find(part);
        if (at == std::string_view::npos)
            return false;
        text.remove_prefix(at + part.size());
    }
    return true;
}

std::string quoted(std::string_view text)
{
    constexpr std::size_t bytes = 60;
    return '"' + escape(text, bytes) + '"';
}

constexpr std::string_view blanks = " \t\r\n";
constexpr const char* about_quotes =
    "text with blanks or punctuation stands in quotes: description = \"a b\"";
constexpr const char* example = "for example kind = sim.*, imei.* and severity >= warning";

} // namespace

// --- patterns

EventPattern::EventPattern(std::string_view text)
{
    for (;;)
    {
        const auto star = text.find('*');
        parts_.emplace_back(text.substr(0, star));
        if (star == std::string_view::npos)
            break;
        text.remove_prefix(star + 1);
    }
}

bool EventPattern::covers(std::string_view text) const
{
    const auto& first = parts_.front();
    const auto& last = parts_.back();
    if (!has_star())
        return text == first;
    if (text.size() < first.size() + last.size() || !text.starts_with(first) || !text.ends_with(last))
        return false;
    text.remove_prefix(first.size());
    text.remove_suffix(last.size());
    return follow_each_other(std::span(parts_).subspan(1, parts_.size() - 2), text);
}

bool EventPattern::is_part_of(std::string_view text) const
{
    std::vector<std::string> lowered;
    for (const auto& part : parts_)
        lowered.push_back(lower_case(part));
    return follow_each_other(lowered, lower_case(text));
}

std::vector<std::string_view> names_like(std::string_view pattern, const std::vector<std::string_view>& names)
{
    const EventPattern wanted(pattern);
    std::vector<std::string_view> covered;
    std::ranges::copy_if(
        names, std::back_inserter(covered), [&](std::string_view name) { return wanted.covers(name); });
    return covered;
}

std::string match_value(std::string_view text)
{
    std::string value = "\"";
    for (const char letter : text)
    {
        if (letter == '"' || letter == '\\' || letter == '*')
            value += '\\';
        value += letter;
    }
    return value + '"';
}

std::string both_matches(const std::string& one, const std::string& other)
{
    if (one.find_first_not_of(blanks) == std::string::npos)
        return other;
    if (other.find_first_not_of(blanks) == std::string::npos)
        return one;
    return '(' + one + ") and (" + other + ')';
}

const std::vector<std::string_view>& match_fields()
{
    static const std::vector<std::string_view> names = []
    {
        std::vector<std::string_view> all;
        for (const auto& field : fields)
            all.push_back(field.name);
        return all;
    }();
    return names;
}

// --- judging

bool EventMatch::takes(const EventFacts& facts) const
{
    return holds(term_, facts);
}

bool EventMatch::holds(const Term& term, const EventFacts& facts)
{
    const auto true_of_event = [&](const Term& each) { return holds(each, facts); };
    bool result = false;
    switch (term.form)
    {
    case Term::Form::all:
        result = std::ranges::all_of(term.terms, true_of_event);
        break;
    case Term::Form::any:
        result = std::ranges::any_of(term.terms, true_of_event);
        break;
    case Term::Form::comparison:
        result = compare(term, facts.*term.field);
        break;
    }
    return result != term.negated;
}

bool EventMatch::compare(const Term& comparison, std::string_view value)
{
    switch (comparison.relation)
    {
    case Relation::is:
        break;
    case Relation::contains:
        return std::ranges::any_of(
            comparison.values, [&](const EventPattern& each) { return each.is_part_of(value); });
    case Relation::at_least:
        return rank(EventPattern(value)) >= rank(comparison.values.front());
    }
    return std::ranges::any_of(
        comparison.values, [&](const EventPattern& each) { return each.covers(value); });
}

bool EventMatch::asks_for(std::string_view field) const
{
    const auto* const row = std::ranges::find(fields, field, &FieldRow::name);
    return row != fields.end() && mentions(term_, row->fact);
}

bool EventMatch::mentions(const Term& term, Fact field)
{
    return (term.form == Term::Form::comparison && term.field == field) ||
           std::ranges::any_of(term.terms, [&](const Term& each) { return mentions(each, field); });
}

// --- reading

namespace
{

struct Token
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

// Thrown within this file only.
struct Refused
{
    std::size_t at; // byte
    std::string what;
    std::string hint;
};

constexpr std::string_view no_part_of_words = " \t\r\n(),=!~<>\"'\\";
constexpr std::array<std::string_view, 8> signs{"!=", "!~", ">=", "=", "~", "(", ")", ","};

class Scanner
{
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    Token next()
    {
        at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
        const auto rest = text_.substr(at_);
        if (rest.empty())
            return {Token::Kind::end, at_, rest, {}};
        if (rest.front() == '"' || rest.front() == '\'')
            return quotation(rest);
        for (const auto sign : signs)
            if (rest.starts_with(sign))
                return take(Token::Kind::sign, sign.size());
        const auto length = std::min(rest.find_first_of(no_part_of_words), rest.size());
        if (length == 0)
            throw Refused{at_, quoted(rest.substr(0, 1)) + " means nothing here", about_quotes};
        auto word = take(Token::Kind::word, length);
        word.parts = parts_between_stars(word.written);
        return word;
    }

private:
    static std::vector<std::string> parts_between_stars(std::string_view word)
    {
        std::vector<std::string> parts{""};
        for (const char letter : word)
            if (letter == '*')
                parts.emplace_back();
            else
                parts.back() += letter;
        return parts;
    }

    Token take(Token::Kind kind, std::size_t length)
    {
        Token token{kind, at_, text_.substr(at_, length), {}};
        at_ += length;
        return token;
    }

    Token quotation(std::string_view rest)
    {
        std::vector<std::string> parts{""};
        for (std::size_t i = 1; i < rest.size(); ++i)
        {
            if (rest[i] == rest.front())
            {
                auto token = take(Token::Kind::quotation, i + 1);
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
        throw Refused{
            at_, "a quotation mark has no counterpart",
            R"(close it; within quotes \" is a quotation mark, \\ a backslash, \* a star)"};
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::string shown(const Token& token)
{
    return token.kind == Token::Kind::end ? "the end" : quoted(token.written);
}

} // namespace

class EventMatchParser
{
public:
    using Term = EventMatch::Term;

    explicit EventMatchParser(std::string_view text) : scanner_(text) { advance(); }

    Term whole()
    {
        if (next_.kind == Token::Kind::end)
            return {};
        auto term = any(0);
        if (next_.kind != Token::Kind::end)
            throw Refused{next_.at, R"("and" or "or" is expected, not )" + shown(next_), about_quotes};
        return term;
    }

private:
    Token advance() { return std::exchange(next_, scanner_.next()); }

    bool take_keyword(std::string_view word)
    {
        const bool taken = next_.is_keyword(word);
        if (taken)
            advance();
        return taken;
    }

    Term any(int depth)
    {
        Term term = all(depth);
        if (!next_.is_keyword("or"))
            return term;
        Term joined;
        joined.form = Term::Form::any;
        joined.terms.push_back(std::move(term));
        while (take_keyword("or"))
            joined.terms.push_back(all(depth));
        return joined;
    }

    Term all(int depth)
    {
        Term term = one(depth);
        if (!next_.is_keyword("and"))
            return term;
        Term joined;
        joined.terms.push_back(std::move(term));
        while (take_keyword("and"))
            joined.terms.push_back(one(depth));
        return joined;
    }

    Term one(int depth)
    {
        bool negated = false;
        while (take_keyword("not"))
            negated = !negated;
        Term term = next_.is("(") ? in_parentheses(depth + 1) : comparison();
        term.negated = term.negated != negated;
        return term;
    }

    Term in_parentheses(int depth)
    {
        if (depth > deepest_match)
            throw Refused{next_.at, "too many parentheses stand within each other", "write it in fewer"};
        advance();
        Term term = any(depth);
        if (!next_.is(")"))
            throw Refused{next_.at, "\")\" is expected, not " + shown(next_), "each \"(\" needs its \")\""};
        advance();
        return term;
    }

    Term comparison()
    {
        Term term;
        term.form = Term::Form::comparison;
        const auto& field = take_field();
        term.field = field.fact;
        const auto sign = take_operator(field);
        term.negated = sign.written.starts_with('!');
        term.relation = sign.is(">=")                 ? EventMatch::Relation::at_least
                        : sign.written.ends_with('~') ? EventMatch::Relation::contains
                                                      : EventMatch::Relation::is;
        do
            term.values.push_back(take_value(field, term.relation));
        while (take_comma(term.relation));
        return term;
    }

    const FieldRow& take_field()
    {
        if (next_.kind != Token::Kind::word || next_.is_keyword())
            throw Refused{next_.at, "a field is expected, not " + shown(next_), example};
        const auto* const found = std::ranges::find(fields, next_.written, &FieldRow::name);
        if (found == fields.end())
            throw Refused{
                next_.at, "there is no field " + quoted(next_.written),
                hint_at(next_.written, match_fields())};
        advance();
        return *found;
    }

    Token take_operator(const FieldRow& field)
    {
        if (next_.kind != Token::Kind::sign || next_.is("(") || next_.is(")") || next_.is(","))
            throw Refused{
                next_.at,
                R"("=" or another comparison is expected behind )" + std::string(field.name) + ", not " +
                    shown(next_),
                "one of = != ~ !~, and >= for severity"};
        if (next_.is(">=") && field.fact != &EventFacts::severity)
            throw Refused{next_.at, "only severity is compared with >=", "severity >= warning"};
        return advance();
    }

    EventPattern take_value(const FieldRow& field, EventMatch::Relation relation)
    {
        if (!next_.is_value() || next_.is_keyword())
            throw Refused{
                next_.at, "a value for " + std::string(field.name) + " is expected, not " + shown(next_),
                about_quotes};
        const EventPattern value(next_.parts);
        refuse_what_never_comes(field, value, relation);
        advance();
        return value;
    }

    // A slip of the pen would be silence.
    void refuse_what_never_comes(
        const FieldRow& field, const EventPattern& value, EventMatch::Relation relation) const
    {
        const auto known = values_of(field.fact);
        const auto comes = [&](std::string_view each)
        { return relation == EventMatch::Relation::contains ? value.is_part_of(each) : value.covers(each); };
        if (known.empty() || (std::ranges::any_of(known, comes) &&
                              !(relation == EventMatch::Relation::at_least && value.has_star())))
            return;
        throw Refused{
            next_.at, "no event has the " + std::string(field.name) + ' ' + quoted(next_.plain()),
            hint_at(next_.plain(), known)};
    }

    bool take_comma(EventMatch::Relation relation)
    {
        const bool taken = next_.is(",") && relation != EventMatch::Relation::at_least;
        if (taken)
            advance();
        return taken;
    }

    Scanner scanner_;
    Token next_;
};

namespace
{

std::size_t characters(std::string_view text)
{
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<std::size_t>(std::ranges::count_if(text, begins));
}

} // namespace

std::variant<EventMatch, MatchFault> parse_match(std::string_view text)
{
    if (text.size() > longest_match)
        return MatchFault{
            1, "it is longer than " + std::to_string(longest_match) + " bytes",
            "name fewer things, or give them something in common"};
    if (!storable(text))
        return MatchFault{1, "it is no UTF-8 text", "write it in UTF-8, without NUL"};
    try
    {
        return EventMatch(std::string(text), EventMatchParser(text).whole());
    }
    catch (const Refused& refused)
    {
        return MatchFault{characters(text.substr(0, refused.at)) + 1, refused.what, refused.hint};
    }
}

} // namespace simsync
