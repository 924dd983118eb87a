// A parser by descent, one function for each line of the grammar.
#include "model/match_parser.hpp"

#include "model/escape.hpp"
#include "model/match_scanner.hpp"
#include "model/suggestion.hpp"
#include "model/utf8.hpp"

#include <algorithm>
#include <utility>

namespace simsync
{
namespace
{

constexpr const char* example = "for example kind = sim.*, imei.* and severity >= warning";

} // namespace

class EventMatchParser
{
public:
    // Throws MatchRefusal.
    static EventMatch parse(std::string_view text)
    {
        return {std::string(text), EventMatchParser(text).whole()};
    }

private:
    using Term = EventMatch::Term;

    explicit EventMatchParser(std::string_view text) : scanner_(text) { advance(); }

    Term whole()
    {
        if (next_.kind == MatchToken::Kind::end)
            return {};
        auto term = any(0);
        if (next_.kind != MatchToken::Kind::end)
            throw MatchRefusal{
                next_.at, R"("and" or "or" is expected, not )" + quoted_match(next_), about_match_quotes};
        return term;
    }

    MatchToken advance() { return std::exchange(next_, scanner_.next()); }

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
            throw MatchRefusal{next_.at, "too many parentheses stand within each other", "write it in fewer"};
        advance();
        Term term = any(depth);
        if (!next_.is(")"))
            throw MatchRefusal{
                next_.at, "\")\" is expected, not " + quoted_match(next_), "each \"(\" needs its \")\""};
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

    const EventField& take_field()
    {
        if (next_.kind != MatchToken::Kind::word || next_.is_keyword())
            throw MatchRefusal{next_.at, "a field is expected, not " + quoted_match(next_), example};
        const auto* const found = event_field(next_.written);
        if (found == nullptr)
            throw MatchRefusal{
                next_.at, "there is no field " + quoted_match(next_.written),
                hint_at(next_.written, match_fields())};
        advance();
        return *found;
    }

    MatchToken take_operator(const EventField& field)
    {
        if (next_.kind != MatchToken::Kind::sign || next_.is("(") || next_.is(")") || next_.is(","))
            throw MatchRefusal{
                next_.at,
                R"("=" or another comparison is expected behind )" + std::string(field.name) + ", not " +
                    quoted_match(next_),
                "one of = != ~ !~, and >= for severity"};
        if (next_.is(">=") && field.fact != &EventFacts::severity)
            throw MatchRefusal{next_.at, "only severity is compared with >=", "severity >= warning"};
        return advance();
    }

    EventPattern take_value(const EventField& field, EventMatch::Relation relation)
    {
        if (!next_.is_value() || next_.is_keyword())
            throw MatchRefusal{
                next_.at,
                "a value for " + std::string(field.name) + " is expected, not " + quoted_match(next_),
                about_match_quotes};
        EventPattern value(next_.parts);
        refuse_what_never_comes(field, value, relation);
        advance();
        return value;
    }

    // A slip of the pen would be silence.
    void refuse_what_never_comes(
        const EventField& field, const EventPattern& value, EventMatch::Relation relation) const
    {
        const auto known = values_of(field.fact);
        const auto comes = [&](std::string_view each)
        { return relation == EventMatch::Relation::contains ? value.is_part_of(each) : value.covers(each); };
        if (known.empty() || (std::ranges::any_of(known, comes) &&
                              !(relation == EventMatch::Relation::at_least && value.has_star())))
            return;
        throw MatchRefusal{
            next_.at, "no event has the " + std::string(field.name) + ' ' + quoted_match(next_.plain()),
            hint_at(next_.plain(), known)};
    }

    bool take_comma(EventMatch::Relation relation)
    {
        const bool taken = next_.is(",") && relation != EventMatch::Relation::at_least;
        if (taken)
            advance();
        return taken;
    }

    MatchScanner scanner_;
    MatchToken next_;
};

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
        return EventMatchParser::parse(text);
    }
    catch (const MatchRefusal& refused)
    {
        return MatchFault{characters(text.substr(0, refused.at)) + 1, refused.what, refused.hint};
    }
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
    if (one.find_first_not_of(match_blanks) == std::string::npos)
        return other;
    if (other.find_first_not_of(match_blanks) == std::string::npos)
        return one;
    return '(' + one + ") and (" + other + ')';
}

} // namespace simsync
