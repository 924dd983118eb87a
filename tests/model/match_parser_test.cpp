// What is no match and what is said of it; matches that are made of text and of others.
#include "model/match_parser.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::HasSubstr;

EventMatch parsed(std::string_view text)
{
    const auto result = parse_match(text);
    if (const auto* const fault = std::get_if<MatchFault>(&result))
    {
        ADD_FAILURE() << text << ": " << fault->what;
        return {};
    }
    return std::get<EventMatch>(result);
}

MatchFault fault_of(std::string_view text)
{
    const auto parsed = parse_match(text);
    if (const auto* const fault = std::get_if<MatchFault>(&parsed))
        return *fault;
    ADD_FAILURE() << "was taken: " << text;
    return {};
}

struct BadMatch
{
    const char* text;
    std::size_t at;
    const char* what;
    const char* hint;
};

TEST(MatchParser, SaysWhatIsWrongAndWhere)
{
    for (const auto& [text, at, what, hint] : {
             BadMatch{"tarif_name = M10", 1, "there is no field \"tarif_name\"", "\"tariff_name\""},
             BadMatch{"kind = sim.blokked", 8, "no event has the kind \"sim.blokked\"", "\"sim.blocked\""},
             BadMatch{"kind = sims.*", 8, "no event has the kind \"sims.*\"", "one of account.baselined"},
             BadMatch{"severity = fatal", 12, "no event has the severity \"fatal\"", "critical"},
             BadMatch{"severity >= *", 13, "no event has the severity \"*\"", "info, warning, critical"},
             BadMatch{"severity >= info, critical", 17, "\"and\" or \"or\" is expected, not \",\"", "quotes"},
             BadMatch{"cause = timer", 9, "no event has the cause", "sweep"},
             BadMatch{"standing = yes", 12, "no event has the standing \"yes\"", "true, false"},
             BadMatch{"kind >= sim.added", 6, "only severity", "severity >= warning"},
             BadMatch{"kind", 5, "behind kind, not the end", ">= for severity"},
             BadMatch{"kind sim.added", 6, "behind kind, not \"sim.added\"", "= != ~ !~"},
             BadMatch{"kind =", 7, "a value for kind is expected, not the end", "quotes"},
             BadMatch{"kind = and", 8, "a value for kind is expected, not \"and\"", "quotes"},
             BadMatch{"kind = sim.added,", 18, "a value for kind is expected", "quotes"},
             BadMatch{"description = two words", 19, "not \"words\"", "description = \"a b\""},
             BadMatch{"description = \"Pärnu", 15, "no counterpart", "close it"},
             BadMatch{"description = \"Pärnu\" x", 23, "not \"x\"", "quotes"}, // characters, not bytes
             BadMatch{"(kind = sim.*", 14, "\")\" is expected, not the end", "needs its"},
             BadMatch{"kind = sim.*)", 13, "not \")\"", "quotes"},
             BadMatch{"and kind = sim.*", 1, "a field is expected, not \"and\"", "kind = sim.*"},
             BadMatch{"kind = sim.* or", 16, "a field is expected, not the end", "kind = sim.*"},
             BadMatch{"\"kind\" = sim.*", 1, "a field is expected", "kind = sim.*"},
             BadMatch{"kind = sim.* & x", 14, "not \"&\"", "quotes"},
             BadMatch{"severity < warning", 10, "\"<\" means nothing here", "quotes"},
             BadMatch{"sim = 1\\2", 8, "means nothing here", "quotes"},
             BadMatch{"sim = \xFF", 1, "no UTF-8", "UTF-8"},
         })
    {
        const auto fault = fault_of(text);
        EXPECT_EQ(fault.at, at) << text;
        EXPECT_THAT(fault.what, HasSubstr(what)) << text;
        EXPECT_THAT(fault.hint, HasSubstr(hint)) << text;
    }
}

TEST(MatchParser, TakesNoneThatIsTooLongOrTooDeep)
{
    const auto nested = [](std::size_t times)
    { return std::string(times, '(') + "kind = *" + std::string(times, ')'); };
    parsed(nested(deepest_match));
    EXPECT_EQ(fault_of(nested(deepest_match + 1)).at, deepest_match + 1U);
    parsed("sim != " + std::string(longest_match - 7, 'x'));
    EXPECT_THAT(fault_of(std::string(longest_match + 1, ' ')).what, HasSubstr("longer"));
}

TEST(MatchParser, TakesAValueThatIsMadeOfAnyText)
{
    for (const auto* const text : {"", "1001", "and", "a \"b\" 'c'", "\\", "*", "a*b)", "Pärnu"})
    {
        EventFacts facts;
        facts.sim = text;
        EXPECT_TRUE(parsed("sim = " + match_value(text)).takes(facts)) << text;
        facts.sim = "something else";
        EXPECT_FALSE(parsed("sim = " + match_value(text)).takes(facts)) << text;
    }
}

TEST(MatchParser, TakesAMatchThatIsMadeOfTwo)
{
    EXPECT_EQ(both_matches("", " "), " ");
    EXPECT_EQ(both_matches("sim = 1", ""), "sim = 1");
    EXPECT_EQ(both_matches("\n", "sim = 1"), "sim = 1");
    EventFacts facts;
    facts.profile = "S1";
    EXPECT_FALSE(parsed(both_matches("profile = S1 or profile = S2", "profile = S2")).takes(facts));
    EXPECT_TRUE(parsed(both_matches("profile = S1 or profile = S2", "profile = S1")).takes(facts));
}

} // namespace
} // namespace simsync
