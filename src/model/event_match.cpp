#include "model/event_match.hpp"

#include "model/event_values.hpp"

#include <algorithm>

namespace simsync
{
namespace
{

// 0 is the least severe, -1 is none.
int rank(const EventPattern& severity)
{
    const auto* const found =
        std::ranges::find_if(all_severities, [&](Severity each) { return severity.covers(to_text(each)); });
    return found == all_severities.end() ? -1 : static_cast<int>(found - all_severities.begin());
}

} // namespace

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
    const auto* const row = event_field(field);
    return row != nullptr && mentions(term_, row->fact);
}

bool EventMatch::mentions(const Term& term, EventFact field)
{
    return (term.form == Term::Form::comparison && term.field == field) ||
           std::ranges::any_of(term.terms, [&](const Term& each) { return mentions(each, field); });
}

} // namespace simsync
