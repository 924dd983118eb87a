// Which events a match takes, and what is said of one that is none.
#include "model/event_match.hpp"

#include "simsync/model/event.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace simsync
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;

EventFacts low_truck()
{
    EventFacts facts;
    facts.account = "main";
    facts.kind = "balance.low";
    facts.severity = "warning";
    facts.cause = "sweep";
    facts.sim = "1001";
    facts.iccid_plastic = "8997201183059987676";
    facts.tariff_name = "M2M 10 (Estonia)";
    facts.description = "Truck 12, Pärnu*";
    facts.profile = "S1";
    facts.standing = "false";
    return facts;
}

bool takes(std::string_view text, const EventFacts& facts = low_truck())
{
    const auto parsed = parse_match(text);
    if (const auto* const fault = std::get_if<MatchFault>(&parsed))
    {
        ADD_FAILURE() << text << ": " << fault->what;
        return false;
    }
    return std::get<EventMatch>(parsed).takes(facts);
}

MatchFault fault_of(std::string_view text)
{
    const auto parsed = parse_match(text);
    if (const auto* const fault = std::get_if<MatchFault>(&parsed))
        return *fault;
    ADD_FAILURE() << "was taken: " << text;
    return {};
}

TEST(EventMatch, TakesAllWhereNothingIsWritten)
{
    EXPECT_TRUE(EventMatch{}.takes(low_truck()));
    EXPECT_TRUE(takes(""));
    EXPECT_TRUE(takes(" \t\r\n"));
}

TEST(EventMatch, ComparesTheWholeText)
{
    EXPECT_TRUE(takes("kind = balance.low"));
    EXPECT_FALSE(takes("profile = S"));
    EXPECT_FALSE(takes("profile = s1")) << "capitals count";
    EXPECT_TRUE(takes("profile != s1"));
    EXPECT_TRUE(takes("tariff_name=\"M2M 10 (Estonia)\""));
    EXPECT_TRUE(takes("tariff_name = 'M2M 10 (Estonia)'"));
}

TEST(EventMatch, LetsAStarStandForAnyText)
{
    EXPECT_TRUE(takes("kind = balance.*"));
    EXPECT_TRUE(takes("kind = *.low"));
    EXPECT_TRUE(takes("description = T*1*,*"));
    EXPECT_FALSE(takes("description = \"T*1*1*\""));
    EXPECT_FALSE(takes("profile = S1*S1")) << "nothing is counted twice";
    EXPECT_TRUE(takes("description = *"));
    EXPECT_TRUE(takes("number = *")) << "also for nothing";
}

