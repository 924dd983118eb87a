// What events and standing conditions are to an Alertmanager.
#include "sink/alert.hpp"

#include "sink/event_records.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

namespace simsync::test
{
namespace
{

namespace json = boost::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const auto now = parse_date("2026-11-26T09:00:00Z").value();

// "balance.low fires", "tariff.expired resolved"
std::vector<std::string> told(Kind kind)
{
    std::vector<std::string> all;
    for (const auto& alert : alerts_of(event(kind), now))
        all.push_back(alert.kind + (alert.until > to_text(now) ? " fires" : " resolved"));
    return all;
}

TEST(Alert, fires_with_what_raises_a_condition_and_is_over_with_what_resolves_it)
{
    EXPECT_THAT(told(Kind::balance_low), ElementsAre("balance.low fires"));
    EXPECT_THAT(told(Kind::balance_recovered), ElementsAre("balance.low resolved"));
    EXPECT_THAT(told(Kind::sim_blocked), ElementsAre("sim.blocked fires"));
    EXPECT_THAT(told(Kind::sim_unblocked), ElementsAre("sim.blocked resolved"));
    EXPECT_THAT(told(Kind::account_degraded), ElementsAre("account.degraded fires"));
    EXPECT_THAT(told(Kind::account_recovered), ElementsAre("account.degraded resolved"));
}

// The severity is a label, and labels are the alert: the warning must not stand beside the critical one.
TEST(Alert, of_a_tariff_that_ended_takes_the_place_of_the_warning)
{
    EXPECT_THAT(told(Kind::tariff_expiring),
                UnorderedElementsAre("tariff.expiring fires", "tariff.expired resolved"));
    EXPECT_THAT(told(Kind::tariff_expired),
                UnorderedElementsAre("tariff.expiring resolved", "tariff.expired fires"));
    EXPECT_THAT(told(Kind::tariff_renewed),
                UnorderedElementsAre("tariff.expiring resolved", "tariff.expired resolved"));
}

TEST(Alert, of_a_sim_that_is_gone_is_over)
{
    EXPECT_THAT(told(Kind::sim_removed),
                UnorderedElementsAre("sim.blocked resolved", "balance.low resolved",
                                     "tariff.expiring resolved", "tariff.expired resolved"));
}

TEST(Alert, is_none_for_what_is_no_condition)
{
    EXPECT_THAT(told(Kind::balance_changed), IsEmpty());
    EXPECT_THAT(told(Kind::balance_depleted), IsEmpty());
    EXPECT_THAT(told(Kind::account_auth_failed), IsEmpty());
}

TEST(Alert, is_the_same_alert_whether_an_event_or_the_mirror_tells_of_it)
{
    const auto raised = event(Kind::balance_low);
    const StandingCondition standing{"main",     "main:1001:balance.low", "balance.low",     "warning",
                                     raised.sim, raised.iccid_plastic,    raised.observed_at};
    const auto by_event = alerts_of(raised, now);
    const std::vector by_mirror{alert_of(standing, now)};
    EXPECT_EQ(alerts_json(by_event), alerts_json(by_mirror));
}

TEST(Alert, is_resolved_by_the_labels_that_it_fired_with)
{
    const auto labels = [](Kind kind)
    { return json::parse(alerts_json(alerts_of(event(kind), now))).at(0).at("labels"); };
    EXPECT_EQ(labels(Kind::balance_low), labels(Kind::balance_recovered));
    EXPECT_EQ(labels(Kind::balance_low).at("severity"), "warning");
    EXPECT_EQ(labels(Kind::balance_low).at("dedup_key"), "main:1001:balance.low");
}

TEST(Alert, holds_for_longer_than_until_it_is_repeated)
{
    const auto fired = json::parse(alerts_json(alerts_of(event(Kind::balance_low), now))).at(0);
    EXPECT_EQ(fired.at("startsAt"), "2026-11-26T08:00:00Z");
    EXPECT_EQ(fired.at("endsAt"), "2026-11-26T09:05:00Z");
    EXPECT_GT(alerts_hold_for, 2 * alerts_repeated_after);
}

} // namespace
} // namespace simsync::test
