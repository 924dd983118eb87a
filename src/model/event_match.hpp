// Which events somebody wants: what `[[sink]] match` says, once model/match_parser.hpp has read it. Pure.
#pragma once

#include "model/event_facts.hpp"
#include "model/event_pattern.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simsync
{

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
        EventFact field = nullptr;
        Relation relation = Relation::is;
        std::vector<EventPattern> values = {};

        bool operator==(const Term&) const = default;
    };

    EventMatch(std::string text, Term term) : text_(std::move(text)), term_(std::move(term)) {}

    static bool holds(const Term& term, const EventFacts& facts);
    static bool compare(const Term& comparison, std::string_view value);
    static bool mentions(const Term& term, EventFact field);

    std::string text_;
    Term term_;
};

} // namespace simsync