TEST(EventMatch, TakesACharacterBehindABackslashForItself)
{
    EXPECT_TRUE(takes(R"(description = "*Pärnu\*")"));
    EXPECT_FALSE(takes(R"(description = "\*")"));
    auto facts = low_truck();
    facts.description = R"(a "b" \c)";
    EXPECT_TRUE(takes(R"(description = "a \"b\" \\c")", facts));
    EXPECT_TRUE(takes(R"(description = 'a "b" \\c')", facts));
}

TEST(EventMatch, FindsAPartWhateverItsCase)
{
    EXPECT_TRUE(takes("description ~ tRUCK"));
    EXPECT_TRUE(takes("description ~ \"truck*PäRNU\""));
    EXPECT_FALSE(takes("description ~ \"pÄrnu\"")) << "of ASCII letters";
    EXPECT_FALSE(takes("description ~ bus"));
    EXPECT_TRUE(takes("description !~ bus"));
    EXPECT_TRUE(takes("kind ~ LOW"));
}

TEST(EventMatch, TakesOneOfSeveralValues)
{
    EXPECT_TRUE(takes("kind = sim.*, balance.low"));
    EXPECT_FALSE(takes("kind = sim.*, imei.*"));
    EXPECT_FALSE(takes("kind != sim.*, balance.low")) << "none of them";
    EXPECT_TRUE(takes("description ~ bus , truck"));
}

TEST(EventMatch, KnowsHowSeverityRises)
{
    EXPECT_TRUE(takes("severity >= info"));
    EXPECT_TRUE(takes("severity >= warning"));
    EXPECT_FALSE(takes("severity >= critical"));
    auto facts = low_truck();
    facts.severity = "critical";
    EXPECT_TRUE(takes("severity >= warning", facts));
    facts.severity = "info";
    EXPECT_FALSE(takes("severity >= warning", facts));
}

TEST(EventMatch, BindsNotTighterThanAndTighterThanOr)
{
    const std::string yes = "profile = S1";
    const std::string no = "profile = S2";
    EXPECT_TRUE(takes(yes + " or " + no + " and " + no));
    EXPECT_FALSE(takes("(" + yes + " or " + no + ") and " + no));
    EXPECT_TRUE(takes("not " + no + " and " + yes));
    EXPECT_FALSE(takes("not (" + no + " or " + yes + ")"));
    EXPECT_TRUE(takes("not not " + yes));
    EXPECT_TRUE(takes("NOT " + no + " AND " + yes + " Or " + no));
    EXPECT_FALSE(takes("not profile != S2"));
}

TEST(EventMatch, TakesWhatAnEventDoesNotHaveForNoText)
{
    EventFacts of_account;
    of_account.account = "main";
    of_account.kind = "account.degraded";
    of_account.severity = "critical";
    EXPECT_TRUE(takes("sim = \"\"", of_account));
    EXPECT_TRUE(takes("tariff_name != M10", of_account));
    EXPECT_FALSE(takes("tariff_name = M10", of_account));
}

TEST(EventMatch, AsksForTheFieldsThatItNames)
{
    const auto match = std::get<EventMatch>(parse_match("kind = sim.* and not (cause = clock or sim = 1)"));
    EXPECT_TRUE(match.asks_for("kind"));
    EXPECT_TRUE(match.asks_for("cause"));
    EXPECT_FALSE(match.asks_for("number"));
    EXPECT_FALSE(match.asks_for("nonsense"));
}

TEST(EventMatch, HasAFieldForEachFact)
{
    EXPECT_EQ(match_fields().size(), sizeof(EventFacts) / sizeof(std::string_view));
    for (const auto field : match_fields())
        EXPECT_TRUE(std::get<EventMatch>(parse_match(std::string(field) + " = *")).asks_for(field)) << field;
}

struct BadMatch
{
    const char* text;
    std::size_t at;
    const char* what;
    const char* hint;
};

TEST(EventMatch, SaysWhatIsWrongAndWhere)
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

TEST(EventMatch, TakesNoneThatIsTooLongOrTooDeep)
{
    const auto nested = [](std::size_t times)
    { return std::string(times, '(') + "kind = *" + std::string(times, ')'); };
    EXPECT_TRUE(takes(nested(deepest_match)));
    EXPECT_EQ(fault_of(nested(deepest_match + 1)).at, deepest_match + 1U);
    EXPECT_TRUE(takes("sim != " + std::string(longest_match - 7, 'x')));
    EXPECT_THAT(fault_of(std::string(longest_match + 1, ' ')).what, HasSubstr("longer"));
}

TEST(EventMatch, IsEqualToWhatReadsTheSame)
{
    EXPECT_EQ(parse_match("kind = sim.*"), parse_match("kind = sim.*"));
    EXPECT_NE(parse_match("kind = sim.*"), parse_match("kind = sim.a*"));
    EXPECT_EQ(std::get<EventMatch>(parse_match(" kind = sim.*")).text(), " kind = sim.*");
}

TEST(EventMatch, IsMadeOfAnyText)
{
    for (const auto* const text : {"", "1001", "and", "a \"b\" 'c'", "\\", "*", "a*b)", "Pärnu"})
    {
        EventFacts facts;
        facts.sim = text;
        EXPECT_TRUE(takes("sim = " + match_value(text), facts)) << text;
        facts.sim = "something else";
        EXPECT_FALSE(takes("sim = " + match_value(text), facts)) << text;
    }
}

TEST(EventMatch, IsMadeOfTwo)
{
    EXPECT_EQ(both_matches("", " "), " ");
    EXPECT_EQ(both_matches("sim = 1", ""), "sim = 1");
    EXPECT_EQ(both_matches("\n", "sim = 1"), "sim = 1");
    EXPECT_FALSE(takes(both_matches("profile = S1 or profile = S2", "profile = S2")));
    EXPECT_TRUE(takes(both_matches("profile = S1 or profile = S2", "profile = S1")));
}

TEST(EventPattern, NamesWhatItCovers)
{
    const std::vector<std::string_view> names{"sim.added", "sim.removed", "imei.changed"};
    EXPECT_THAT(names_like("sim.*", names), ElementsAre("sim.added", "sim.removed"));
    EXPECT_THAT(names_like("sim.added", names), ElementsAre("sim.added"));
    EXPECT_THAT(names_like("added", names), ElementsAre());
}

} // namespace
} // namespace simsync
