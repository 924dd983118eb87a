// Which events a match takes.
#include "model/event_match.hpp"

#include "model/match_parser.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

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

TEST(EventMatch, IsEqualToWhatReadsTheSame)
{
    EXPECT_EQ(parse_match("kind = sim.*"), parse_match("kind = sim.*"));
    EXPECT_NE(parse_match("kind = sim.*"), parse_match("kind = sim.a*"));
    EXPECT_EQ(std::get<EventMatch>(parse_match(" kind = sim.*")).text(), " kind = sim.*");
}

} // namespace
} // namespace simsync
