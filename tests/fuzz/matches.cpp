// What is read as a match takes an event or does not, as the words between matches say; what is not read is
// told with its place.
#include "fuzz/property.hpp"
#include "fuzz/targets.hpp"
#include "model/escape.hpp"
#include "model/match_parser.hpp"

#include <algorithm>

namespace simsync::fuzz
{
namespace
{

bool is_one_line(const std::string& text)
{
    return !text.empty() && escape(text, text.size()) == text;
}

void says_where(std::string_view text, const MatchFault& fault)
{
    require(fault.at >= 1 && fault.at <= text.size() + 1, "a fault lies in the text or at its end", text);
    require(
        is_one_line(fault.what) && is_one_line(fault.hint), "a fault and its hint are a line each",
        fault.what);
}

// Made of the very text, so that comparisons come true now and then.
EventFacts some_facts(std::string_view text)
{
    EventFacts facts;
    facts.kind = "balance.low";
    facts.severity = "warning";
    facts.cause = "sweep";
    facts.standing = "false";
    facts.sim = text.substr(text.size() / 2);
    facts.description = text;
    facts.tariff_name = text.substr(0, text.size() / 2);
    return facts;
}

// Empty where it grew too long or too deep.
std::optional<bool> taken(const std::string& text, const EventFacts& facts)
{
    const auto parsed = parse_match(text);
    const auto* const match = std::get_if<EventMatch>(&parsed);
    return match != nullptr ? std::optional(match->takes(facts)) : std::nullopt;
}

void means(const std::string& text, const EventFacts& facts, bool expected, std::string_view property)
{
    const auto is = taken(text, facts);
    require(!is || *is == expected, property, text);
}

void obeys_the_words(const std::string& text, const EventFacts& facts, bool takes)
{
    means("not (" + text + ")", facts, !takes, "not is the contrary");
    means("(" + text + ") and (" + text + ")", facts, takes, "twice the same is the same");
    means("(" + text + ") or not (" + text + ")", facts, true, "one of a thing and its contrary is true");
    means(both_matches(text, "severity >= warning"), facts, takes, "what both take is what both take");
}

void is_itself(std::string_view text)
{
    EventFacts facts;
    facts.sim = text;
    means("sim = " + match_value(text), facts, true, "a value that was made of a text means that text");
    facts.sim = "another";
    means("sim = " + match_value(text), facts, text == "another", "and no other one");
}

} // namespace

void matches(std::string_view bytes)
{
    const auto parsed = parse_match(bytes);
    if (const auto* const fault = std::get_if<MatchFault>(&parsed))
        says_where(bytes, *fault);
    else if (const auto& match = std::get<EventMatch>(parsed);
             bytes.find_first_not_of(" \t\r\n") == std::string_view::npos)
        require(match.takes(some_facts(bytes)), "nothing asks for nothing", bytes);
    else
        obeys_the_words(std::string(bytes), some_facts(bytes), match.takes(some_facts(bytes)));
    is_itself(bytes);
}

} // namespace simsync::fuzz
