// What is sent of some events, and what may be acknowledged behind it.
#include "sink/delivery.hpp"

#include "model/match_parser.hpp"
#include "sink/event_records.hpp"

#include <gmock/gmock.h>

namespace simsync::test
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

const std::map<std::string, std::string> streams{{"main", "m"}, {"other", "o"}};

std::vector<Delivery> alerts_about(const std::vector<EventRecord>& events, const Wanted& wanted)
{
    return alert_deliveries(events, std::vector<AlertContext>(events.size()), wanted);
}

TEST(Deliveries, OfAWebhookAreOneForEachEventInOrder)
{
    const std::vector events{
        event(Kind::sim_added, 1), event(Kind::sim_blocked, 2), event(Kind::sim_added, 1, "5", "other")};
    const auto deliveries = webhook_deliveries(events, {}, streams);
    ASSERT_EQ(deliveries.size(), 3);
    EXPECT_EQ(deliveries[0].id, "m:1");
    EXPECT_EQ(deliveries[1].id, "m:2");
    EXPECT_EQ(deliveries[2].id, "o:1");
    EXPECT_THAT(deliveries[1].upto, ElementsAre(Pair("main", 2)));
    EXPECT_THAT(deliveries[2].upto, ElementsAre(Pair("other", 1)));
}

TEST(Deliveries, AcknowledgeWhatIsNotWantedWithWhatWasSentBefore)
{
    const std::vector events{
        event(Kind::sim_added, 1), event(Kind::sim_blocked, 2), event(Kind::sim_added, 3)};
    const auto deliveries = webhook_deliveries(events, {{"sim.blocked"}}, streams);
    ASSERT_EQ(deliveries.size(), 2);
    EXPECT_EQ(deliveries[0].body, "");
    EXPECT_THAT(deliveries[0].upto, ElementsAre(Pair("main", 1)));
    EXPECT_EQ(deliveries[1].id, "m:2");
    EXPECT_THAT(deliveries[1].upto, ElementsAre(Pair("main", 3)));
}

EventMatch match(std::string_view text)
{
    return std::get<EventMatch>(parse_match(text));
}

TEST(Deliveries, OfAWebhookAreOfWhatMatches)
{
    std::vector events{event(Kind::sim_blocked, 1), event(Kind::sim_blocked, 2), event(Kind::sim_added, 3)};
    events[1].description = events[2].description = "Truck 12";
    const auto deliveries = webhook_deliveries(
        events, {.kinds = {"sim.blocked"}, .match = match("description ~ truck")}, streams);
    ASSERT_EQ(deliveries.size(), 2);
    EXPECT_TRUE(deliveries[0].empty());
    EXPECT_EQ(deliveries[1].id, "m:2");
    EXPECT_THAT(deliveries[1].upto, ElementsAre(Pair("main", 3)));
}

TEST(Deliveries, CanBeChosenByEverythingThatAnEventBears)
{
    auto bearing = event(Kind::caller_id_attached, 1);
    bearing.cause = "action";
    bearing.tariff_name = "M10";
    bearing.description = "Truck 12";
    bearing.profile = "S1";
    bearing.number = "37255500003";
    bearing.requested_by = "anna";
    bearing.standing = true;
    const auto all =
        match("account = main and kind = caller_id.attached and severity = info and cause = action "
              "and sim = 1001 and iccid_plastic = 8997201183059987676 and tariff_name = M10 and "
              "description = \"Truck 12\" and profile = S1 and number = 37255500003 and "
              "requested_by = anna and standing = true");
    EXPECT_TRUE(all.takes(facts_of(bearing)));
}

TEST(Deliveries, OfEventsThatNobodyWantsSendNothingAndGoOn)
{
    const std::vector events{event(Kind::sim_added, 1), event(Kind::sim_added, 2)};
    for (const auto& deliveries :
         {webhook_deliveries(events, {{"sim.blocked"}}, streams), alerts_about(events, {})})
    {
        ASSERT_EQ(deliveries.size(), 1);
        EXPECT_TRUE(deliveries[0].empty());
        EXPECT_THAT(deliveries[0].upto, ElementsAre(Pair("main", 2)));
    }
}

TEST(Deliveries, OfAlertsHoldAllThatTheEventsSay)
{
    const std::vector events{
        event(Kind::balance_low, 1), event(Kind::sim_blocked, 2), event(Kind::balance_low, 1, "5", "other")};
    const auto all = alerts_about(events, {});
    ASSERT_EQ(all.size(), 1);
    EXPECT_EQ(all[0].alerts.size(), 3);
    EXPECT_THAT(all[0].upto, UnorderedElementsAre(Pair("main", 2), Pair("other", 1)));
    EXPECT_EQ(alerts_about(events, {{"balance.low"}})[0].alerts.size(), 2);
}

TEST(Deliveries, OfManyConditionsAreSeveral)
{
    std::vector<StandingCondition> standing(1'200);
    for (auto& each : standing)
        each = {"main", "main:1:sim.blocked", "sim.blocked", "warning", "1", {}, {}};
    const auto deliveries = alert_deliveries(standing, {});
    ASSERT_EQ(deliveries.size(), 3);
    EXPECT_EQ(deliveries[2].alerts.size(), 200);
    EXPECT_THAT(alert_deliveries(standing, {{"balance.low"}}), IsEmpty());
}

TEST(Deliveries, LeaveOutWhatStoodBeforeUnlessItIsWanted)
{
    std::vector events{event(Kind::balance_low, 1), event(Kind::balance_low, 2)};
    events[0].standing = true;
    const auto deliveries = webhook_deliveries(events, {}, streams);
    ASSERT_EQ(deliveries.size(), 2);
    EXPECT_TRUE(deliveries[0].empty());
    EXPECT_EQ(deliveries[1].seq, 2);
    EXPECT_EQ(webhook_deliveries(events, {.standing = true}, streams)[0].seq, 1);
    EXPECT_EQ(alerts_about(events, {})[0].alerts.size(), 1);
}

} // namespace
} // namespace simsync::test
