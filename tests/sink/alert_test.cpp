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
std::vector<std::string> emitted(Kind kind)
{
    std::vector<std::string> all;
    for (const auto& alert : alerts_of(event(kind), {}))
        all.push_back(alert.kind + (alert.ended ? " resolved" : " fires"));
    return all;
}

TEST(Alert, fires_with_what_raises_a_condition_and_is_over_with_what_resolves_it)
{
    EXPECT_THAT(emitted(Kind::balance_low), ElementsAre("balance.low fires"));
    EXPECT_THAT(emitted(Kind::balance_recovered), ElementsAre("balance.low resolved"));
    EXPECT_THAT(emitted(Kind::sim_blocked), ElementsAre("sim.blocked fires"));
    EXPECT_THAT(emitted(Kind::sim_unblocked), ElementsAre("sim.blocked resolved"));
    EXPECT_THAT(emitted(Kind::account_degraded), ElementsAre("account.degraded fires"));
    EXPECT_THAT(emitted(Kind::account_recovered), ElementsAre("account.degraded resolved"));
}

// The severity is a label, and labels are the alert: the warning must not stand beside the critical one.
TEST(Alert, of_a_tariff_that_ended_takes_the_place_of_the_warning)
{
    EXPECT_THAT(
        emitted(Kind::tariff_expiring),
        UnorderedElementsAre("tariff.expiring fires", "tariff.expired resolved"));
    EXPECT_THAT(
        emitted(Kind::tariff_expired),
        UnorderedElementsAre("tariff.expiring resolved", "tariff.expired fires"));
    EXPECT_THAT(
        emitted(Kind::tariff_renewed),
        UnorderedElementsAre("tariff.expiring resolved", "tariff.expired resolved"));
}

TEST(Alert, of_a_sim_that_is_gone_is_over)
{
    EXPECT_THAT(
        emitted(Kind::sim_removed), UnorderedElementsAre(
                                        "sim.blocked resolved", "balance.low resolved",
                                        "tariff.expiring resolved", "tariff.expired resolved"));
}

TEST(Alert, is_none_for_what_is_no_condition)
{
    EXPECT_THAT(emitted(Kind::balance_changed), IsEmpty());
    EXPECT_THAT(emitted(Kind::balance_depleted), IsEmpty());
    EXPECT_THAT(emitted(Kind::account_auth_failed), IsEmpty());
}

TEST(Alert, is_the_same_alert_whether_an_event_or_the_mirror_tells_of_it)
{
    const auto raised = event(Kind::balance_low);
    const StandingCondition standing{"main",     "main:1001:balance.low", "balance.low",     "warning",
                                     raised.sim, raised.iccid_plastic,    raised.observed_at};
    EXPECT_EQ(
        alerts_json(alerts_of(raised, {}), now), alerts_json(alerts_of(std::vector{standing}, {}), now));
}

TEST(Alert, is_resolved_by_the_labels_that_it_fired_with)
{
    const auto labels = [](Kind kind)
    { return json::parse(alerts_json(alerts_of(event(kind), {}), now)).at(0).at("labels"); };
    EXPECT_EQ(labels(Kind::balance_low), labels(Kind::balance_recovered));
    EXPECT_EQ(labels(Kind::balance_low).at("severity"), "warning");
    EXPECT_EQ(labels(Kind::balance_low).at("dedup_key"), "main:1001:balance.low");
}

TEST(Alert, holds_for_longer_than_until_it_is_repeated)
{
    const auto fired = json::parse(alerts_json(alerts_of(event(Kind::balance_low), {}), now)).at(0);
    EXPECT_EQ(fired.at("startsAt"), "2026-11-26T08:00:00Z");
    EXPECT_EQ(fired.at("endsAt"), "2026-11-26T09:05:00Z");
    EXPECT_GT(alerts_hold_for, 2 * alerts_repeated_after);
}

// A first delivery may come days late: what counts is that it fires now.
TEST(Alert, ends_behind_the_moment_in_which_it_is_sent)
{
    const auto alerts = alerts_of(event(Kind::balance_low), {});
    const auto late = json::parse(alerts_json(alerts, now + std::chrono::hours{48})).at(0);
    EXPECT_EQ(late.at("endsAt"), "2026-11-28T09:05:00Z");
    EXPECT_EQ(late.at("startsAt"), "2026-11-26T08:00:00Z");
}

TEST(Alert, neither_begins_nor_ends_in_the_future)
{
    const auto earlier = now - std::chrono::hours{48};
    const auto fires = json::parse(alerts_json(alerts_of(event(Kind::balance_low), {}), earlier)).at(0);
    EXPECT_EQ(fires.at("startsAt").as_string(), to_text(earlier));
    const auto over = json::parse(alerts_json(alerts_of(event(Kind::balance_recovered), {}), earlier)).at(0);
    EXPECT_EQ(over.at("endsAt").as_string(), to_text(earlier));
}

// --- what stood before simsync came

std::vector<std::string> labelled(Kind kind, bool standing, const Wanted& wanted)
{
    auto emitted = event(kind);
    emitted.standing = standing;
    std::vector<std::string> all;
    for (const auto& alert : alerts_of(emitted, wanted))
        all.push_back(
            alert.kind + (alert.standing ? " (before)" : "") + (alert.ended ? " resolved" : " fires"));
    return all;
}

TEST(Alert, of_what_stood_before_is_none_unless_it_is_wanted)
{
    EXPECT_THAT(labelled(Kind::balance_low, true, {}), IsEmpty());
    EXPECT_THAT(
        labelled(Kind::balance_low, true, {.standing = true}),
        UnorderedElementsAre("balance.low (before) fires", "balance.low resolved"));
    const StandingCondition before{"main", "main:1:sim.blocked", "sim.blocked", "warning", "1", {}, {}, true};
    EXPECT_THAT(alerts_of(std::vector{before}, {}), IsEmpty());
    EXPECT_EQ(alerts_of(std::vector{before}, {.standing = true}).size(), 1);
}

TEST(Alert, that_is_resolved_is_so_with_the_labels_of_either)
{
    EXPECT_THAT(
        labelled(Kind::balance_recovered, false, {.standing = true}),
        UnorderedElementsAre("balance.low resolved", "balance.low (before) resolved"));
    EXPECT_THAT(labelled(Kind::balance_recovered, false, {}), ElementsAre("balance.low resolved"));
    EXPECT_THAT(
        labelled(Kind::tariff_expired, false, {.standing = true}),
        UnorderedElementsAre(
            "tariff.expired fires", "tariff.expired (before) resolved", "tariff.expiring resolved",
            "tariff.expiring (before) resolved"));
}

TEST(Alert, of_what_stood_before_says_so_by_a_label)
{
    auto emitted = event(Kind::balance_low);
    emitted.standing = true;
    const auto body = json::parse(alerts_json(alerts_of(emitted, {.standing = true}), now));
    EXPECT_EQ(body.at(0).at("labels").at("standing"), "true");
    EXPECT_FALSE(body.at(1).at("labels").get_object().contains("standing"));
}

} // namespace
} // namespace simsync::test
