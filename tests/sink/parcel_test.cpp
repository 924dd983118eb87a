// What is sent of some events, and what may be acknowledged behind it.
#include "sink/parcel.hpp"

#include "sink/alert.hpp"
#include "sink/event_records.hpp"

#include <boost/json.hpp>
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
const auto now = parse_date("2026-11-26T09:00:00Z").value();

TEST(Parcels, of_a_webhook_are_one_for_each_event_in_order)
{
    const std::vector events{event(Kind::sim_added, 1), event(Kind::sim_blocked, 2),
                             event(Kind::sim_added, 1, "5", "other")};
    const auto parcels = webhook_parcels(events, {}, streams);
    ASSERT_EQ(parcels.size(), 3);
    EXPECT_EQ(parcels[0].id, "m:1");
    EXPECT_EQ(parcels[1].id, "m:2");
    EXPECT_EQ(parcels[2].id, "o:1");
    EXPECT_THAT(parcels[1].upto, ElementsAre(Pair("main", 2)));
    EXPECT_THAT(parcels[2].upto, ElementsAre(Pair("other", 1)));
}

TEST(Parcels, acknowledge_what_is_not_wanted_with_what_was_sent_before)
{
    const std::vector events{event(Kind::sim_added, 1), event(Kind::sim_blocked, 2),
                             event(Kind::sim_added, 3)};
    const auto parcels = webhook_parcels(events, {"sim.blocked"}, streams);
    ASSERT_EQ(parcels.size(), 2);
    EXPECT_EQ(parcels[0].body, "");
    EXPECT_THAT(parcels[0].upto, ElementsAre(Pair("main", 1)));
    EXPECT_EQ(parcels[1].id, "m:2");
    EXPECT_THAT(parcels[1].upto, ElementsAre(Pair("main", 3)));
}

TEST(Parcels, of_events_that_nobody_wants_send_nothing_and_go_on)
{
    const std::vector events{event(Kind::sim_added, 1), event(Kind::sim_added, 2)};
    for (const auto& parcels :
         {webhook_parcels(events, {"sim.blocked"}, streams), alert_parcels(events, {}, now)})
    {
        ASSERT_EQ(parcels.size(), 1);
        EXPECT_EQ(parcels[0].body, "");
        EXPECT_THAT(parcels[0].upto, ElementsAre(Pair("main", 2)));
    }
}

TEST(Parcels, of_alerts_hold_all_that_the_events_say)
{
    const std::vector events{event(Kind::balance_low, 1), event(Kind::sim_blocked, 2),
                             event(Kind::balance_low, 1, "5", "other")};
    const auto all = alert_parcels(events, {}, now);
    ASSERT_EQ(all.size(), 1);
    EXPECT_EQ(boost::json::parse(all[0].body).get_array().size(), 3);
    EXPECT_THAT(all[0].upto, UnorderedElementsAre(Pair("main", 2), Pair("other", 1)));
    EXPECT_EQ(boost::json::parse(alert_parcels(events, {"balance.low"}, now)[0].body).get_array().size(), 2);
}

TEST(Parcels, of_many_conditions_are_several)
{
    std::vector<StandingCondition> standing(1'200);
    for (auto& each : standing)
        each = {"main", "main:1:sim.blocked", "sim.blocked", "warning", "1", {}, {}};
    const auto parcels = alert_parcels(standing, {}, now);
    ASSERT_EQ(parcels.size(), 3);
    EXPECT_EQ(boost::json::parse(parcels[2].body).get_array().size(), 200);
    EXPECT_THAT(alert_parcels(standing, {"balance.low"}, now), IsEmpty());
}

} // namespace
} // namespace simsync::test
