// How long a balance lasts, and on which days nothing can be said of it.
#include "model/forecast.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace simsync
{
namespace
{

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

const Timestamp now = parse_date("2026-11-29T12:00:00.25Z").value();
const Timestamp long_ago = now - days{400};

Money money(std::string_view text)
{
    return Money::parse(text).value();
}

Sim prepaid(std::string_view balance)
{
    Sim sim;
    sim.id = "1";
    sim.balance = money(balance);
    sim.tariff_type = "PREPAID_PACKAGE";
    return sim;
}

BalanceChange change(Timestamp at, std::string_view before, std::string_view after)
{
    return {at, money(before), money(after)};
}

// Falls by that much on each of the last so many days.
std::vector<BalanceChange> daily(int count, std::string_view amount)
{
    std::vector<BalanceChange> changes;
    for (int day = 0; day < count; ++day)
        changes.push_back({now - days{day} - hours{1}, money("100"), money("100") - money(amount)});
    return changes;
}

TEST(Forecast, GoesOnAsInTheLastFortnight)
{
    const auto made = forecast(prepaid("24"), long_ago, daily(14, "2.4"), money("5"), now);
    EXPECT_EQ(made.outlook, Outlook::runs_out);
    EXPECT_EQ(made.spend_per_day, money("2.4"));
    EXPECT_EQ(made.runs_out_at, std::chrono::floor<seconds>(now) + days{10});
    EXPECT_EQ(made.low_at, std::chrono::floor<seconds>(now) + seconds{19 * 86'400 * 10 / 24});
    EXPECT_EQ(made.based_on_days, 14);
}

TEST(Forecast, ARechargeIsNoSpending)
{
    auto changes = daily(14, "2.4");
    changes.push_back(change(now - days{1}, "0.5", "100"));
    EXPECT_EQ(forecast(prepaid("24"), long_ago, changes, {}, now).spend_per_day, money("2.4"));
}

TEST(Forecast, WhatWasBeforeTheFortnightOrBeforeItWasSeenDoesNotCount)
{
    auto changes = daily(14, "2.4");
    changes.push_back(change(now - days{14}, "1000", "0"));
    EXPECT_EQ(forecast(prepaid("24"), long_ago, changes, {}, now).spend_per_day, money("2.4"));

    changes.push_back(change(now - days{4}, "1000", "0"));
    const auto returned = forecast(prepaid("24"), now - days{4}, changes, {}, now);
    EXPECT_EQ(returned.spend_per_day, money("2.4")) << "four decreases of 2.4 in four days";
    EXPECT_EQ(returned.based_on_days, 4);
}

TEST(Forecast, AnAmountThatCouldNotBeReadHasNoDifference)
{
    auto changes = daily(14, "2.4");
    changes.push_back({now - days{2}, money("9"), std::nullopt});
    changes.push_back({now - days{1}, std::nullopt, money("1")});
    EXPECT_EQ(forecast(prepaid("24"), long_ago, changes, {}, now).spend_per_day, money("2.4"));
}

TEST(Forecast, SaysNothingBeforeThreeDaysOrTwoDecreases)
{
    const auto outlook = [](Timestamp since, int decreases)
    { return forecast(prepaid("24"), since, daily(decreases, "1"), {}, now).outlook; };
    EXPECT_EQ(outlook(now - days{3} + seconds{1}, 2), Outlook::accumulating);
    EXPECT_EQ(outlook(now - days{3} + seconds{1}, 0), Outlook::accumulating);
    EXPECT_EQ(outlook(now - days{3}, 2), Outlook::runs_out);
    EXPECT_EQ(outlook(now - days{3}, 1), Outlook::accumulating);
    EXPECT_EQ(outlook(now - days{3}, 0), Outlook::steady);
    EXPECT_EQ(outlook(now + days{1}, 0), Outlook::accumulating) << "the clock was set back";
    EXPECT_EQ(forecast(prepaid("24"), now + days{1}, {}, {}, now).based_on_days, 0);
    EXPECT_EQ(forecast(prepaid("24"), now - days{2}, daily(2, "1"), {}, now).spend_per_day, std::nullopt);
}

TEST(Forecast, IsSteadyWhereNothingOrNextToNothingIsSpent)
{
    EXPECT_EQ(forecast(prepaid("24"), long_ago, {}, {}, now).spend_per_day, Money{});
    // 14 in 14 days: one a day.
    EXPECT_EQ(forecast(prepaid("3649.9"), long_ago, daily(14, "1"), {}, now).outlook, Outlook::runs_out);
    const auto made = forecast(prepaid("3650"), long_ago, daily(14, "1"), money("3649"), now);
    EXPECT_EQ(made.outlook, Outlook::steady);
    EXPECT_EQ(made.spend_per_day, money("1"));
    EXPECT_EQ(made.runs_out_at, std::nullopt);
    EXPECT_EQ(made.low_at, std::nullopt);
}

TEST(Forecast, HasNoneForWhoIsBlockedUnknownOrPaysAfterwards)
{
    const auto outlook = [](auto change_it)
    {
        auto sim = prepaid("24");
        change_it(sim);
        return forecast(sim, long_ago, daily(14, "1"), {}, now).outlook;
    };
    EXPECT_EQ(outlook([](Sim& sim) { sim.is_blocked = true; }), Outlook::none);
    EXPECT_EQ(outlook([](Sim& sim) { sim.is_blocked = false; }), Outlook::runs_out);
    EXPECT_EQ(outlook([](Sim& sim) { sim.balance = std::nullopt; }), Outlook::none);
    EXPECT_EQ(outlook([](Sim& sim) { sim.tariff_type = "POSTPAID_MINUTE"; }), Outlook::none);
    EXPECT_EQ(outlook([](Sim& sim) { sim.tariff_type = "MARGIN_CALCULATE"; }), Outlook::none);
    EXPECT_EQ(outlook([](Sim& sim) { sim.tariff_type = std::nullopt; }), Outlook::runs_out);
    EXPECT_EQ(outlook([](Sim& sim) { sim.balance = Money{}; }), Outlook::spent);
    EXPECT_EQ(outlook([](Sim& sim) { sim.balance = money("-0.01"); }), Outlook::spent);
}

TEST(Forecast, SaysThatTheTariffEndsSooner)
{
    auto sim = prepaid("24");
    const auto outlook = [&] { return forecast(sim, long_ago, daily(14, "2.4"), {}, now).outlook; };
    sim.tariff_expires_at = std::chrono::floor<seconds>(now) + days{10};
    EXPECT_EQ(outlook(), Outlook::runs_out) << "in the same second";
    *sim.tariff_expires_at -= std::chrono::microseconds{1};
    EXPECT_EQ(outlook(), Outlook::tariff_ends);
    EXPECT_EQ(
        forecast(sim, long_ago, daily(14, "2.4"), {}, now).runs_out_at,
        std::chrono::floor<seconds>(now) + days{10});
    sim.tariff_expires_at = now - days{1};
    EXPECT_EQ(outlook(), Outlook::tariff_ends) << "it has ended";
}

TEST(Forecast, IsLowOnlyWhereThatLiesAhead)
{
    const auto low_at = [](std::string_view limit)
    { return forecast(prepaid("24"), long_ago, daily(14, "2.4"), money(limit), now).low_at; };
    EXPECT_EQ(low_at("24.01"), std::nullopt) << "it is low already";
    EXPECT_EQ(low_at("24"), std::chrono::floor<seconds>(now));
    EXPECT_EQ(low_at("21.6"), std::chrono::floor<seconds>(now) + days{1});
    EXPECT_EQ(low_at("-2.4"), std::chrono::floor<seconds>(now) + days{11}) << "credit is given";
    EXPECT_EQ(forecast(prepaid("24"), long_ago, daily(14, "2.4"), {}, now).low_at, std::nullopt);
}

TEST(Forecast, BearsAmountsOfAnyLength)
{
    const std::string long_amount = "1" + std::string(900, '0');
    const auto made =
        forecast(prepaid(long_amount), long_ago, daily(14, "0." + std::string(900, '0') + "1"), {}, now);
    EXPECT_EQ(made.outlook, Outlook::steady);
    EXPECT_EQ(made.spend_per_day, Money{});
    EXPECT_EQ(
        forecast(prepaid("1"), long_ago, daily(14, long_amount), {}, now).runs_out_at,
        std::chrono::floor<seconds>(now));
}

TEST(Forecast, EachOutlookHasAWordOfItsOwn)
{
    std::set<std::string_view> words;
    for (const auto outlook :
         {Outlook::none, Outlook::spent, Outlook::accumulating, Outlook::steady, Outlook::tariff_ends,
          Outlook::runs_out})
        words.insert(to_text(outlook));
    EXPECT_EQ(words.size(), 6U);
}

// The rate times the time that is left is the balance, but for the second that is rounded off.
RC_GTEST_PROP(Forecast, IsTheBalanceOverTheRate, ())
{
    const auto cents = *rc::gen::inRange(1, 100'000);
    const auto spent = *rc::gen::inRange(1, 10'000);
    const auto last_cents = std::to_string(cents) + "e-2";
    const auto made =
        forecast(prepaid(last_cents), long_ago, daily(14, std::to_string(spent) + "e-2"), {}, now);
    const auto exact = static_cast<long long>(cents) * 86'400 / spent;
    if (exact >= seconds{forecast_horizon}.count())
        RC_ASSERT(made.outlook == Outlook::steady);
    else
        RC_ASSERT(made.runs_out_at == std::chrono::floor<seconds>(now) + seconds{exact});
}

} // namespace
} // namespace simsync
